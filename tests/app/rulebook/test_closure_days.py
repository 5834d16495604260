"""Closure days of the association: what is refused, what a look changes, and what counting anew leaves alone."""

from __future__ import annotations

import json
from datetime import date, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from app.clocks.queries import calendar, running_clock
from app.pipeline.clock import TOKYO, FixedClock
from app.pipeline.remembered import KEPT
from app.pipeline.standing import OutOfReach
from app.pipeline.transaction import db, transactions
from app.rulebook.actions import close_association, open_association, recount_clocks
from app.rulebook.queries import calendars_by_version
from app.rulebook.recounting import moves
from models.case import Case
from models.clock import Clock
from models.exchange import Exchange
from models.rule_change import RuleChange
from models.rules.deadlines import ClockKind
from models.rules.rule_change import ClosureSort, RuleKind
from models.rules.taxonomy.severity import Severity
from tests.support import road
from tests.support.present import present
from tests.support.questions import noted
from tests.support.visitor import sign_in

CHRISTMAS = datetime(2026, 12, 25, 10, 0, tzinfo=TOKYO)
TYPHOON = {
    "first_day": "2026-12-28",
    "last_day": "2026-12-28",
    "sort": "association",
    "ja": "台風による休業",
    "en": "",
    "reason": "台風のため",
}


@pytest.fixture
def context(app: Flask, clock: FixedClock):
    clock.move(to=CHRISTMAS)
    with app.app_context():
        yield


def closes(*days: date, by: str = "manager") -> list[RuleChange]:
    return [
        change
        for day in days
        for change in road.done(
            lambda day=day: close_association(
                day, day, sort=ClosureSort.ASSOCIATION, ja="休業", en="closure", reason="試し", actor=present(by)
            )
        )
    ]


def recounts() -> int:
    return road.done(lambda: recount_clocks(reason="試し", actor=present("manager")))


def acknowledged_by(exchange: Exchange) -> Clock:
    found = running_clock(exchange.id, ClockKind.OFFICER_ACK)
    assert found is not None
    return found


def due_day(clock: Clock) -> date:
    return clock.due_at.astimezone(TOKYO).date()


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"first_day": "2026-12-24"}, "もう過ぎた日"),
        ({"last_day": "2026-12-27"}, "最初の日と同じか、それより後"),
        ({"first_day": "2026-12-26", "last_day": "2026-12-27"}, "もともと休みの日です"),
        ({"last_day": "2027-01-20"}, "15日まで"),
        ({"first_day": "2031-01-06", "last_day": "2031-01-06"}, "3年先まで"),
        ({"first_day": "休み"}, "実際にある日付"),
        ({"ja": ""}, "休みや祝日の名前を入力"),
        ({"reason": "あ" * 201}, "200"),
    ],
)
def test_what_cannot_be_a_closure_day_is_refused_in_words_and_nothing_is_lost(
    app: Flask, clock: FixedClock, answers: dict[str, str], words: str
) -> None:
    clock.move(to=CHRISTMAS)
    manager = sign_in(app, "manager")
    manager.get("/rulebook/closures")
    manager.send({**TYPHOON, **answers})
    assert words in manager.page.text
    assert "台風" in manager.page.html
    assert manager.page.title.startswith("エラー") or "エラー" in manager.page.text
    with app.app_context():
        assert db().scalars(select(RuleChange)).all() == []


def test_a_look_changes_nothing_and_other_days_than_those_looked_at_are_looked_at_again(
    app: Flask, clock: FixedClock
) -> None:
    clock.move(to=CHRISTMAS)
    manager = sign_in(app, "manager")
    manager.get("/rulebook/closures")
    manager.send(TYPHOON)
    assert "まだ登録していません" in manager.page.text
    manager.send({"first_day": "2027-01-04", "last_day": "2027-01-04"})
    assert "まだ登録していません" in manager.page.text
    with app.app_context():
        assert db().scalars(select(RuleChange)).all() == []
    manager.send({}, action="/rulebook/closures")
    with app.app_context():
        (entered,) = db().scalars(select(RuleChange)).all()
        assert (entered.kind, entered.key) == (RuleKind.CLOSURE, "2027-01-04")
        assert json.loads(entered.value)["en"] == ClosureSort.ASSOCIATION.en
    manager.send(TYPHOON | {"first_day": "2027-01-04", "last_day": "2027-01-04"})
    assert "もともと休みの日です" in manager.page.text, "a day is entered once"


