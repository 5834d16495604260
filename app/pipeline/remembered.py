"""What seldom changes and nearly every request needs: kept by each process, and asked about in one question.

The question is what the newest state of each of these things is called. Each is read again only when its name has
changed, so that another server sees a change with its next request.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from typing import Any, Final, Generic, TypeVar, cast

from flask import Flask, current_app, g
from sqlalchemy import Connection, Select, select
from sqlalchemy.exc import DBAPIError

from app.pipeline.database import as_the_library
from app.pipeline.transaction import db, transactions

T = TypeVar("T")
Version = tuple[Any, ...]
KEPT: Final = "kikite_remembered"
"""What the process has in mind of each thing, and under which version."""
OF_REQUEST: Final = "remembered"
CHANGING: Final = "remembered_changing"
_QUESTIONS: Final = "kikite_remembered_question"


@dataclass(frozen=True)
class Remembered(Generic[T]):
    """One thing that is remembered."""

    name: str
    version: Select[*tuple[Any, ...]]
    """One row, which every change that is committed makes another one."""
    read: Callable[[Connection], T]

    def now(self) -> T:
        """What holds for this request."""
        known: dict[str, Any] = g.setdefault(OF_REQUEST, {})
        if self.name not in known:
            if self.name in g.get(CHANGING, ()):
                known[self.name] = self.read(db().connection())
            else:
                _recall(known)
        return cast(T, known[self.name])

    def forget(self) -> None:
        """It was changed in this transaction, which reads it anew from here on; nobody else may keep that yet."""
        g.setdefault(OF_REQUEST, {}).pop(self.name, None)
        g.setdefault(CHANGING, set()).add(self.name)


class _Question:
    """The versions of all these things, asked for in one statement."""

    def __init__(self, app: Flask, things: tuple[Remembered[Any], ...]) -> None:
        self._app = app
        self.things = things
        self._versions = [thing.version.subquery() for thing in things]
        self._bounds = [0, *accumulate(len(version.columns) for version in self._versions)]

    @cached_property
    def statement(self) -> str:
        """As the driver takes it."""
        with self._app.app_context():
            dialect = transactions().engine.dialect
        asked = select(*(column for version in self._versions for column in version.columns))
        return str(asked.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))

    def divided(self, row: tuple[Any, ...]) -> dict[str, Version]:
        """The version of each thing."""
        return {thing.name: row[a:b] for thing, (a, b) in zip(self.things, pairwise(self._bounds), strict=True)}


def use_memory(app: Flask, *things: Remembered[Any]) -> None:
    """Say what this application remembers."""
    app.extensions[_QUESTIONS] = _Question(app, things)


def _recall(known: dict[str, Any]) -> None:
    """Fill in what this request does not know yet, from what the process has in mind or from the database."""
    question: _Question = current_app.extensions[_QUESTIONS]
    session = db()
    if session.in_transaction():
        _learn(known, question, session.connection())
        return
    try:
        if not _all_in_mind(known, question, _asked_by_the_way(question.statement)):
            with transactions().engine.connect() as connection:
                _learn(known, question, connection)
    except DBAPIError:
        # A database that is gone tells nothing; the page that says so is still drawn by the rules as they were.
        kept = _kept()
        if any(thing.name not in kept for thing in question.things):
            raise
        known.update({name: in_mind[1] for name, in_mind in kept.items() if name not in known})


def _asked_by_the_way(statement: str) -> Version:
    """Without a transaction, which whoever goes on to write would have to end before that."""
    engine = transactions().engine
    try:
        connection = engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute(statement)
            return tuple(cast(tuple[Any, ...], cursor.fetchone()))
        finally:
            connection.close()
    except engine.dialect.loaded_dbapi.Error as error:
        raise as_the_library(error, engine.dialect) from error


def _learn(known: dict[str, Any], question: _Question, connection: Connection) -> None:
    # The versions are asked for first: what is read after them is never older than they say.
    row = tuple(connection.exec_driver_sql(question.statement).one())
    if _all_in_mind(known, question, row):
        return
    versions = question.divided(row)
    for thing in question.things:
        if thing.name not in known and thing.name not in g.get(CHANGING, ()):
            known[thing.name] = thing.read(connection)
            _kept()[thing.name] = (versions[thing.name], known[thing.name])


def _all_in_mind(known: dict[str, Any], question: _Question, row: Version) -> bool:
    """Take what is still as it was; whether nothing is left to be read."""
    kept, changing = _kept(), g.get(CHANGING, ())
    for name, version in question.divided(row).items():
        in_mind = kept.get(name)
        if name not in known and name not in changing and in_mind is not None and in_mind[0] == version:
            known[name] = in_mind[1]
    return all(thing.name in known or thing.name in changing for thing in question.things)


def _kept() -> dict[str, tuple[Version, Any]]:
    return cast(dict[str, tuple[Version, Any]], current_app.extensions.setdefault(KEPT, {}))
