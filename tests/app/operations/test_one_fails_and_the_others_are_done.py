"""One thing that cannot be done by the clock costs the others nothing: they are done, and it is logged and counted."""

from __future__ import annotations

import inspect
import json
import uuid
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from app.cases.actions import arrange_sending, sending
from app.cases.queries import exchanges_of
from app.clocks.actions.reminding import Reminding
from app.operations.sweep import CLOCKWORK, Work, sweep
from app.pipeline.one_by_one import one_by_one
from app.pipeline.transaction import db
from models.audit_record import AuditRecord
from models.case import Case
from models.complaint_count import ComplaintCount
from models.exchange import Exchange
from models.rules.case_lifecycle import CaseState
from tests.support import road
from tests.support.present import present

DAYS = (1, 2, 3)


def day(number: int) -> ComplaintCount:
    return ComplaintCount(day=date(2027, 1, number), number=1)


def traces(app: Flask) -> list[int]:
    with app.app_context():
        return sorted(one.day.day for one in db().scalars(select(ComplaintCount)))


def store_all_but(number: int, raising: Exception) -> Work:
    def do() -> int:
        def store(one: ComplaintCount) -> bool:
            db().add(one)
            db().flush()
            if one.day.day == number:
                raise raising
            return True

        return one_by_one([day(one) for one in DAYS], store, work="store")

    return Work("store", do)


def held(count: int) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """Cases whose copies wait out their hold."""
    found = []
    for _one in range(count):
        case, code = road.triaged()
        road.approved(case, code, road.copied(case))
        exchange = exchanges_of(case)[0]
        road.done(
            lambda case=case, exchange=exchange: arrange_sending(
                road.case_of(case), exchange, actor=present("counselor")
            )
        )
        found.append((case.id, exchange.id))
    return found


def test_one_thing_that_fails_is_undone_logged_and_counted_while_the_others_are_done(app: Flask, capsys) -> None:
    came_of_it = sweep(app, works=(store_all_but(2, RuntimeError("words of a person")),))
    assert (came_of_it.done, came_of_it.failed, came_of_it.failed_items) == ((), ("store",), 1)
    assert traces(app) == [1, 3]
    logged = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "item_failed" in line]
    assert [(line["name"], line["kind"], line["row"]) for line in logged] == [
        ("store", "RuntimeError", "complaint_count")
    ]
    assert "words" not in json.dumps(logged)


def test_a_database_that_is_gone_ends_the_whole_work(app: Flask) -> None:
    gone = OperationalError("select", {}, Exception("gone"))
    came_of_it = sweep(app, works=(store_all_but(2, gone),))
    assert (came_of_it.failed, came_of_it.failed_items) == (("store",), 0)
    assert traces(app) == []


@pytest.mark.parametrize("broken", [0, 1, 2])
def test_one_case_that_cannot_be_delivered_keeps_no_other_back(
    app: Flask, monkeypatch: pytest.MonkeyPatch, broken: int
) -> None:
    with app.app_context():
        waiting = held(3)
        road.let_hours_pass(25)
        fails, deliver = waiting[broken][1], sending._deliver

        def deliver_or_fail(case: Case, exchange: Exchange, *rest: object, **more: object) -> None:
            deliver(case, exchange, *rest, **more)  # type: ignore[arg-type]
            if exchange.id == fails:
                raise LookupError("what nobody thought of")

        monkeypatch.setattr(sending, "_deliver", deliver_or_fail)
    first = sweep(app)
    assert (first.failed, first.failed_items) == (("deliver_held",), 1)
    with app.app_context():
        states = [db().get_one(Case, case_id).state for case_id, _exchange in waiting]
        assert states == [CaseState.READY if place == broken else CaseState.ROUTED for place in range(3)]
    monkeypatch.setattr(sending, "_deliver", deliver)
    assert sweep(app).failed == ()
    with app.app_context():
        for case_id, _exchange in waiting:
            assert db().get_one(Case, case_id).state is CaseState.ROUTED
            events = db().scalars(select(AuditRecord.name).where(AuditRecord.subject_id == case_id)).all()
            assert list(events).count("case.delivered") == 1


# They remove files, not rows, or wait for others without a transaction, and go on past one that fails.
LOOK_AFTER_FILES = {"remove_files", "sweep_files", "export_heads"}


def test_every_piece_of_work_by_the_clock_takes_its_things_one_by_one() -> None:
    together = [work.name for work in CLOCKWORK if work.name not in LOOK_AFTER_FILES and not _takes_one_by_one(work)]
    assert not together, f"One thing that fails would undo all of it; use app/pipeline/one_by_one.py: {together}"


def _takes_one_by_one(work: Work) -> bool:
    """By itself, or because it issues reminders in the way of all of them."""
    by_itself, of_all = inspect.getsource(work.do), inspect.getsource(Reminding.remind)
    return "one_by_one(" in by_itself or ("_REMINDING.remind()" in by_itself and "one_by_one(" in of_all)
