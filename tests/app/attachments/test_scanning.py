"""The virus scanner: off unless set, asked about every file, and whatever it does not answer for is not taken."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from models.rules.attachments import FileRefusal
from tests.app.attachments.conftest import Hers, give
from tests.support import files

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-" + rb"ANTIVIRUS-TEST-FILE!$H+H*"


class Scanner(threading.Thread):
    """A server that speaks clamd's protocol and knows one signature."""

    def __init__(self, listener: socket.socket, answer: bytes | None) -> None:
        super().__init__(daemon=True)
        self.seen: list[bytes] = []
        self._listener = listener
        self._answer = answer

    def run(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as heard:
                assert heard.read(10) == b"zINSTREAM\0"
                content = b""
                while size := struct.unpack("!I", heard.read(4))[0]:
                    content += heard.read(size)
                self.seen.append(content)
                found = b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0"
                connection.sendall(found if self._answer is None else self._answer)


@contextmanager
def scanner_at(app: Flask, *, path: Path | None = None, answer: bytes | None = None) -> Iterator[Scanner]:
    listener = socket.socket(socket.AF_UNIX if path else socket.AF_INET)
    listener.bind(str(path) if path else ("127.0.0.1", 0))
    listener.listen()
    address = str(path) if path else f"127.0.0.1:{listener.getsockname()[1]}"
    _set(app, address)
    scanner = Scanner(listener, answer)
    scanner.start()
    yield scanner
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    scanner.join(5)


def _set(app: Flask, address: str) -> None:
    app.config["KIKITE"] = replace(app.config["KIKITE"], clamd=address, clamd_timeout_seconds=2.0)


@pytest.mark.parametrize("by_path", [False, True], ids=["by_port", "by_path"])
def test_each_file_is_shown_to_the_scanner_as_it_came_and_a_find_is_refused(
    app: Flask, hers: Hers, tmp_path: Path, by_path: bool
) -> None:
    photo = files.photo()
    with scanner_at(app, path=tmp_path / "clamd" if by_path else None) as scanner:
        page = give(hers.visitor, (photo, "a.jpg"), (EICAR, "b.txt"))
    assert scanner.seen == [photo, EICAR]
    assert "1個のファイルを受け取りました" in page.text
    assert FileRefusal.VIRUS.ja in page.text


@pytest.mark.parametrize("answer", [b"", b"stream: OK, almost", b"INSTREAM size limit exceeded. ERROR\0", b"\xff\0"])
def test_whatever_is_no_clear_answer_refuses_the_file(app: Flask, hers: Hers, answer: bytes) -> None:
    with scanner_at(app, answer=answer):
        page = give(hers.visitor, (files.photo(), "a.jpg"))
    assert FileRefusal.UNCHECKED.ja in page.text


@pytest.mark.parametrize("address", ["127.0.0.1:1", "/nowhere/clamd.ctl"])
def test_a_scanner_that_is_not_there_refuses_every_file(app: Flask, hers: Hers, address: str) -> None:
    _set(app, address)
    page = give(hers.visitor, (files.photo(), "a.jpg"))
    assert FileRefusal.UNCHECKED.ja in page.text
    assert "まだファイルはありません" in page.text


def test_without_a_scanner_files_are_taken(app: Flask, hers: Hers) -> None:
    assert app.config["KIKITE"].clamd == ""
    assert "1個のファイルを受け取りました" in give(hers.visitor, (files.photo(), "a.jpg")).text
