"""Where tests begin that ask for the same state: built by the first of a worker, and put back for every other.

A state is kept under all the steps that led to it from the small association, each with what it was given and the
moment at which it was taken. So it is the very state that the steps would build: its rows, its files, its keys and its
clock; and each draws its ids from a name of its own, whoever is first. A test that has done anything else before takes
the step itself, and so does one that listens to what is said meanwhile or puts something else in a part's place.
Nothing is kept longer than the worker lives. What can be asked for is in tests/support/kept_road.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

from flask import Flask, g, has_app_context, has_request_context
from sqlalchemy import inspect

from app.pipeline.clock import FixedClock
from app.pipeline.transaction import db, is_writing
from models.base import Base
from tests.support.installation import CLOCK, Installation, State

LISTENS = frozenset({"monkeypatch", "capsys", "capfd", "caplog", "recwarn"})
"""What a test asks for that has to see each step as it is taken."""
PLAIN = str | bytes | int | Enum | None
Step = tuple[Any, ...]


@dataclass(frozen=True)
class _Begun:
    """A state, when it is, and what the step that led to it gave back."""

    state: State
    at: datetime
    result: Any


@dataclass
class Beginnings:
    """What a worker has built, and how far the test that is running has come."""

    installation: Installation
    drawn: Callable[[str], AbstractContextManager[None]]
    begun: dict[tuple[Step, ...], _Begun] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    used: int = 0
    """How many times a state was put back instead of built."""

    def take(self, app: Flask, step: Step, build: Callable[[], Any]) -> Any:
        """Take the step, or have it taken already."""
        clock: FixedClock = app.extensions[CLOCK]
        steps = (*self.steps, (clock.now(), *step))
        known = self.begun.get(steps)
        if known is None:
            with self.drawn(f"beginning {steps}"):
                result = _told(build())
            _end_session()
            known = self.begun[steps] = _Begun(self.installation.state(), clock.now(), result)
        else:
            _end_session()
            self.installation.put(known.state)
            clock.move(to=known.at)
            self.used += 1
        self.steps = steps
        return known.result


_here: list[Beginnings] = []


@contextmanager
def beginning(beginnings: Beginnings, asked_for: list[str]) -> Iterator[None]:
    """From here on a test with these fixtures begins, and has taken no step."""
    beginnings.steps = ()
    before = list(_here)
    _here[:] = [] if LISTENS & set(asked_for) else [beginnings]
    try:
        yield
    finally:
        _here[:] = before


def here(app: Flask, *given: Any) -> Beginnings | None:
    """The test's beginnings, if it has done nothing but what is kept, and the step is given only what is plain."""
    if not _here or has_request_context() or not all(_is_plain(one) for one in given):
        return None
    if has_app_context() and "session" in g:
        if is_writing() or db().identity_map or db().new:
            return None
        db().rollback()
    return _here[0] if _here[0].installation.is_as_put(app) else None


def _is_plain(value: Any) -> bool:
    return all(_is_plain(one) for one in value) if isinstance(value, tuple) else isinstance(value, PLAIN)


def _end_session() -> None:
    """What follows reads everything anew."""
    if not has_app_context():
        return
    if "session" in g:
        db().close()
    for name in list(g):
        g.pop(name)


def _told(result: Any) -> Any:
    """What a step gave back, without the session in which it lay."""
    if isinstance(result, tuple):
        return tuple(_told(one) for one in result)
    if not isinstance(result, Base):
        return result
    (row_id,) = inspect(result).identity or ()
    return _Row(type(result), row_id)


def found(told: Any) -> Any:
    """What a step gave back, as it is now."""
    if isinstance(told, tuple):
        return tuple(found(one) for one in told)
    return db().get_one(told.kind, told.id) if isinstance(told, _Row) else told


@dataclass(frozen=True)
class _Row:
    kind: type[Base]
    id: UUID
