"""What goes and when, on one page: every number with its list, what is held, and what went with its proof."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from app.cases.actions import exclude
from app.operations.erasing import erase_due
from app.operations.sweep import Work, sweep
from app.pipeline.clock import FixedClock, today
from app.pipeline.transaction import db
from app.retention.gone import being_erased, page_of_gone
from app.retention.plan import MONTHS_SHOWN, OVERDUE, page_of_going, plan, stretch_named, stretches
from models.audit_record import AuditRecord
from models.case import Case
from models.rules.retention import DataKind
from tests.app.retention.test_holds import closed, held
from tests.support import road
from tests.support.installation import engines_of
from tests.support.present import person, present
from tests.support.query_plans import A_ROW_FOR_EACH_CONSULTATION, READ_THROUGH, plan_of
from tests.support.visitor import sign_in

SHORT, LONG = DataKind.SHORT_CASE, DataKind.CASE_CONTENT


def numbers(by: str = "manager") -> dict[tuple[str, DataKind], int]:
    found = plan(present(by))
    return {(line.stretch.name, kind): n for line in found.lines for kind, n in line.numbers.items() if n}


@pytest.mark.parametrize("day", [date(2026, 11, 24), date(2026, 12, 31), date(2028, 2, 29), date(2027, 1, 1)])
def test_every_day_from_tomorrow_on_lies_in_one_month_and_the_past_in_none(day: date):
    found = stretches(day)
    assert (found[0].name, found[0].last) == (OVERDUE, day)
    following = day
    for one in found[1:]:
        assert one.first == following + timedelta(days=1)
        following = one.last
    assert len(found) in (MONTHS_SHOWN, MONTHS_SHOWN + 1)


def test_a_case_is_counted_in_the_month_in_which_it_goes_and_is_on_its_list(app: Flask, clock: FixedClock):
    with app.app_context():
        case = closed()
        goes = today().replace(year=today().year + 1)
        # A year away is more than the plan shows, until the month has come near.
        assert numbers() == {}
        clock.move(to=clock.now() + timedelta(days=40))
        month = f"{goes:%Y-%m}"
        assert numbers() == {(month, SHORT): 1}
    manager = sign_in(app, "manager")
    assert "1件" in manager.get("/desk/retention/").text
    assert case.number in manager.get(f"/desk/retention/months/{month}/short_case").text
    assert case.number not in manager.get(f"/desk/retention/months/{month}/case_content").text
    with app.app_context():
        clock.move(to=clock.now() + (goes - today() - timedelta(days=1)))
        (stretch,) = [one for one in stretches(today()) if one.name == f"{goes:%Y-%m}"]
        assert numbers() == {(stretch.name, SHORT): 1}
        clock.move(to=clock.now() + timedelta(days=1))
        assert numbers() == {(OVERDUE, SHORT): 1}
        (one,) = page_of_going(stretch_named(OVERDUE), SHORT, present("manager"), None).rows
        assert one.kept_until == goes - timedelta(days=1)


def test_what_is_held_is_no_part_of_the_plan_and_is_counted_beside_it(app: Flask, clock: FixedClock):
    with app.app_context():
        case = closed()
        held(case)
        clock.move(to=clock.now() + timedelta(days=400))
        found = plan(present("manager"))
        assert (numbers(), found.held, found.to_review) == ({}, 1, 1)
    assert "見直す日になっている保全" in sign_in(app, "manager").get("/desk/retention/").text


def test_who_is_kept_from_a_case_finds_it_in_no_number_and_no_list(app: Flask, clock: FixedClock):
    with app.app_context():
        case = closed()
        road.done(lambda: exclude(road.case_of(case), person("manager"), "desk", actor=present("counselor")))
        clock.move(to=clock.now() + timedelta(days=400))
        assert numbers("manager") == {}
        assert numbers("head") == {(OVERDUE, SHORT): 1}
    manager = sign_in(app, "manager")
    assert case.number not in manager.get(f"/desk/retention/months/{OVERDUE}/short_case").text


def test_what_went_is_shown_with_the_proof_that_the_record_holds(app: Flask, clock: FixedClock):
    with app.app_context():
        case = closed()
        clock.move(to=clock.now() + timedelta(days=400))
    sweep(app, works=(Work("erase_due", erase_due, waits=True),))
    with app.app_context():
        assert db().get_one(Case, case.id).erased_at is not None
        shred = select(AuditRecord).where(AuditRecord.subject_id == case.id, AuditRecord.name == "key.shred")
        proofs = [(row.number, row.facts) for row in db().scalars(shred)]
        assert len(proofs) == 2
    head = sign_in(app, "head")
    head.get("/desk/retention/")
    assert "1 この30日に消去したもの" in head.page.text
    shown = head.get("/desk/retention/gone").text
    assert case.number in shown
    assert "保管期間が終わったため" in shown
    for number, facts in proofs:
        assert f"記録の{number}番" in shown
        assert facts.partition('"key_id":"')[2][:8] in shown


def test_the_plan_asks_as_much_of_many_cases_as_of_one(app: Flask, clock: FixedClock):
    asked: list[str] = []
    engine = engines_of(app)[0]

    def remember(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    def statements() -> int:
        asked.clear()
        manager = present("manager")
        event.listen(engine, "before_cursor_execute", remember)
        try:
            plan(manager)
            page_of_going(stretch_named(OVERDUE), SHORT, manager, None)
        finally:
            event.remove(engine, "before_cursor_execute", remember)
        return len(asked)

    with app.app_context():
        closed()
        clock.move(to=clock.now() + timedelta(days=400))
        of_one = statements()
        clock.move(to=clock.now() - timedelta(days=400))
        closed()
        closed()
        clock.move(to=clock.now() + timedelta(days=400))
        assert numbers() == {(OVERDUE, SHORT): 3}
        assert statements() == of_one


def test_nothing_of_what_grows_with_the_consultations_is_read_through(app: Flask):
    asked: dict[str, Any] = {}
    engine = engines_of(app)[0]

    def remember(_connection: object, _cursor: object, statement: str, parameters: Any, *_more: object) -> None:
        if statement.lstrip().startswith("SELECT"):
            asked.setdefault(statement, parameters)

    with app.app_context():
        manager = present("manager")
        event.listen(engine, "before_cursor_execute", remember)
        try:
            plan(manager)
            page_of_going(stretch_named(OVERDUE), SHORT, manager, None)
            page_of_gone(manager, None)
            being_erased(manager)
        finally:
            event.remove(engine, "before_cursor_execute", remember)
    assert len(asked) >= 4
    with engine.connect() as connection:
        plans = {statement: "\n".join(plan_of(connection, statement, asked[statement])) for statement in asked}
    read = {
        table.strip('"')
        for steps in plans.values()
        for table in READ_THROUGH.findall(steps)
        if table.strip('"') in A_ROW_FOR_EACH_CONSULTATION
    }
    assert not read, plans


def test_what_is_no_month_or_no_kind_is_not_there(app: Flask):
    manager = sign_in(app, "manager")
    for month, kind in (("2020-01", "short_case"), (OVERDUE, "receipt"), (OVERDUE, "x"), ("x", "short_case")):
        manager.get(f"/desk/retention/months/{month}/{kind}", status=404)
    for wrong in ("x", "WyIyMDI2IiwieCJd"):
        manager.get(f"/desk/retention/months/{OVERDUE}/short_case?after={wrong}")
        manager.get(f"/desk/retention/gone?after={wrong}")
    assert sign_in(app, "counselor").client.get("/desk/retention/").status_code == 403


def test_a_month_in_which_nothing_goes_has_no_line(app: Flask, clock: FixedClock):
    with app.app_context():
        closed()
        clock.move(to=clock.now() + timedelta(days=40))
        last = stretches(today())[-1].last
    until = f"{last.year}年{last.month}月"
    shown = sign_in(app, "manager").get("/desk/retention/").text
    assert f"{until}までの予定です" in shown
    assert shown.count("0件") == 1
    with app.app_context():
        clock.move(to=clock.now() + timedelta(days=800))
    sweep(app, works=(Work("erase_due", erase_due, waits=True),))
    assert "までに消去されるものは、ありません" in sign_in(app, "manager").get("/desk/retention/").text
