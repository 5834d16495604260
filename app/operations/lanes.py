"""Two lanes of equal width: whoever has signed in never stands in the queue of those who send consultations.

One outage makes two hundred people write in the same minute. Served in the order of arrival, the desk would get its
board only after all of them, while the first of them may be in danger. What waits in a lane costs a thread that sleeps.
"""

from __future__ import annotations

from collections.abc import Iterable
from threading import Semaphore
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ANYBODY_WRITES = "/consult"
WAITING_ROOM = 64
"""How many requests of a process may wait in a lane before the next wait for a thread in the order of arrival."""


def threads_for(width: int) -> int:
    """How many threads a process needs for two lanes of this width and for those who wait."""
    return 2 * width + WAITING_ROOM


class Lanes:
    """A WSGI application in front of another, through which only so many requests of one kind pass at a time."""

    def __init__(self, app: WSGIApplication, *, width: int) -> None:
        self._app = app
        self._consulting = Semaphore(width)
        self._everything_else = Semaphore(width)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with self._lane_of(str(environ.get("PATH_INFO", ""))):
            return self._app(environ, start_response)

    def _lane_of(self, path: str) -> Semaphore:
        first = path == ANYBODY_WRITES or path.startswith(f"{ANYBODY_WRITES}/")
        return self._consulting if first else self._everything_else
