"""A company's own closure days: they lengthen the officer's clocks that start later, by at most three a year-end."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from app.absences.actions import close_days, days_between, open_day
from app.cases.actions import decide_extension
from app.clocks.queries import running_clock
from app.pipeline.clock import TOKYO, FixedClock
from app.pipeline.transaction import db
from app.responses.actions import ask_extension
from models.clock import Clock
from models.company_closure import CompanyClosure
from models.exchange import Exchange
from models.rules.deadlines import ClockKind
from models.rules.taxonomy.severity import Severity
from tests.support import road
from tests.support.present import company, present
from tests.support.visitor import sign_in

CHRISTMAS = datetime(2026, 12, 25, 10, 0, tzinfo=TOKYO)


@pytest.fixture
def context(app: Flask, clock: FixedClock):
    clock.move(to=CHRISTMAS)
    with app.app_context():
        yield


def closes(*days: date, of: str = "alpha") -> list[CompanyClosure]:
    return road.done(lambda: close_days(company(of), days, reason="年末年始の休業", actor=present(f"{of}_officer")))


def acknowledged_by(exchange: Exchange) -> Clock:
    found = running_clock(exchange.id, ClockKind.OFFICER_ACK)
    assert found is not None
    return found


def due_day(clock: Clock) -> date:
    return clock.due_at.astimezone(TOKYO).date()


def test_routed_on_christmas_the_acknowledgement_is_later_by_the_days_on_which_the_company_is_closed(
    context: None,
) -> None:
    assert due_day(acknowledged_by(road.routed(severity=Severity.HIGH))) == date(2027, 1, 5)
    closes(date(2026, 12, 28), date(2027, 1, 4))
    clock = acknowledged_by(road.routed(severity=Severity.HIGH))
    assert due_day(clock) == date(2027, 1, 7)
    assert "会社の休業日" in clock.explanation_ja
    assert "company closure" in clock.explanation_en
    assert "+c" in clock.calendar_version


def test_at_most_three_days_a_year_end_are_passed_over(context: None) -> None:
    closes(*days_between(date(2026, 12, 26), date(2027, 1, 8)))
    assert len(db().scalars(select(CompanyClosure)).all()) == 6, "12/28 and 1/4 to 1/8; the rest is closed anyway"
    assert due_day(acknowledged_by(road.routed(severity=Severity.HIGH))) == date(2027, 1, 8)


def test_a_clock_that_runs_already_keeps_its_day_and_what_is_left_of_it(app: Flask, context: None) -> None:
    exchange = road.routed(severity=Severity.HIGH)
    before = acknowledged_by(exchange).due_at
    road.let_hours_pass(1)
    closes(date(2026, 12, 28))
    assert acknowledged_by(exchange).due_at == before
    assert "あと3営業日" in sign_in(app, "alpha_officer").get("/office/").text


def test_the_days_left_do_not_count_the_companys_closure_days(app: Flask, context: None) -> None:
    closes(date(2026, 12, 28))
    road.let_hours_pass(1)
    road.routed(severity=Severity.HIGH)
    page = sign_in(app, "alpha_officer").get("/office/")
    assert "あと3営業日" in page.text, "12/28 passes, and is none of the three"
    assert "会社の休業日" in page.text, "the reason stands beside the day"


def test_another_companys_closure_days_change_nothing(context: None) -> None:
    closes(date(2026, 12, 28), of="epsilon")
    assert due_day(acknowledged_by(road.routed(severity=Severity.HIGH))) == date(2027, 1, 5)


def test_clocks_of_the_desk_are_not_lengthened(context: None) -> None:
    closes(date(2026, 12, 28))
    exchange = road.reported(severity=Severity.HIGH)
    review = running_clock(exchange.case_id, ClockKind.REVIEW)
    assert review is not None
    assert due_day(review) == date(2027, 1, 7)


def extended(exchange: Exchange) -> date:
    asked = road.done(
        lambda: ask_extension(exchange, working_days=1, reason="休業をはさむため", actor=present("alpha_officer"))
    )
    road.done(lambda: decide_extension(road.case_at(exchange.reference), asked, True, actor=present("counselor")))
    assert asked.new_due_at is not None
    return asked.new_due_at.astimezone(TOKYO).date()


def test_more_time_that_is_granted_passes_over_them_too(context: None) -> None:
    exchange = road.in_action(severity=Severity.HIGH)
    closes(date(2027, 2, 16), date(2027, 2, 17))
    assert extended(exchange) == date(2027, 2, 18), "the report was due on 2/15"


def test_more_time_passes_over_no_more_than_three_with_those_before(context: None) -> None:
    closes(date(2027, 1, 12), date(2027, 1, 13), date(2027, 2, 18), date(2027, 2, 19))
    exchange = road.in_action(severity=Severity.HIGH)
    final = running_clock(exchange.id, ClockKind.FINAL_REPORT)
    assert final is not None
    assert due_day(final) == date(2027, 2, 17)
    assert extended(exchange) == date(2027, 2, 19), "2/18 is the third, and 2/19 is one too many"


def test_a_day_that_was_taken_back_counts_for_no_clock_that_starts_then(context: None) -> None:
    [closure] = closes(date(2026, 12, 28))
    road.done(lambda: open_day(closure, actor=present("alpha_deputy")))
    assert due_day(acknowledged_by(road.routed(severity=Severity.HIGH))) == date(2027, 1, 5)
    assert len(closes(date(2026, 12, 28))) == 1, "it may be entered again"


def test_the_company_enters_them_on_its_page_and_learns_what_needs_no_entry(app: Flask) -> None:
    visitor = sign_in(app, "alpha_representative")
    visitor.get("/absences/")
    asked = {"closure-first_day": "2026/12/25", "closure-last_day": "2026/12/29", "closure-reason": "年末の休業"}
    visitor.send(asked)
    assert "休業日を2日登録しました" in visitor.page.text, "12/26 and 12/27 are a weekend, 12/29 is the year-end"
    visitor.send(asked)
    assert "登録はいりません" in visitor.page.text
    visitor.send({**asked, "closure-last_day": "2027/02/01"})
    assert "一度に登録できるのは14日までです" in visitor.page.text
    visitor.get("/absences/")
    visitor.send(action=visitor.page.form_with(action="/cancel").action)
    assert "休業日を取り消しました" in visitor.page.text
