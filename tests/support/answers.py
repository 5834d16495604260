"""Whether whoever asks over HTTP lets go of each answer: one that is not read to its end holds its wire open."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock


@contextmanager
def each_answer_is_let_go() -> Iterator[None]:
    """Fails where an answer that was begun within is still held in the end."""
    begun: list[http.client.HTTPResponse] = []

    class Noted(http.client.HTTPResponse):
        def __init__(self, *arguments: Any, **more: Any) -> None:
            super().__init__(*arguments, **more)
            begun.append(self)

    with mock.patch.object(http.client.HTTPConnection, "response_class", Noted):
        yield
    held = [answer for answer in begun if not answer.isclosed()]
    for answer in held:
        answer.close()
    assert not held, f"{len(held)} of {len(begun)} answers were not let go of"
