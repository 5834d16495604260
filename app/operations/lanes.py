"""Lanes of equal width: whoever has signed in never stands in a queue that a stranger can fill.

One outage makes two hundred people write in the same minute. Served in the order of arrival, the desk would get its
board only after all of them, while the first of them may be in danger. And whoever wants the desk to have no board
needs no outage: a few files that take long to look through, or passwords that take long to try, would do. So every
address that is open to somebody without an account is in another lane than the rest, which turns a stranger away at
once. What waits in a lane costs no thread: the lane is chosen by the first line of the request, which is looked at, and
left where it is, as soon as it has arrived.
"""

from __future__ import annotations

import selectors
import socket
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import partial
from typing import Any, Final
from urllib.parse import unquote

from app.operations.evenly import EvenWorker

WRITING, FILES, ANYBODY, INSIDE = "writing", "files", "anybody", "inside"
LANES: Final = (WRITING, FILES, ANYBODY, INSIDE)
# Whatever begins with one of these is in its lane; the first that fits counts. All that is left is for the signed-in.
LANE_OF: Final = {
    "/consult": WRITING,
    "/mailbox/files": FILES,
    "/mailbox": ANYBODY,
    "/sign-in": ANYBODY,
    "/sign-up": ANYBODY,
    "/registry": ANYBODY,
    "/registry.json": ANYBODY,
    "/places": ANYBODY,
    "/language": ANYBODY,
    "/leave": ANYBODY,
}
LONGEST_LINE: Final = 2048
"""Bytes that are looked at; every address of ours is shorter."""


def lane_of(address: str) -> str:
    """The lane of an address as the application will read it."""
    if not address.startswith("/") or address == "/":
        return ANYBODY
    fits = (lane for begins, lane in LANE_OF.items() if address == begins or address.startswith(f"{begins}/"))
    return next(fits, INSIDE)


def lane_of_request(arrived: bytes) -> str:
    """The lane of a request that begins like this. One whose address is not there yet is a stranger's."""
    line, ended, _headers = arrived.partition(b"\r\n")
    parts = line.split(b" ")
    if not ended or len(parts) != len(("method", "address", "version")):
        return ANYBODY
    return lane_of(unquote(parts[1].partition(b"?")[0].decode("latin-1")))


def first_line_of(connection: socket.socket) -> bytes:
    """What has arrived of a request, without taking it from whoever will read it."""
    try:
        return connection.recv(LONGEST_LINE, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except OSError:
        return b""


class Lanes(Executor):
    """As many threads for each lane as it is wide, begun when they are needed."""

    def __init__(self, width: int) -> None:
        self._lanes = {name: ThreadPoolExecutor(max_workers=width, thread_name_prefix=name) for name in LANES}

    def submit(self, handle: Callable[..., Any], /, *arguments: Any, **more: Any) -> Future[Any]:
        """Let a connection be handled, which is the only argument, when its lane has a place."""
        (connection,) = arguments
        return self._lanes[lane_of_request(first_line_of(connection.sock))].submit(handle, connection, **more)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002
        for lane in self._lanes.values():
            lane.shutdown(wait, cancel_futures=cancel_futures)


class WorkerOfLanes(EvenWorker):
    """A worker of threads, with lanes for its pool; a connection waits outside until it has said something."""

    def get_thread_pool(self) -> Lanes:
        return Lanes(self.cfg.threads)

    def handle_quit(self, sig: Any, frame: Any) -> None:
        """Stop between two events: the signal may come while a lane begins a thread, which holds what ends the lane."""
        self.method_queue.defer(partial(super().handle_quit, sig, frame))

    def enqueue_req(self, conn: Any) -> None:
        """Hand a connection over that has something to say."""
        if conn.initialized or conn.data_ready:
            super().enqueue_req(conn)
            return
        conn.sock.setblocking(False)  # noqa: FBT003 - the standard library's own signature
        conn.set_timeout()
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn))
