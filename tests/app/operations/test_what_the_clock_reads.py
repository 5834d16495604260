"""The work by the clock finds what is due by an index: what it reads does not grow with what is not due."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from app.operations.outbox import send_waiting
from app.operations.sweep import CLOCKWORK, sweep
from tests.support.installation import engines_of
from tests.support.query_plans import questions_heard, read_through


@pytest.fixture
def questions(app: Flask) -> dict[str, Any]:
    """All that a turn of the clock asks of the main database."""
    with questions_heard(engines_of(app)[0]) as asked:
        assert sweep(app).failed == ()
        # And what is asked by whatever has something to do.
        assert sweep(app, works=tuple(replace(work, due=None) for work in CLOCKWORK)).failed == ()
        send_waiting(app)
    return asked


def test_what_grows_with_the_consultations_is_never_read_through(app: Flask, questions: dict[str, Any]) -> None:
    assert len(questions) > 20
    assert read_through(engines_of(app)[0], questions) == {}
