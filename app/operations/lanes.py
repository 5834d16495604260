"""Lanes of equal width: whoever has signed in never stands in a queue that a stranger can fill.

One outage makes two hundred people write in the same minute. Served in the order of arrival, the desk would get its
board only after all of them, while the first of them may be in danger. And whoever wants the desk to have no board
needs no outage: a few files that take long to look through, or passwords that take long to try, would do. So every
address that is open to somebody without an account is in another lane than the rest, which turns a stranger away at
once. What waits in a lane costs a thread that sleeps.
"""

from __future__ import annotations

from collections.abc import Iterable
from threading import Semaphore
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

WRITING, FILES, ANYBODY, INSIDE = "writing", "files", "anybody", "inside"
LANES = (WRITING, FILES, ANYBODY, INSIDE)
# Whatever begins with one of these is in its lane; the first that fits counts. All that is left is for the signed-in.
LANE_OF = {
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
WAITING_ROOM = 64
"""How many requests of a process may wait in a lane before the next wait for a thread in the order of arrival."""


def threads_for(width: int) -> int:
    """How many threads a process needs for lanes of this width and for those who wait."""
    return len(LANES) * width + WAITING_ROOM


class Lanes:
    """A WSGI application in front of another, through which only so many requests of one kind pass at a time."""

    def __init__(self, app: WSGIApplication, *, width: int) -> None:
        self._app = app
        self._lanes = {name: Semaphore(width) for name in LANES}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with self.lane_of(str(environ.get("PATH_INFO", ""))):
            return self._app(environ, start_response)

    def lane_of(self, path: str) -> Semaphore:
        """The lane of an address."""
        if path == "/":
            return self._lanes[ANYBODY]
        fits = (lane for begins, lane in LANE_OF.items() if path == begins or path.startswith(f"{begins}/"))
        return self._lanes[next(fits, INSIDE)]
