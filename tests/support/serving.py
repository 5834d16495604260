"""An application answering on this machine over real HTTP, in a thread of the test's own process."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.serving import WSGIRequestHandler, make_server

ANSWER = "kikite.answer"


class Silent(WSGIRequestHandler):
    """Answers without writing a line for each request, and lets go of whoever connects and asks for nothing."""

    timeout = 3

    def log(self, *_said: Any) -> None:
        """Says nothing."""

    def connection_dropped(self, _error: BaseException, environ: WSGIEnvironment | None = None) -> None:
        """Close what was to be sent: the library leaves it open when a browser goes away at the wrong moment."""
        close = getattr((environ or {}).get(ANSWER), "close", None)
        if close is not None:
            close()


def _with_its_answer(app: WSGIApplication) -> WSGIApplication:
    def answering(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        answer = environ[ANSWER] = app(environ, start_response)
        return answer

    return answering


@contextmanager
def serving(app: WSGIApplication) -> Iterator[str]:
    """The address on which the application answers, on a free port, until the block ends."""
    server = make_server("127.0.0.1", 0, _with_its_answer(app), threaded=True, request_handler=Silent)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
