"""Where tests begin that ask for the same state: built by the first of a run, and put back for every other.

A state is kept under all the steps that led to it from the small association, each with what it was given and the
moment at which it was taken. So it is the very state that the steps would build: its rows, its files, its keys and its
clock; and each draws its ids from a name of its own, whoever is first. A test that has done anything else before takes
the step itself, and so does one that listens to what is said meanwhile, has put something else in a part's place, or
looks at every byte of the disk: SQLite's log, which holds what was written over, is not kept. The workers of a run
share what they built, and nothing is kept for another run. The steps are those of the road (tests/support/road.py) and
somebody's signing in.
"""

from __future__ import annotations

import hashlib
import os
import pickle
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum
from functools import wraps
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, ParamSpec, TypeVar, cast
from uuid import UUID

import pytest
from flask import Flask, current_app, g, has_app_context, has_request_context
from sqlalchemy import inspect

from app.pipeline.clock import FixedClock
from app.pipeline.transaction import begin_writing, commit, db, is_writing
from models.base import Base
from tests.support.installation import CLOCK, Installation, State

LISTENS = frozenset({"capsys", "capfd", "caplog", "recwarn", "every_byte", "nothing_typed_lies_about"})
"""What a test asks for that has to see each step as it is taken."""
PLAIN = str | bytes | int | Enum | UUID | date | timedelta | None
Step = tuple[Any, ...]
Given = ParamSpec("Given")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Begun:
    """A state, when it is, and what the step that led to it gave back."""

    state: State
    at: datetime
    result: Any


@dataclass
class Beginnings:
    """What was built, and how far the test that is running has come."""

    installation: Installation
    drawn: Callable[[str], AbstractContextManager[None]]
    shared: Path | None = None
    """Where a run's workers find what another one has built."""
    begun: dict[tuple[Step, ...], Begun] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    is_over: bool = False
    """The test has done something else, and so takes every further step itself."""
    used: int = 0
    """How many times a state was put back instead of built."""

    def begin(self) -> None:
        """A test begins, with the small association."""
        self.steps, self.is_over = (), False

    def take(self, app: Flask, step: Step, build: Callable[[], Any]) -> Any:
        """Take the step, or have it taken already."""
        clock: FixedClock = app.extensions[CLOCK]
        steps = (*self.steps, (clock.now(), *step))
        known = self.begun.get(steps) or self._built_by_another(steps)
        mine = None
        if known is None:
            # A receipt's code is random in every run, and what is drawn here is not.
            with self.drawn(f"beginning {_without_words(steps)}"), _alone():
                result = _told(build())
            _begin_reading_anew()
            mine = Begun(self.installation.state(), clock.now(), result)
            known = self._share(steps, mine)
        else:
            self.used += 1
        if known is not mine:
            self.installation.put(known.state)
            clock.move(to=known.at)
            _begin_reading_anew()
        self.begun[steps], self.steps = known, steps
        return known.result

    def _built_by_another(self, steps: tuple[Step, ...]) -> Begun | None:
        if self.shared is None:
            return None
        try:
            kept = self._place_of(steps).read_bytes()
        except FileNotFoundError:
            return None
        return cast(Begun, pickle.loads(kept))  # noqa: S301 - written below, in this run

    def _share(self, steps: tuple[Step, ...], built: Begun) -> Begun:
        """Let the others find it. Of two who built it at once both go on from what the first one built: a receipt's
        code is in the one and not in the other.
        """
        if self.shared is None:
            return built
        with NamedTemporaryFile(dir=self.shared) as written:
            written.write(pickle.dumps(built))
            written.flush()
            try:
                os.link(written.name, self._place_of(steps))
            except FileExistsError:
                return self._built_by_another(steps) or built
        return built

    def _place_of(self, steps: tuple[Step, ...]) -> Path:
        assert self.shared is not None
        return self.shared / hashlib.sha256(repr(steps).encode()).hexdigest()


_here: list[tuple[Beginnings, Callable[[], bool]]] = []


@contextmanager
def beginning(beginnings: Beginnings, listens: Callable[[], bool]) -> Iterator[None]:
    """From here on a test begins that has taken no step, and may come to listen to how they are taken."""
    beginnings.begin()
    with _only((beginnings, listens)):
        yield


