"""Those who wait for the pen at the same time are stored together; what is refused of one is stored of the others."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from app.pipeline import together
from app.pipeline.clock import today
from app.pipeline.database import DatabaseBusy, WriteLock
from app.pipeline.together import store_whole
from app.pipeline.transaction import AlreadyThere, db, is_writing, transaction, transactions
from models.complaint_count import ComplaintCount

WAITS = 10
MANY = 4


@pytest.fixture(autouse=True)
def one_writer_at_a_time(database_kind: str) -> Iterator[None]:
    """What is shared is one writer's turn; a database server has many writers, and each stores for herself."""
    with pytest.MonkeyPatch.context() as patch:
        if database_kind == "postgresql":
            patch.setattr(WriteLock, "is_for_one_writer", True)
        yield


def days(number: int) -> list[ComplaintCount]:
    """What one of them stores."""
    first = date(2026, 1, 1) + timedelta(days=2 * number)
    return [ComplaintCount(day=first + timedelta(days=more), number=number + 1) for more in (0, 1)]


def stored(app: Flask) -> dict[date, int]:
    with app.app_context():
        return {kept.day: kept.number for kept in db().query(ComplaintCount)}


@contextmanager
def all_waiting(app: Flask, wholes: Sequence[list[ComplaintCount]]) -> Iterator[list[Future[None]]]:
    """Each stores in a request of its own; inside the block all of them wait for a turn, and after it none."""

    def store(rows: list[ComplaintCount]) -> None:
        with app.app_context():
            store_whole(rows)
            assert not is_writing()

    waiting = app.extensions["kikite_together"]
    with ThreadPoolExecutor(len(wholes)) as senders, waiting._turn:
        sent = [senders.submit(store, rows) for rows in wholes]
        until = time.monotonic() + WAITS
        while len(waiting._waiting) < len(wholes) and time.monotonic() < until:
            time.sleep(0.005)
        assert len(waiting._waiting) == len(wholes)
        yield sent


def test_who_waits_is_stored_in_one_transaction_with_the_others(app: Flask) -> None:
    ended: list[object] = []
    with app.app_context():
        engine = transactions().engine
    note = ended.append
    event.listen(engine, "commit", note)
    try:
        with all_waiting(app, [days(number) for number in range(MANY)]) as sent:
            assert not ended
    finally:
        event.remove(engine, "commit", note)
    assert [each.exception(WAITS) for each in sent] == [None] * MANY
    assert len(ended) == 1
    assert stored(app) == {kept.day: kept.number for number in range(MANY) for kept in days(number)}


def test_what_is_there_already_keeps_nobody_else_from_being_stored(app: Flask) -> None:
    with app.app_context(), transaction():
        db().add(ComplaintCount(day=(there := today()), number=1))
    wholes = [days(number) for number in range(MANY)]
    wholes[2] = [*days(2), ComplaintCount(day=there, number=9)]
    with all_waiting(app, wholes) as sent:
        pass
    assert [type(each.exception(WAITS)) for each in sent] == [type(None), type(None), AlreadyThere, type(None)]
    expected = {kept.day: kept.number for number in (0, 1, 3) for kept in days(number)}
    assert stored(app) == expected | {there: 1}


def test_a_full_disk_is_told_to_everybody_and_nothing_is_stored(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_self: object) -> None:
        raise OperationalError("COMMIT", {}, Exception("database or disk is full"))

    with app.app_context():
        session = type(db())
    with monkeypatch.context() as patch:
        patch.setattr(session, "commit", full)
        with all_waiting(app, [days(number) for number in range(MANY)]) as sent:
            pass
        assert [type(each.exception(WAITS)) for each in sent] == [OperationalError] * MANY
    assert stored(app) == {}
    with app.app_context():
        store_whole(days(0))
    assert stored(app) == {kept.day: 1 for kept in days(0)}


def test_when_the_pen_cannot_be_had_everybody_is_told_so_and_nobody_is_left_waiting(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy() -> None:
        raise DatabaseBusy

    with monkeypatch.context() as patch:
        patch.setattr(together, "begin_writing", busy)
        with all_waiting(app, [days(number) for number in range(MANY)]) as sent:
            pass
        assert [type(each.exception(WAITS)) for each in sent] == [DatabaseBusy] * MANY
    with app.app_context():
        store_whole(days(MANY))
    assert stored(app) == {kept.day: MANY + 1 for kept in days(MANY)}


def test_an_error_of_the_program_is_raised_to_who_made_it_and_the_others_are_told_that_nothing_was_stored(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context(), monkeypatch.context() as patch:
        patch.setattr(together, "begin_writing", lambda: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            store_whole(days(0))
        assert not app.extensions["kikite_together"]._waiting
        patch.undo()
        store_whole(days(1))
    assert stored(app) == {kept.day: 2 for kept in days(1)}
