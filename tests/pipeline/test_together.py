"""Those who wait for the pen at the same time are stored together; what is refused of one is stored of the others."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
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
from app.pipeline.transaction import AlreadyThere, begin_writing, db, is_writing, roll_back, transaction, transactions
from models.complaint_count import ComplaintCount

WAITS = 10
MANY = 4
TOO_LARGE = 2**70
"""A number that no driver takes: what it raises then is no error of the database."""


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


def of_all(*numbers: int) -> dict[date, int]:
    """What is there when these were stored and nobody else."""
    return {kept.day: kept.number for number in numbers for kept in days(number)}


def stored(app: Flask) -> dict[date, int]:
    with app.app_context():
        return {kept.day: kept.number for kept in db().query(ComplaintCount)}


def until(so: Callable[[], bool]) -> None:
    end = time.monotonic() + WAITS
    while not so() and time.monotonic() < end:
        time.sleep(0.002)
    assert so()


class Senders:
    """Each stores in a request of its own, in a thread of its own."""

    def __init__(self, app: Flask, threads: ThreadPoolExecutor) -> None:
        self._app, self._threads = app, threads
        self._together = app.extensions["kikite_together"]

    def send(self, rows: list[ComplaintCount]) -> Future[None]:
        """Begin to store, and come back when it waits or is done."""

        def store() -> None:
            with self._app.app_context():
                store_whole(rows)
                assert not is_writing()

        before = self.waiting
        sent = self._threads.submit(store)
        until(lambda: self.waiting > before or sent.done())
        return sent

    @property
    def waiting(self) -> int:
        return len(self._together._waiting)

    @contextmanager
    def held_up(self) -> Iterator[None]:
        """Inside the block everybody waits, as if somebody led."""
        with self._together._changed:
            self._together._is_led = True
        yield
        with self._together._changed:
            self._together._is_led = False
            self._together._changed.notify_all()


@pytest.fixture
def senders(app: Flask) -> Iterator[Senders]:
    with ThreadPoolExecutor(MANY) as threads:
        yield Senders(app, threads)


def all_at_once(senders: Senders, wholes: Sequence[list[ComplaintCount]]) -> list[BaseException | None]:
    """What each of them is told."""
    with senders.held_up():
        sent = [senders.send(rows) for rows in wholes]
    return [each.exception(WAITS) for each in sent]


def kinds(told: Sequence[BaseException | None]) -> list[type[BaseException] | None]:
    return [type(each) if each else None for each in told]


def held_at(patch: pytest.MonkeyPatch, name: str) -> threading.Event:
    """Whoever leads stops where it would do this, until the event is set."""
    gate, does = threading.Event(), getattr(together, name)

    def waits() -> object:
        assert gate.wait(WAITS)
        return does()

    patch.setattr(together, name, waits)
    return gate


def test_who_waits_is_stored_in_one_transaction_with_the_others(app: Flask, senders: Senders) -> None:
    ended: list[object] = []
    note = ended.append
    with app.app_context():
        engine = transactions().engine
    event.listen(engine, "commit", note)
    try:
        told = all_at_once(senders, [days(number) for number in range(MANY)])
    finally:
        event.remove(engine, "commit", note)
    assert told == [None] * MANY
    assert len(ended) == 1
    assert stored(app) == of_all(*range(MANY))


def test_who_comes_while_the_first_waits_for_the_pen_is_stored_with_her(
    app: Flask, senders: Senders, monkeypatch: pytest.MonkeyPatch
) -> None:
    pen = held_at(monkeypatch, "begin_writing")
    sent = [senders.send(days(number)) for number in range(MANY)]
    assert senders.waiting == MANY
    pen.set()
    assert [each.exception(WAITS) for each in sent] == [None] * MANY
    assert stored(app) == of_all(*range(MANY))


def test_who_is_stored_is_told_so_while_the_next_still_waits_for_the_pen(
    app: Flask, senders: Senders, monkeypatch: pytest.MonkeyPatch
) -> None:
    pen = held_at(monkeypatch, "begin_writing")
    end = held_at(monkeypatch, "commit")
    first, second = senders.send(days(0)), senders.send(days(1))
    pen.set()
    until(lambda: not senders.waiting)
    third = senders.send(days(2))
    pen.clear()
    end.set()
    assert [first.exception(WAITS), second.exception(WAITS)] == [None, None]
    assert not third.done()
    assert stored(app) == of_all(0, 1)
    pen.set()
    assert third.exception(WAITS) is None
    assert stored(app) == of_all(0, 1, 2)


def test_nobody_waits_without_end_for_one_who_does_not_come_back(
    app: Flask, senders: Senders, monkeypatch: pytest.MonkeyPatch
) -> None:
    pen, end = held_at(monkeypatch, "begin_writing"), held_at(monkeypatch, "commit")
    first, in_hand = senders.send(days(0)), senders.send(days(1))
    pen.set()
    until(lambda: not senders.waiting)
    with monkeypatch.context() as patch:
        patch.setattr("app.pipeline.database.LOCK_WAIT_SECONDS", 0.05)
        assert kinds([senders.send(days(2)).exception(WAITS)]) == [DatabaseBusy]
    assert not in_hand.done(), "of what somebody has in hand nothing true can be said"
    end.set()
    assert [first.exception(WAITS), in_hand.exception(WAITS)] == [None, None]
    assert stored(app) == of_all(0, 1)


def test_what_is_there_already_keeps_nobody_else_from_being_stored(app: Flask, senders: Senders) -> None:
    with app.app_context(), transaction():
        db().add(ComplaintCount(day=(there := today()), number=1))
    wholes = [days(number) for number in range(MANY)]
    wholes[2] = [*days(2), ComplaintCount(day=there, number=9)]
    assert kinds(all_at_once(senders, wholes)) == [None, None, AlreadyThere, None]
    assert stored(app) == of_all(0, 1, 3) | {there: 1}


def test_a_mistake_of_the_program_is_raised_to_who_made_it_and_the_others_are_stored(
    app: Flask, senders: Senders
) -> None:
    wholes = [days(number) for number in range(MANY)]
    wholes[2][1].number = TOO_LARGE
    told = all_at_once(senders, wholes)
    assert [number for number, each in enumerate(told) if each] == [2]
    assert stored(app) == of_all(0, 1, 3)


def test_a_full_disk_is_told_to_everybody_and_nothing_is_stored(
    app: Flask, senders: Senders, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_self: object) -> None:
        raise OperationalError("COMMIT", {}, Exception("database or disk is full"))

    with app.app_context():
        session = type(db())
    with monkeypatch.context() as patch:
        patch.setattr(session, "commit", full)
        told = all_at_once(senders, [days(number) for number in range(MANY)])
    assert kinds(told) == [OperationalError] * MANY
    assert stored(app) == {}
    assert senders.send(days(0)).exception(WAITS) is None
    assert stored(app) == of_all(0)


@pytest.mark.parametrize("error", [DatabaseBusy(), OSError(28, "No space left on device")])
def test_when_the_pen_cannot_be_had_each_is_told_so_and_nobody_is_left_waiting(
    app: Flask, senders: Senders, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def refuse() -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(together, "begin_writing", refuse)
        told = all_at_once(senders, [days(number) for number in range(MANY)])
    assert kinds(told) == [type(error)] * MANY
    assert not senders.waiting
    assert senders.send(days(MANY)).exception(WAITS) is None
    assert stored(app) == of_all(MANY)


def test_who_has_begun_something_else_is_refused(app: Flask) -> None:
    with app.app_context():
        begin_writing()
        with pytest.raises(RuntimeError, match="all that its request stores"):
            store_whole(days(0))
        roll_back()
        db().add(ComplaintCount(day=today(), number=1))
        with pytest.raises(RuntimeError, match="all that its request stores"):
            store_whole(days(0))
    assert stored(app) == {}
