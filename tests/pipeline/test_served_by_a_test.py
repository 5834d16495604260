"""The server of the tests lets go of what it was sending, at whatever moment the browser goes away."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit
from wsgiref.types import StartResponse, WSGIEnvironment

from tests.support.serving import serving

WAITS = 10
AT_ONCE = struct.pack("ii", 1, 0)
"""To linger no second: the other side is not told goodbye, its connection is gone."""


class Sent:
    """An answer that is on its way until the browser is gone."""

    def __init__(self) -> None:
        self.is_sent, self.is_gone, self.is_closed = threading.Event(), threading.Event(), threading.Event()

    def __iter__(self) -> Iterator[bytes]:
        yield b"picture"
        self.is_sent.set()
        self.is_gone.wait(WAITS)

    def close(self) -> None:
        self.is_closed.set()


def test_what_was_sent_is_closed_when_the_browser_goes_away_before_the_end() -> None:
    sent = Sent()

    def answer(_environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Length", "7")])
        return sent

    with serving(answer) as address, socket.create_connection(("127.0.0.1", urlsplit(address).port or 0)) as browser:
        browser.sendall(b"GET /favicon.svg HTTP/1.1\r\nHost: here\r\n\r\n")
        assert sent.is_sent.wait(WAITS)
        browser.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
        browser.close()
        sent.is_gone.set()
        assert sent.is_closed.wait(WAITS)
