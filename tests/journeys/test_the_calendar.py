"""The scenarios of the calendar, in their own words (domain 7.15, 7.16)."""

from __future__ import annotations

import json
from datetime import date, datetime

from flask import Flask
from sqlalchemy import select

from app.clocks.queries import running_clock
from app.pipeline.clock import TOKYO, FixedClock
from app.pipeline.transaction import db
from models.audit_record import AuditRecord
from models.clock import Clock
from models.exchange import Exchange
from models.rule_change import RuleChange
from models.rules.deadlines import ClockKind
from models.rules.rule_change import RuleKind
from models.rules.taxonomy.severity import Severity
from tests.support import road
from tests.support.visitor import Visitor, sign_in

CHRISTMAS = datetime(2026, 12, 25, 10, 0, tzinfo=TOKYO)
BY_LAW = {
    "first_day": "2026-12-28",
    "last_day": "2026-12-28",
    "sort": "holiday",
    "ja": "即位の日",
    "en": "Day of the Enthronement",
    "reason": "祝日法の改正 (令和8年)",
}


def routed_on_christmas(app: Flask, clock: FixedClock) -> str:
    """A case routed on 2026-12-25; its exchange's reference."""
    clock.move(to=CHRISTMAS)
    with app.app_context():
        return road.routed(severity=Severity.HIGH).reference


def of_officer(app: Flask, reference: str) -> Clock:
    with app.app_context():
        exchange = db().scalars(select(Exchange).where(Exchange.reference == reference)).one()
        found = running_clock(exchange.id, ClockKind.OFFICER_ACK)
        assert found is not None
        return found


def due_day(app: Flask, reference: str) -> date:
    return of_officer(app, reference).due_at.astimezone(TOKYO).date()


def records(app: Flask, name: str) -> list[dict[str, object]]:
    with app.app_context():
        return [json.loads(facts) for facts in db().scalars(select(AuditRecord.facts).where(AuditRecord.name == name))]


def enter_the_holiday(app: Flask) -> Visitor:
    manager = sign_in(app, "manager")
    manager.get("/rulebook/closures")
    manager.send(BY_LAW)
    assert "まだ登録していません" in manager.page.text
    manager.send({}, action="/rulebook/closures")
    return manager


def test_given_year_end_when_a_case_is_routed_the_acknowledgement_is_due_on_january_5_and_the_screen_explains_why(
    app: Flask, clock: FixedClock
) -> None:
    """7.15: Given year-end, when a case is routed on 2026-12-25, then the acknowledgement is due 2027-01-05 and the
    screen explains why.
    """
    reference = routed_on_christmas(app, clock)
    assert due_day(app, reference) == date(2027, 1, 5)
    with app.app_context():
        number = road.case_at(reference).number
    counselor = sign_in(app, "counselor")
    for language, words in (("ja", "12月29日〜1月3日(年末年始の休業)は数えません"), ("en", "year-end closure")):
        counselor = sign_in(app, "counselor", language=language)
        assert words in counselor.get(f"/desk/{number}").text
    assert of_officer(app, reference).calendar_version == "japan"


def test_given_a_holiday_is_added_by_law_existing_due_dates_change_only_after_an_explicit_recompute_with_a_log_entry(
    app: Flask, clock: FixedClock
) -> None:
    """7.16: Given a national holiday is added by law later, when the calendar is updated, then existing due dates
    change only after an explicit recompute with a log entry.
    """
    reference = routed_on_christmas(app, clock)
    manager = enter_the_holiday(app)
    assert due_day(app, reference) == date(2027, 1, 5), "nothing moves by itself"
    assert records(app, "clock.recompute") == []
    later = routed_on_christmas(app, clock)
    assert due_day(app, later) == date(2027, 1, 6), "what starts now counts the new holiday"
    assert "即位の日" in of_officer(app, later).explanation_ja
    assert of_officer(app, later).calendar_version != of_officer(app, reference).calendar_version

    manager.get("/rulebook/recount")
    assert "責任者の受領確認" in manager.page.text
    manager.send({"reason": "改正法が施行されたため"})
    kept = of_officer(app, reference)
    assert kept.due_at.astimezone(TOKYO).date() == date(2027, 1, 6)
    assert "12月28日(即位の日)" in kept.explanation_ja
    assert "Day of the Enthronement" in kept.explanation_en
    assert kept.calendar_version == of_officer(app, later).calendar_version
    assert due_day(app, later) == date(2027, 1, 6)

    (whole,) = records(app, "calendar.recompute")
    assert whole["moved"] == len(records(app, "clock.recompute"))
    assert {"kind": "officer_ack", "day": "2027-01-06"} in records(app, "clock.recompute")
    assert "改正法が施行されたため" in manager.get("/rulebook/").text
    with app.app_context():
        (logged,) = db().scalars(select(RuleChange).where(RuleChange.kind == RuleKind.RECOMPUTE)).all()
        assert json.loads(logged.value)["moved"] == whole["moved"]
