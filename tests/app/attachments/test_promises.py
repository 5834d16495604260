"""Measured at a server in a process of its own: its memory while much arrives, and what outlives its killing."""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.operations.file_sweep import sweep_files
from app.pipeline.transaction import db
from config import Config
from models.attachment import Attachment
from models.message import Message
from tests.support import files, road
from tests.support.started import running
from tests.support.visitor import enter

MEGABYTE = 1024 * 1024
LARGE = 200 * MEGABYTE - 64 * 1024
MOST_GROWTH_KB = 32 * 1024
PIECE = 256 * 1024
PIECES_A_SECOND = 400
"""The sending is slowed to this, so that it leaves the machine to others."""


class Browser:
    """As much of a browser as sending a large file takes: cookies, a form's token, and a body that is never held."""

    def __init__(self, address: str) -> None:
        self._host = address.removeprefix("http://")
        self._cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, str, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        with closing(http.client.HTTPConnection(self._host, timeout=180)) as connection:
            connection.request(method, path, body=body, headers={"Cookie": cookies, **headers})
            with connection.getresponse() as answer:
                text = answer.read().decode()
        for name, value in answer.getheaders():
            if name == "Set-Cookie":
                cookie, _, held = value.partition(";")[0].partition("=")
                self._cookies[cookie] = held
        return answer.status, text, answer.getheader("Location", "")

    def token(self, path: str) -> str:
        _status, page, _location = self.ask("GET", path)
        found = re.search(r'<form class="k-form".*?name="csrf_token" value="([^"]+)"', page, re.DOTALL)
        assert found, page[:600]
        return found.group(1)

    def post(self, path: str, fields: dict[str, str]) -> tuple[int, str, str]:
        body = "&".join(f"{name}={value}" for name, value in fields.items())
        return self.ask("POST", path, body, **{"Content-Type": "application/x-www-form-urlencoded"})

    def enter(self, code: str) -> None:
        status, _page, location = self.post(
            "/mailbox/enter", {"csrf_token": self.token("/mailbox/enter"), "receipt": code}
        )
        assert (status, location) == (302, "/mailbox")

    def send_file(self, source: Path, *, paced: bool = False) -> tuple[int, str, str]:
        """Send one file with the page's form, read from the disk as it goes."""
        token = self.token("/mailbox/files")
        head = (
            f'--limit\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n'
            '--limit\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\n'
        ).encode()
        tail = b"\r\n--limit--\r\n"
        length = len(head) + source.stat().st_size + len(tail)

        def pieces() -> Iterator[bytes]:
            yield head
            with source.open("rb") as file:
                while piece := file.read(PIECE):
                    yield piece
                    if paced:
                        time.sleep(1 / PIECES_A_SECOND)
            yield tail

        kind = "multipart/form-data; boundary=limit"
        return self.ask("POST", "/mailbox/files", pieces(), **{"Content-Type": kind, "Content-Length": str(length)})


@contextmanager
def server(config: Config) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The real server with one worker, and its address; killed at the end with all that it started."""
    databases = {"KIKITE_DATABASE_URL": config.database_url, "KIKITE_KEYSTORE_URL": config.keystore_url}
    settings = {name: url.value for name, url in databases.items() if url is not None}
    # The clock stays out of it.
    settings |= {"KIKITE_WORKERS": "1", "KIKITE_SWEEP_SECONDS": "3600"}
    with running(config.data, "--port", "0", **settings) as (process, address, _said):
        try:
            yield process, address
        finally:
            kill(process)


def kill(process: subprocess.Popen[str]) -> None:
    """End the server and its workers as a power cut would: at once, and asking nobody."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)


def worker_of(process: subprocess.Popen[str]) -> int:
    return int(Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()[0])


def memory_kb(pid: int, what: str) -> int:
    found = re.search(rf"{what}:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    assert found
    return int(found.group(1))


@pytest.fixture
def with_a_case(app: Flask) -> tuple[Config, str]:
    """An installation with one consultation in it, and the receipt that leads there."""
    with app.app_context():
        _case, code = road.submitted()
    return app.config["KIKITE"], code


def test_a_file_of_200_megabytes_grows_the_process_by_less_than_32(
    with_a_case: tuple[Config, str], tmp_path: Path
) -> None:
    config, code = with_a_case
    large, small = tmp_path / "large.pdf", tmp_path / "small.pdf"
    files.large_pdf(large, LARGE - 4 * MEGABYTE)
    small.write_bytes(files.pdf())
    with server(config) as (process, address):
        browser = Browser(address)
        browser.enter(code)
        # Once small, so that what the first file of all loads is not counted for the large one.
        assert browser.send_file(small)[0] == 303
        worker = worker_of(process)
        before = memory_kb(worker, "VmRSS")
        Path(f"/proc/{worker}/clear_refs").write_text("5")
        status, page, _location = browser.send_file(large, paced=True)
        assert status == 303, page
        highest = memory_kb(worker, "VmHWM")
        assert highest - before < MOST_GROWTH_KB, f"{highest - before} kB"
        assert b"pikepdf" not in Path(f"/proc/{worker}/maps").read_bytes()
        assert b"PIL/" not in Path(f"/proc/{worker}/maps").read_bytes()
    kept = max((config.data / "files" / "kept").glob("*/*"), key=lambda path: path.stat().st_size)
    assert kept.stat().st_size > LARGE - 6 * MEGABYTE
    large.unlink()


def test_a_process_killed_after_an_acknowledgement_loses_neither_file_nor_message(
    app: Flask, with_a_case: tuple[Config, str], tmp_path: Path
) -> None:
    config, code = with_a_case
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(files.photo())
    words = "届いたと言われたことは残る"
    with server(config) as (process, address):
        browser = Browser(address)
        browser.enter(code)
        token = browser.token("/mailbox")
        assert browser.post("/mailbox/write", {"csrf_token": token, "message": words.encode().hex()})[0] == 302
        assert browser.send_file(photo)[0] == 303
        time.sleep(0.3)
        kill(process)
    with app.app_context():
        assert len(db().scalars(select(Attachment)).all()) == 1
        assert len(db().scalars(select(Message)).all()) == 1
    hers = enter(app, code)
    assert words.encode().hex() in hers.page.text
    hers.get("/mailbox/files")
    hers.get(hers.page.links["ファイル1を見る"])
    assert hers.client.get(hers.page.links["ダウンロードする"]).data[:3] == b"\xff\xd8\xff"


def test_a_process_killed_in_the_middle_leaves_nothing_half_stored(
    app: Flask, with_a_case: tuple[Config, str], tmp_path: Path
) -> None:
    config, code = with_a_case
    large = tmp_path / "large.pdf"
    files.large_pdf(large, 60 * MEGABYTE)
    arriving = config.data / "files" / "arriving"
    with server(config) as (process, address):
        browser = Browser(address)
        browser.enter(code)

        def send() -> None:
            with suppress(OSError, http.client.HTTPException):
                browser.send_file(large, paced=True)

        sending = threading.Thread(target=send)
        sending.start()
        end = time.monotonic() + 30
        while time.monotonic() < end and not any(path.stat().st_size > MEGABYTE for path in arriving.glob("*")):
            time.sleep(0.02)
        kill(process)
        sending.join(20)
    left = list(arriving.glob("*"))
    assert left
    for path in left:
        os.utime(path, (0, 0))
    with app.app_context():
        assert sweep_files() == len(left)
        assert db().scalars(select(Attachment)).all() == []
    assert list(arriving.glob("*")) == []
    assert "まだファイルはありません" in enter(app, code).get("/mailbox/files").text
