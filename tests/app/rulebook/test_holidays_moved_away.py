"""National holidays that a law makes working days, such as those that were moved in 2021."""

from __future__ import annotations

import json
from datetime import date, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from app.clocks.queries import calendar, running_clock
from app.pipeline.clock import TOKYO, FixedClock
from app.pipeline.transaction import db
from app.rulebook.actions import close_association, open_association, recount_clocks
from app.rulebook.queries import calendars_by_version, closures_from
from models.audit_record import AuditRecord
from models.clock import Clock
from models.exchange import Exchange
from models.rule_change import RuleChange
from models.rules.deadlines import ClockKind
from models.rules.rule_change import ClosureSort
from models.rules.taxonomy.severity import Severity
from models.rules.working_days import Calendar, in_japan
from tests.support import road
from tests.support.present import present
from tests.support.visitor import sign_in

JANUARY = datetime(2027, 1, 7, 10, 0, tzinfo=TOKYO)
COMING_OF_AGE = date(2027, 1, 11)
MOVED = {
    "first_day": "2027-01-11",
    "last_day": "2027-01-11",
    "sort": "moved_away",
    "ja": "成人の日",
    "en": "Coming of Age Day",
    "reason": "特別措置法による祝日の移動",
}


def moves_away(*days: date, sort: ClosureSort = ClosureSort.MOVED_AWAY) -> list[RuleChange]:
    return road.done(
        lambda: close_association(
            min(days), max(days), sort=sort, ja="祝日", en="holiday", reason="試し", actor=present("manager")
        )
    )


def acknowledged_by(exchange: Exchange) -> Clock:
    db().expire_all()
    found = running_clock(exchange.id, ClockKind.OFFICER_ACK)
    assert found is not None
    return found


def day_of(exchange: Exchange) -> date:
    return in_japan(acknowledged_by(exchange).due_at).date()


def test_a_holiday_that_was_moved_away_is_counted_by_what_starts_afterwards_and_by_what_is_counted_anew(
    app: Flask, clock: FixedClock
) -> None:
    clock.move(to=JANUARY)
    with app.app_context():
        before = road.routed(severity=Severity.HIGH).reference
    manager = sign_in(app, "manager")
    manager.get("/rulebook/closures")
    page = manager.send(MOVED)
    for words in (
        "まだ登録していません",
        "平日になる日: 2027年1月11日(月)",
        "この日も数えます",
        "2027年1月12日(火) 17:00",
    ):
        assert words in page.text
    page = manager.send({}, action="/rulebook/closures")
    assert "成人の日(平日になる)" in page.text
    with app.app_context():
        assert day_of(road.exchange_at(before)) == date(2027, 1, 13)
        after = road.routed(severity=Severity.HIGH)
        assert day_of(after) == date(2027, 1, 12)
        assert "成人の日" not in acknowledged_by(after).explanation_ja
        facts = db().scalars(select(AuditRecord.facts).where(AuditRecord.name == "calendar.change")).one()
        assert json.loads(facts) == {"day": "2027-01-11", "version": calendar().version}
        assert road.done(lambda: recount_clocks(reason="試し", actor=present("manager"))) > 0
        assert day_of(road.exchange_at(before)) == date(2027, 1, 12)


def test_taken_back_the_day_is_a_holiday_again_and_the_calendar_between_is_known(app: Flask, clock: FixedClock) -> None:
    clock.move(to=JANUARY)
    with app.app_context():
        (kept,) = moves_away(COMING_OF_AGE)
        exchange = road.routed(severity=Severity.HIGH)
        between = acknowledged_by(exchange).calendar_version
        road.done(lambda: open_association(db().get_one(RuleChange, kept.id), actor=present("manager")))
        assert not calendar().is_working_day(COMING_OF_AGE)
        assert calendars_by_version([between])[between].is_working_day(COMING_OF_AGE)
        road.done(lambda: recount_clocks(reason="試し", actor=present("manager")))
        assert day_of(exchange) == date(2027, 1, 13)


def test_the_association_may_close_on_a_day_that_was_a_holiday(app: Flask, clock: FixedClock) -> None:
    clock.move(to=JANUARY)
    with app.app_context():
        moves_away(COMING_OF_AGE)
        moves_away(COMING_OF_AGE, sort=ClosureSort.ASSOCIATION)
        assert not calendar().is_working_day(COMING_OF_AGE)
        assert len(closures_from(COMING_OF_AGE)) == 2


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2027-01-09", "2027-01-10"),  # Saturday and Sunday
        ("2027-12-29", "2027-12-31"),  # the association's own end of the year
        ("2027-01-12", "2027-01-13"),  # working days already
        ("2028-01-01", "2028-01-03"),  # a holiday, and the association's own closure as well
    ],
)
def test_what_is_off_for_another_reason_cannot_become_a_working_day(
    app: Flask, clock: FixedClock, first: str, last: str
) -> None:
    clock.move(to=JANUARY)
    manager = sign_in(app, "manager")
    manager.get("/rulebook/closures")
    manager.send({**MOVED, "first_day": first, "last_day": last})
    assert "平日にできる祝日がありません" in manager.page.text
    assert "特別措置法" in manager.page.html
    with app.app_context():
        assert db().scalars(select(RuleChange)).all() == []


def test_another_sort_than_was_looked_at_is_looked_at_again(app: Flask, clock: FixedClock) -> None:
    clock.move(to=JANUARY)
    manager = sign_in(app, "manager")
    manager.get("/rulebook/closures")
    manager.send({**MOVED, "last_day": "2027-01-12"})
    page = manager.send({"sort": "association"}, action="/rulebook/closures")
    assert "まだ登録していません" in page.text
    assert "新しく休みになる日: 2027年1月12日(火)" in page.text
    with app.app_context():
        assert db().scalars(select(RuleChange)).all() == []


def test_a_holiday_on_a_saturday_stays_a_day_off_without_its_holiday() -> None:
    saturday = date(2028, 4, 29)
    assert Calendar("test", moved_away=frozenset({saturday})).day_off(saturday) is not None