def test_the_look_says_how_many_running_due_dates_would_move(app: Flask, clock: FixedClock) -> None:
    clock.move(to=CHRISTMAS)
    with app.app_context():
        road.routed(severity=Severity.HIGH)
    manager = sign_in(app, "manager")
    manager.get("/rulebook/closures")
    manager.send(TYPHOON)
    assert "責任者の受領確認" in manager.page.text
    assert "2027年1月6日" in manager.page.text


def test_taken_back_the_day_counts_again_and_what_was_moved_comes_back_by_counting_anew(context: None) -> None:
    exchange = road.routed(severity=Severity.HIGH)
    (closure,) = closes(date(2026, 12, 28))
    assert recounts() > 0
    assert due_day(acknowledged_by(exchange)) == date(2027, 1, 6)
    moved_by = acknowledged_by(exchange).calendar_version
    road.done(lambda: open_association(db().get_one(RuleChange, closure.id), actor=present("manager")))
    assert calendar().is_working_day(date(2026, 12, 28))
    assert due_day(acknowledged_by(exchange)) == date(2027, 1, 6), "nothing moves by itself"
    assert calendars_by_version([moved_by])[moved_by].day_off(date(2026, 12, 28)) is not None, (
        "the old calendar is known"
    )
    recounts()
    assert due_day(acknowledged_by(exchange)) == date(2027, 1, 5)
    assert recounts() == 0, "a second time there is nothing to move"


def test_counted_anew_a_case_is_on_the_board_by_its_new_day(context: None) -> None:
    exchange = road.routed(severity=Severity.HIGH)
    closes(date(2026, 12, 28))
    recounts()
    db().expire_all()
    kept = db().get_one(Exchange, exchange.id)
    assert kept.next_due_at == acknowledged_by(exchange).due_at
    case = db().get_one(Case, exchange.case_id)
    first = db().scalars(
        select(Clock.due_at).where(Clock.subject_id == case.id, Clock.met_at.is_(None), Clock.stopped_at.is_(None))
    )
    assert case.next_due_at == min(first, default=None)


def test_days_and_months_are_not_moved_by_a_closure(context: None) -> None:
    road.routed(severity=Severity.HIGH)
    closes(date(2026, 12, 28), date(2027, 1, 4), date(2027, 1, 5))
    kinds = {move.clock.kind for move in moves(calendar())}
    assert ClockKind.OFFICER_ACK in kinds
    assert not kinds & {ClockKind.PROGRESS_NOTE, ClockKind.FEEDBACK_OUTER, ClockKind.SEND_HOLD}


def test_what_is_overdue_or_would_be_at_once_stays(context: None, clock: FixedClock) -> None:
    exchange = road.routed(severity=Severity.HIGH)
    (closure,) = closes(date(2027, 1, 5))
    recounts()
    assert due_day(acknowledged_by(exchange)) == date(2027, 1, 6)
    clock.move(to=datetime(2027, 1, 5, 18, 0, tzinfo=TOKYO))
    road.done(lambda: open_association(db().get_one(RuleChange, closure.id), actor=present("manager")))
    assert acknowledged_by(exchange).id not in {move.clock.id for move in moves(calendar())}


def test_only_the_manager_changes_the_calendar(app: Flask, clock: FixedClock) -> None:
    clock.move(to=CHRISTMAS)
    with app.app_context(), pytest.raises(OutOfReach):
        closes(date(2026, 12, 28), by="counselor")
    assert "変わることを確かめる" not in sign_in(app, "counselor").get("/rulebook/closures").text
    sign_in(app, "alpha_officer").get("/rulebook/", status=403)


def test_the_rules_cost_a_request_one_question_and_the_rows_are_read_only_after_a_change(app: Flask) -> None:
    with app.app_context():
        engine = transactions().engine

    def asked_for_a_calendar() -> tuple[int, int]:
        with noted(engine) as questions, app.app_context():
            calendar()
            calendar()
        return len(questions.statements), questions.connections

    assert asked_for_a_calendar() > (1, 1), "the first one reads the rows"
    assert asked_for_a_calendar() == (0, 1), "one question to the driver, and no transaction"


def test_another_server_sees_a_change_with_its_next_request(app: Flask, clock: FixedClock) -> None:
    clock.move(to=CHRISTMAS)
    with app.app_context():
        assert calendar().is_working_day(date(2026, 12, 28))
        kept = dict(app.extensions[KEPT])
    with app.app_context():
        closes(date(2026, 12, 28))
    app.extensions[KEPT] = kept  # What the other one still has in mind.
    with app.app_context():
        assert not calendar().is_working_day(date(2026, 12, 28))
