"""Two who begin the chain of one subject at once: the second follows the first, and nobody is told of a change."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from contextlib import suppress

import pytest
from flask import Flask
from sqlalchemy import select

from app.operations.heads import gather_head
from app.operations.verification import verify_all
from app.pipeline import audit
from app.pipeline.audit import Subject, record, take_turn
from app.pipeline.identity import THE_CLOCK
from app.pipeline.transaction import db, transaction
from models.audit_chain import AuditChain
from models.audit_record import AuditRecord

LONG_ENOUGH = 2
"""So many seconds whoever comes second is given to go on, if nothing keeps her from it."""


def at_once(app: Flask, *acts: Callable[[], None]) -> list[BaseException]:
    """Each act in a thread and a transaction of its own; what they raised."""
    raised: list[BaseException] = []

    def do(act: Callable[[], None]) -> None:
        try:
            with app.app_context(), transaction():
                act()
        except BaseException as failure:  # noqa: BLE001 - a thread's failure is looked at outside it
            raised.append(failure)

    threads = [threading.Thread(target=do, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return raised


def numbers_of(subject: Subject) -> list[int]:
    found = select(AuditRecord.number).where(AuditRecord.subject_id == subject.id).order_by(AuditRecord.number)
    return list(db().scalars(found))


def test_the_second_first_record_follows_the_first(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    subject = Subject("person", uuid.uuid4())
    meet, made = threading.Barrier(2), audit._entry_in

    def both_have_looked(chain: AuditChain, *arguments: object, **named: object) -> AuditRecord:
        """Where each has looked whether there is a chain, and has not stored anything yet."""
        if chain.subject_id == subject.id:
            # On SQLite the other one waits for the pen, and the second look of one comes alone.
            with suppress(threading.BrokenBarrierError):
                meet.wait(timeout=LONG_ENOUGH)
        return made(chain, *arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(audit, "_entry_in", both_have_looked)

    def act() -> None:
        record(subject, "person.sign_out", actor=THE_CLOCK, facts={})

    assert at_once(app, act, act) == []
    with app.app_context():
        assert numbers_of(subject) == [1, 2]
        assert verify_all().ok


def test_where_nothing_was_recorded_yet_whoever_takes_a_turn_is_waited_for(app: Flask) -> None:
    subject = Subject("person", uuid.uuid4())
    has_turn, is_over = threading.Event(), threading.Event()
    seen: list[list[int]] = []

    def first() -> None:
        take_turn(subject)
        has_turn.set()
        is_over.wait(timeout=LONG_ENOUGH)
        record(subject, "person.sign_out", actor=THE_CLOCK, facts={})

    def second() -> None:
        take_turn(subject)
        seen.append(numbers_of(subject))
        is_over.set()
        record(subject, "person.sign_out", actor=THE_CLOCK, facts={})

    def second_after_the_first() -> None:
        has_turn.wait(timeout=20)
        second()

    # On SQLite writers queue for the pen before they begin, and the second may be the first of them.
    acts = (first, second_after_the_first)
    with app.app_context():
        is_sqlite = db().get_bind().dialect.name == "sqlite"
    assert at_once(app, *(acts[:1] if is_sqlite else acts)) == []
    if is_sqlite:
        assert at_once(app, second) == []
    assert seen == [[1]], "what the first did is there when the second looks"
    with app.app_context():
        assert numbers_of(subject) == [1, 2]
        assert verify_all().ok


def test_a_turn_without_a_record_is_no_chain(app: Flask) -> None:
    subject = Subject("person", uuid.uuid4())
    assert at_once(app, lambda: take_turn(subject)) == []
    with app.app_context():
        gather_head()
        assert verify_all().ok
        assert db().scalars(select(AuditChain.number).where(AuditChain.subject_id == subject.id)).all() == [0]
    assert at_once(app, lambda: record(subject, "person.sign_out", actor=THE_CLOCK, facts={}) and None) == []
    with app.app_context():
        assert numbers_of(subject) == [1]
        assert verify_all().ok
        gather_head()
        assert verify_all().ok