def listening(item: pytest.Item) -> bool:
    """Whether this test has to see each step as it is taken, or has put something else in a part's place by now."""
    names = getattr(item, "fixturenames", ())
    if LISTENS & set(names):
        return True
    # Whoever sets up for the test might have done so; as long as that goes on, nobody knows.
    patch = getattr(item, "funcargs", {}).get("monkeypatch")
    return "monkeypatch" in names and (
        patch is None or bool(patch._setattr or patch._setitem or patch._cwd or patch._savesyspath)
    )


def here(app: Flask) -> Beginnings | None:
    """The test's beginnings, if it has done nothing so far but what is kept."""
    if not _here or _here[0][0].is_over or has_request_context():
        return None
    if has_app_context() and "session" in g:
        if is_writing() or db().new or db().dirty or db().deleted:
            return None
        db().rollback()
    beginnings, listens = _here[0]
    beginnings.is_over = listens() or not beginnings.installation.is_as_put(app)
    return None if beginnings.is_over else beginnings


def is_all_built() -> bool:
    """Whether the test that is running has itself built what lies on its disk."""
    return not any(beginnings.steps for beginnings, _listens in _here)


def taken_once(build: Callable[Given, Result]) -> Callable[Given, Result]:
    """A step inside an application context, which is kept when it is given only what is plain, rows, and the clock."""

    @wraps(build)
    def begun(*args: Given.args, **named: Given.kwargs) -> Result:
        given = (*args, *named.values())
        beginnings = here(cast(Any, current_app)._get_current_object()) if all(map(_is_plain, given)) else None
        if beginnings is None:
            return build(*args, **named)
        told = (build.__name__, _told(args), tuple(sorted((name, _told(it)) for name, it in named.items())))
        found = _found(beginnings.take(current_app, told, lambda: build(*args, **named)))
        _end_reading()
        return cast(Result, found)

    return begun


def taken_once_and_written_on(build: Callable[Given, Result]) -> Callable[Given, Result]:
    """A step that leaves its transaction open for whoever goes on: what is kept is what it would have committed."""

    @taken_once
    @wraps(build)
    def committed(*args: Given.args, **named: Given.kwargs) -> Result:
        result = build(*args, **named)
        commit()
        return result

    @wraps(build)
    def begun(*args: Given.args, **named: Given.kwargs) -> Result:
        result = committed(*args, **named)
        begin_writing()
        return result

    return begun


@contextmanager
def _only(*those: tuple[Beginnings, Callable[[], bool]]) -> Iterator[None]:
    before = list(_here)
    _here[:] = those
    try:
        yield
    finally:
        _here[:] = before


def _alone() -> AbstractContextManager[None]:
    """Of a step that consists of others only the whole is kept."""
    return _only()


def _is_plain(value: Any) -> bool:
    if isinstance(value, tuple):
        return all(map(_is_plain, value))
    return isinstance(value, PLAIN) or _is_the_clock(value) or (isinstance(value, Base) and inspect(value).persistent)


def _is_the_clock(value: Any) -> bool:
    """Whether this is the application's own clock, of which each step tells when it was anyway."""
    return isinstance(value, FixedClock) and value is current_app.extensions[CLOCK]


def _without_words(steps: Any) -> Any:
    if isinstance(steps, tuple):
        return tuple(_without_words(one) for one in steps)
    return "" if isinstance(steps, bytes) or type(steps) is str else steps


def _begin_reading_anew() -> None:
    """What follows reads everything as it is now, what the test holds in hand included."""
    if not has_app_context():
        return
    if "session" in g:
        db().rollback()
        for row in db():
            # Read now: a test may look at what it holds after it has left the context, too.
            db().refresh(row)
        _end_reading()
    for name in list(g):
        if name not in {"session", "writing"}:
            g.pop(name)


def _end_reading() -> None:
    """As after a commit, what was read stays with whoever holds it, when the session goes on or is gone."""
    db().commit()


def _told(result: Any) -> Any:
    """What a step is given or gives back, without the session in which it lay."""
    if isinstance(result, tuple):
        return tuple(_told(one) for one in result)
    if isinstance(result, FixedClock):
        return CLOCK
    if not isinstance(result, Base):
        return result
    (row_id,) = inspect(result).identity or ()
    return _Row(type(result), row_id)


def _found(told: Any) -> Any:
    """What a step gave back, as it is now."""
    if isinstance(told, tuple):
        return tuple(_found(one) for one in told)
    return db().get_one(told.kind, told.id) if isinstance(told, _Row) else told


@dataclass(frozen=True)
class _Row:
    kind: type[Base]
    id: UUID
