"""One transaction for each request or command, ended in one place: this module alone commits.

Of those who send at the same moment, one may store for the others: see ``together``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast

from flask import Flask, current_app, g
from sqlalchemy import Connection, Executable, event
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session, SessionTransaction

from app.pipeline.database import WRITES, DatabaseBusy, WriteLock, as_the_library, is_there_already, make_engine
from app.pipeline.inserting import Insertion, Parameters, insertions_of
from app.pipeline.prepared import prepared
from models.base import Base

CHANGED = "kikite_changed"
IN_HAND = "kikite_in_hand"


class AlreadyThere(Exception):
    """Something new could not be stored because its number or its receipt is there already; nothing was stored."""


class WatchedSession(Session):
    """A session that remembers whether anything was changed in it."""


@event.listens_for(WatchedSession, "after_flush")
def _note_change(session: Session, _context: object) -> None:
    session.info[CHANGED] = True


def in_hand(kind: str) -> dict[Any, Any]:
    """What was found in this transaction, by what it belongs to; it is forgotten with the transaction's end.

    Kept is what was read and locked, which nobody else can change meanwhile, or what a page shall go by as a whole.
    """
    held: dict[Any, Any] = db().info.setdefault(IN_HAND, {}).setdefault(kind, {})
    return held


@event.listens_for(WatchedSession, "after_transaction_end")
def _let_go_of_what_is_in_hand(session: Session, ended: SessionTransaction) -> None:
    # What was locked or made in a savepoint may have been undone with it. The session's own steps within end nothing.
    if ended.nested or ended.parent is None:
        session.info.pop(IN_HAND, None)


class Transactions:
    """The main database's engine and lock, held by the application."""

    def __init__(self, url: str) -> None:
        self.engine, self.lock = make_engine(url)

    def new_session(self) -> Session:
        return WatchedSession(self.engine, expire_on_commit=False, autoflush=True)


def use_database(app: Flask, url: str) -> None:
    """Give the application its main database."""
    app.extensions["kikite_transactions"] = Transactions(url)
    app.teardown_appcontext(_let_go)


def transactions() -> Transactions:
    """The application's main database."""
    return cast(Transactions, current_app.extensions["kikite_transactions"])


def db() -> Session:
    """The session of this request or command; it reads until begin_writing() is called."""
    if "session" not in g:
        g.session = transactions().new_session()
        g.writing = False
    return cast(Session, g.session)


def is_writing() -> bool:
    """Whether this request or command has begun to write."""
    return bool(g.get("writing", False))


def begin_writing() -> Session:
    """End the reading, queue for the pen, and begin to write: what was read before is read anew."""
    session = db()
    if is_writing():
        return session
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("something was changed before begin_writing()")
    session.rollback()
    _lock().acquire()
    g.writing = True
    try:
        session.connection(execution_options={WRITES: True})
    except OperationalError as busy:
        _end()
        raise DatabaseBusy from busy
    return session


def store_new(rows: Iterable[Base]) -> None:
    """Insert rows that nobody has yet, one statement for each table; they are not followed by the session afterwards.

    This is for whole new things of many rows. The session's own way finds out row by row what depends on what, which
    takes several times as long and keeps other writers waiting; here foreign keys are checked at the commit.

    Raises AlreadyThere, with the transaction undone, when another one was quicker or a random number was drawn twice.
    """
    # What can be done before the pen is taken is done before it.
    insertions = list(insertions_of(rows, transactions().engine.dialect))
    session = begin_writing()
    try:
        insert_by_the_driver(insertions, session.connection())
    except IntegrityError as broken:
        roll_back()
        if is_there_already(broken):
            raise AlreadyThere from broken
        raise
    session.info[CHANGED] = True


def store_at_once(rows: Iterable[Base]) -> None:
    """Insert rows in this transaction, by the way of store_new(); what the session holds goes before them."""
    session = db()
    session.flush()
    insert_by_the_driver(insertions_of(rows, transactions().engine.dialect), session.connection())
    session.info[CHANGED] = True


def insert_by_the_driver(insertions: Iterable[Insertion], connection: Connection) -> None:
    """Insert what was made ready for the driver, in this connection's transaction."""
    for insertion in insertions:
        _by_the_driver(insertion.statement, insertion.parameters, connection)


def say_at_once(statement: Executable, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Ask for rows, or change them, in this transaction by a statement that a module keeps. Gives the rows.

    What the session holds does not go before it: whoever says this has seen to that.
    """
    connection = db().connection()
    made = prepared(statement, connection.dialect)
    return [made.row(row) for row in _by_the_driver(made.words, [made.parameters(values)], connection)]


def _by_the_driver(
    statement: str, parameters: Sequence[Parameters], connection: Connection
) -> Sequence[tuple[Any, ...]]:
    """By the driver's own hand: what goes through the library between costs as much again for each statement."""
    driver = connection.dialect.loaded_dbapi
    cursor = connection.connection.cursor()
    try:
        if len(parameters) > 1:
            cursor.executemany(statement, cast(Sequence[tuple[Any, ...]], parameters))
            return ()
        cursor.execute(statement, parameters[0])
        return cursor.fetchall() if cursor.description else ()
    except driver.Error as error:
        raise as_the_library(error, connection.dialect) from error
    finally:
        cursor.close()


def has_changed() -> bool:
    """Whether anything was changed since this request or command began to write.

    Rows that a single statement changes go by unseen; but an act is recorded, and its record is seen.
    """
    session = db()
    session.flush()
    return bool(session.info.get(CHANGED))


def commit() -> None:
    """Make what was done last; called by the pipeline and by commands, never by actions."""
    if not is_writing():
        db().rollback()
        return
    try:
        db().commit()
    except BaseException:
        # SQLite keeps a transaction open whose end was refused; it is ended before the pen is let go.
        db().rollback()
        raise
    finally:
        _end()


def keep_despite_refusal() -> None:
    """What this request recorded is kept although its answer is a refusal, such as a failed sign-in."""
    g.keep = True


def wants_keeping() -> bool:
    """Whether a refusal's records are to be kept."""
    return bool(g.get("keep", False))


def roll_back() -> None:
    """Undo all that this request or command has changed."""
    if "session" in g:
        db().rollback()
        _end()


@contextmanager
def committed_first() -> Iterator[Session]:
    """Commit what is done inside before anything else of this request; nothing may have been changed before."""
    was_writing = is_writing()
    if was_writing and has_changed():
        raise RuntimeError("a reading is recorded before anything is changed, not after")
    session = begin_writing()
    try:
        yield session
    except BaseException:
        roll_back()
        raise
    commit()
    if was_writing:
        begin_writing()


@contextmanager
def transaction() -> Iterator[Session]:
    """A command's transaction: commits at the end, rolls back when something is raised."""
    session = begin_writing()
    try:
        yield session
    except BaseException:
        roll_back()
        raise
    commit()


def _lock() -> WriteLock:
    return transactions().lock


def _end() -> None:
    if g.get("writing", False):
        g.writing = False
        db().info.pop(CHANGED, None)
        _lock().release()


def _let_go(_error: BaseException | None = None) -> None:
    if "session" in g:
        db().close()
        _end()
        g.pop("session")
