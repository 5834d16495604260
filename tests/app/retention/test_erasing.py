"""What is past its term goes by its rule, whole, once, and from wherever the work was killed; and nothing else goes."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from itertools import count

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.actions import advise, close_case
from app.mailbox.actions import enter as enter_with
from app.merging.actions import merge_with
from app.operations.destroyed_keys import destroy_what_came_back, destroyed_before, list_of_destroyed
from app.operations.erasing import erase_due
from app.operations.sweep import sweep
from app.operations.verification import verify_all
from app.pipeline import secrets
from app.pipeline.clock import FixedClock, now, today
from app.pipeline.database import WRITES
from app.pipeline.secrets import KeyStore, key_store
from app.pipeline.transaction import db, transaction
from app.retention.actions import forgetting
from app.retention.queries import keys_of, until_of
from crypto import CannotOpen
from models.audit_record import AuditRecord
from models.case import Case
from models.consent_entry import ConsentEntry
from models.erasure import Erasure
from models.exchange import Exchange
from models.key_store import ShredKey
from models.legal_hold import LegalHold
from models.message import Message
from models.provision import Provision
from models.receipt import Receipt
from models.registry import metadata
from models.rules.erasure import LEAVINGS, ErasedPart, Fate, HoldEnd, HoldReason
from models.rules.holds import HOLD_POLICIES
from models.rules.taxonomy.outcome import Outcome
from models.statement import Statement
from tests.app.merging.test_merging import asked, two
from tests.support import road
from tests.support.first_look import named
from tests.support.present import consulter, person, present

WORKS = named("erase_due", "settle_due")


def swept(app: Flask) -> None:
    came = sweep(app, works=WORKS)
    assert (came.failed, came.failed_items) == ((), 0)
    with app.app_context():
        assert verify_all().ok


def left(case_id: uuid.UUID) -> Case:
    """What is there of it now."""
    db().rollback()
    return db().get_one(Case, case_id)


def advised_and_closed() -> tuple[Case, str]:
    """Closed with advice alone: its term is a year."""
    case, code = road.triaged()
    road.done(lambda: _advise(case))
    road.done(lambda: close_case(road.case_of(case), Outcome.ADVICE, actor=present("counselor")))
    return road.case_of(case), code


def _advise(case: Case) -> None:

    advise(case, "相談先をお伝えします。", actor=present("counselor"))


def records_of(case: Case, name: str) -> list[dict[str, object]]:
    rows = db().scalars(select(AuditRecord).where(AuditRecord.subject_id == case.id, AuditRecord.name == name))
    return [json.loads(row.facts) for row in rows]


def test_each_case_goes_on_the_day_that_its_rule_names_and_not_the_day_before(app: Flask, clock: FixedClock):
    with app.app_context():
        ended = today()
        short, _code = advised_and_closed()
        long = road.case_of(db().get_one(Case, road.closed().case_id))
        for case, months in ((short, 12), (long, 60)):
            until = until_of(case)
            assert until is not None
            assert (until.year - ended.year) * 12 + until.month - ended.month == months
            clock.move(to=clock.now() + (until - today() - timedelta(days=1)))
            swept(app)
            assert left(case.id).erased_at is None, "the day before"
            clock.move(to=clock.now() + timedelta(days=1))
            swept(app)
            assert left(case.id).erased_at is not None
        assert verify_all().ok


def test_what_is_left_is_the_coded_skeleton_and_the_proof(app: Flask, clock: FixedClock):
    with app.app_context():
        exchange = road.closed()
        case = db().get_one(Case, exchange.case_id)
        number, outcome = case.number, case.outcome_token
        identity, *_others = keys_of(case.id, ErasedPart.IDENTITY)
        clock.move(to=clock.now() + timedelta(days=61 * 31))
        swept(app)
        case = left(case.id)
        assert (case.number, case.outcome_token, case.employer_token) == (number, outcome, None)
        assert db().get_one(Exchange, exchange.id).accepted_at is not None
        assert set(key_store().destroyed([case.id, identity])) == {case.id, identity}
        shredded = records_of(case, "key.shred")
        assert {one["key_id"] for one in shredded} == {case.id.hex, identity.hex}
        assert {one["reason_code"] for one in shredded} == {"term"}
        (order,) = records_of(case, "erasure.order")
        assert (order["part"], order["rule"]) == ("content", "case_content")
        (done,) = records_of(case, "erasure.done")
        assert {"narrative", "identity", "health", "forwarded", "report"} <= set(str(done["kinds"]).split("+"))
        assert rows_left(case) == set()
        # Five years after, what was agreed to has had its own term too.
        assert db().scalars(select(Provision).where(Provision.case_id == case.id)).all() == []
        assert verify_all().ok


def rows_left(case: Case) -> set[str]:
    """The tables that were to be empty of it, and are not."""
    left = set()
    for table in metadata.sorted_tables:
        leaving = LEAVINGS.get(table.name)
        if leaving and leaving.fate is Fate.GOES and leaving.by == "case_id" and table.name != "case_facet":
            found = db().execute(select(table.c[leaving.by]).where(table.c.case_id == case.id)).first()
            left |= {table.name} if found is not None else set()
    return left


def test_consents_of_a_short_case_outlast_it_for_three_years(app: Flask, clock: FixedClock):
    with app.app_context():
        case, _code = advised_and_closed()
        entries = select(ConsentEntry.id).where(ConsentEntry.case_id == case.id)
        clock.move(to=clock.now() + timedelta(days=13 * 31))
        swept(app)
        assert left(case.id).erased_at is not None
        assert db().scalars(entries).all() != []
        clock.move(to=clock.now() + timedelta(days=24 * 31))
        swept(app)
        db().rollback()
        assert db().scalars(entries).all() == []
        assert len(records_of(case, "consent.erase")) == 1


def test_a_code_whose_time_is_over_is_answered_as_one_that_never_was_while_its_case_is_kept(
    app: Flask, clock: FixedClock
):
    with app.app_context():
        exchange, code = _closed_with_code()
        assert road.done(lambda: enter_with(code)) is not None
        clock.move(to=clock.now() + timedelta(days=370))
        swept(app)
        db().rollback()
        assert db().scalar(select(Receipt).where(Receipt.case_id == exchange.case_id)) is None
        assert road.done(lambda: enter_with(code)) is None
        assert db().get_one(Case, exchange.case_id).erased_at is None
        assert db().scalar(select(Statement.id).where(Statement.case_id == exchange.case_id)) is not None


def _closed_with_code() -> tuple[Exchange, str]:
    case, code = road.triaged()
    return road.closed(road.routed(case, code)), code


def test_a_hold_keeps_content_and_name_as_long_as_it_lasts(app: Flask, clock: FixedClock):
    with app.app_context():
        case, _code = advised_and_closed()
        hold = LegalHold(case_id=case.id, reason=HoldReason.LAWSUIT, set_by_id=person("manager").id, set_at=now())
        road.done(lambda: db().add(hold))
        clock.move(to=clock.now() + timedelta(days=400))
        swept(app)
        assert left(case.id).erased_at is None
        assert db().scalars(select(Erasure)).all() == []
        with transaction():
            hold = db().get_one(LegalHold, hold.id)
            hold.lifted_at, hold.lifted_by_id = now(), person("manager").id
            hold.lifted_because = HoldEnd.OVER
        clock.move(to=clock.now() + timedelta(days=HOLD_POLICIES[-1].rests_days))
        swept(app)
        assert left(case.id).erased_at is not None


def test_an_old_backup_that_is_put_back_brings_no_destroyed_key_back(app: Flask, clock: FixedClock):
    """7.45: Given a backup from last month is restored, when a case was erased meanwhile, then its content stays
    unreadable because its key no longer exists.
    """
    with app.app_context():
        case, _code = advised_and_closed()
        kept, _code = road.submitted()
        subjects = keys_of(case.id, ErasedPart.CONTENT)
        backup = _keys_as_they_are([*subjects, kept.id])
        clock.move(to=clock.now() + timedelta(days=400))
    swept(app)
    with app.app_context():
        _put_back(backup)
        assert key_store().destroyed(subjects) == {}, "the key store is that of the backup"
        assert destroy_what_came_back() == len(subjects) == 2
        for subject in subjects:
            with pytest.raises(CannotOpen):
                key_store().key(subject)
        assert key_store().key(kept.id)
        again = select(AuditRecord.facts).where(AuditRecord.name == "key.shred_again")
        assert [json.loads(facts) for facts in db().scalars(again)] == [{"keys": 2}]
        assert destroy_what_came_back() == 0
        with list_of_destroyed().open("a") as cut_off:
            cut_off.write("0123")
        assert set(destroyed_before()) == set(subjects)
        assert verify_all().ok


def _keys_as_they_are(subjects: list[uuid.UUID]) -> dict[uuid.UUID, bytes | None]:
    with Session(key_store().engine) as session:
        return {one.subject_id: one.sealed_key for one in map(partial(session.get_one, ShredKey), subjects)}


def _put_back(backup: dict[uuid.UUID, bytes | None]) -> None:
    with Session(key_store().engine) as session:
        session.connection(execution_options={WRITES: True})
        for subject, sealed in backup.items():
            row = session.get_one(ShredKey, subject)
            row.sealed_key, row.destroyed_at, row.followed_at = sealed, None, None
        session.commit()


class Killed(BaseException):
    """The process is gone at this point."""


def _points(monkeypatch: pytest.MonkeyPatch, kill_at: int) -> Iterator[None]:
    """Kill before the nth of everything that changes something for good."""
    steps = count(1)

    def stepping(inner):
        def step(*given, **named):
            if next(steps) == kill_at:
                raise Killed
            return inner(*given, **named)

        return step

    for owner, name in ((KeyStore, "destroy"), (forgetting, "_execute"), (secrets.KeyStore, "destroyed")):
        monkeypatch.setattr(owner, name, stepping(getattr(owner, name)))
    yield
    monkeypatch.undo()


@pytest.mark.parametrize("kill_at", [1, 2, 3, 4, 5, 9, 14, 20, 27, 33])
def test_killed_at_any_point_the_rest_is_done_at_the_next_turn_and_nothing_twice(
    app: Flask, clock: FixedClock, monkeypatch: pytest.MonkeyPatch, kill_at: int
):
    with app.app_context():
        cases = [advised_and_closed()[0].id for _each in range(2)]
        kept = road.submitted()[0].id
        clock.move(to=clock.now() + timedelta(days=400))
    points = _points(monkeypatch, kill_at)
    next(points)
    with app.app_context(), pytest.raises(Killed):
        erase_due()
    next(points, None)
    swept(app)
    with app.app_context():
        for case in map(left, cases):
            assert case.erased_at is not None
            assert rows_left(case) == set()
            assert len(records_of(case, "erasure.order")) == len(records_of(case, "erasure.done")) == 1
            assert len(records_of(case, "key.shred")) == 2
        assert db().scalar(select(Message.id)) is None
        assert db().scalar(select(Statement.id).where(Statement.case_id == kept)) is not None
        assert key_store().destroyed([kept]) == {}
        assert verify_all().ok


def test_one_key_that_cannot_be_destroyed_keeps_no_other(
    app: Flask, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
):
    with app.app_context():
        stuck, other = (advised_and_closed()[0].id for _each in range(2))
        clock.move(to=clock.now() + timedelta(days=400))
    before = KeyStore.destroy

    def refusing(self: KeyStore, subject_id, *, at):
        if subject_id == stuck:
            raise RuntimeError
        before(self, subject_id, at=at)

    monkeypatch.setattr(KeyStore, "destroy", refusing)
    came = sweep(app, works=WORKS)
    assert (came.failed, came.failed_items) == (("erase_due",), 1)
    with app.app_context():
        assert left(other).erased_at is not None
        assert left(stuck).erased_at is None
    monkeypatch.undo()
    swept(app)
    with app.app_context():
        assert left(stuck).erased_at is not None


def test_two_that_are_one_thread_go_together_by_the_term_of_the_one_that_goes_on(app: Flask, clock: FixedClock):
    """7.18: what went up in another lies in that one's thread, and both receipts lead there."""
    with app.app_context():
        first, second = two()
        asked(first, second)

        road.done(lambda: merge_with(road.case_of(first[0]), second[1], actor=consulter(first[1])))
        ended, goes = sorted((road.case_of(first[0]), road.case_of(second[0])), key=lambda case: case.is_open)
        assert not ended.is_open
        assert goes.is_open
        clock.move(to=clock.now() + timedelta(days=400))
        swept(app)
        assert left(ended.id).erased_at is None, "after the short term of a duplicate"
        road.done(lambda: _advise(goes))
        road.done(lambda: close_case(road.case_of(goes), Outcome.ADVICE, actor=present("counselor")))
        clock.move(to=clock.now() + timedelta(days=400))
        swept(app)
        assert left(ended.id).erased_at is not None
        assert left(goes.id).erased_at is not None
