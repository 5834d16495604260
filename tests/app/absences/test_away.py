"""Somebody of a company is away for some days: her deputy has what lies with her, and no clock changes."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.absences.actions import cancel_absence, enter_absence, follow_absences
from app.clocks.queries import clocks_of
from app.people.actions import end_service
from app.pipeline.clock import FixedClock, today
from app.pipeline.standing import OutOfReach
from app.pipeline.transaction import db
from models.absence import Absence
from models.audit_record import AuditRecord
from models.clock import Clock
from models.exchange import Exchange
from models.outbox_message import OutboxMessage
from models.rules.deadlines import ClockKind
from models.rules.taxonomy.severity import Severity
from tests.support import road
from tests.support.present import company, person, present
from tests.support.visitor import sign_in

DAYS = {"absence-starts_on": "2026/11/24", "absence-ends_on": "2026/11/27"}


@pytest.fixture
def context(app: Flask):
    with app.app_context():
        yield


def away(who: str = "alpha_officer", *, from_: int = 0, days: int = 3, by: str = "alpha_officer") -> Absence:
    first = today() + timedelta(days=from_)
    return road.done(
        lambda: enter_absence(person(who), starts_on=first, ends_on=first + timedelta(days=days), actor=present(by))
    )


def clock_days(exchange: Exchange) -> dict[ClockKind, tuple[datetime, datetime]]:
    return {clock.kind: (clock.started_at, clock.due_at) for clock in clocks_of(exchange.id)}


def mails_to(who: str) -> int:
    query = select(func.count()).select_from(OutboxMessage).where(OutboxMessage.person_id == person(who).id)
    return db().scalar(query) or 0


def test_what_lies_with_the_officer_goes_to_the_deputy_at_once_and_no_clock_changes(context: None) -> None:
    exchange = road.in_action(severity=Severity.HIGH)
    before, mails = clock_days(exchange), mails_to("alpha_deputy")
    away()
    assert (exchange.addressee_id, exchange.via) == (person("alpha_deputy").id, "deputy")
    assert clock_days(exchange) == before
    assert mails_to("alpha_deputy") == mails + 1


def test_both_may_act_while_she_is_away_and_the_deputy_no_longer_after_her_return(
    app: Flask, clock: FixedClock
) -> None:
    with app.app_context():
        reference = road.acknowledged(severity=Severity.HIGH).reference
        away()
    sign_in(app, "alpha_deputy").get(f"/office/{reference}", status=200)
    sign_in(app, "alpha_officer").get(f"/office/{reference}", status=200)
    clock.move(to=clock.now() + timedelta(days=4))
    with app.app_context():
        road.done(follow_absences)
        assert road.exchange_at(reference).addressee_id == person("alpha_officer").id
    sign_in(app, "alpha_deputy").get(f"/office/{reference}", status=404)


def test_a_later_absence_waits_for_its_day_and_is_followed_once(context: None) -> None:
    exchange = road.acknowledged(severity=Severity.HIGH)
    away(from_=2)
    assert exchange.addressee_id == person("alpha_officer").id
    assert road.done(follow_absences) == 0
    road.let_hours_pass(48)
    assert [road.done(follow_absences) for _time in range(2)] == [1, 0]
    assert exchange.addressee_id == person("alpha_deputy").id
    road.let_hours_pass(96)
    assert [road.done(follow_absences) for _time in range(2)] == [1, 0]
    assert exchange.addressee_id == person("alpha_officer").id
    handed = select(func.count()).select_from(AuditRecord).where(AuditRecord.name == "exchange.hand_over")
    assert db().scalar(handed) == 2


def test_a_whole_absence_that_nobody_followed_leaves_the_matter_with_the_officer(context: None) -> None:
    exchange = road.acknowledged(severity=Severity.HIGH)
    away(from_=1, days=1)
    road.let_hours_pass(24 * 5)
    road.done(follow_absences)
    assert exchange.addressee_id == person("alpha_officer").id


def test_a_new_matter_goes_to_the_deputy_while_the_officer_is_away_and_the_post_is_no_vacancy(context: None) -> None:
    away()
    exchange = road.routed(severity=Severity.HIGH)
    assert exchange.via == "deputy"
    of_alpha = select(Clock).where(Clock.kind == ClockKind.VACANCY, Clock.subject_id == company("alpha").id)
    assert db().scalars(of_alpha).all() == []


def test_without_a_deputy_who_is_there_the_matter_waits_for_the_officer(context: None) -> None:
    away("alpha_deputy", by="alpha_deputy")
    away()
    assert road.routed(severity=Severity.HIGH).via == "officer"


def test_an_absence_that_is_cancelled_brings_the_matter_back(context: None) -> None:
    exchange = road.acknowledged(severity=Severity.HIGH)
    absence = away()
    road.done(lambda: cancel_absence(absence, actor=present("manager")))
    assert exchange.addressee_id == person("alpha_officer").id
    assert road.done(follow_absences) == 0


def test_a_deputy_who_leaves_meanwhile_leaves_the_matter_with_the_officer(context: None) -> None:
    exchange = road.acknowledged(severity=Severity.HIGH)
    away()
    road.done(lambda: end_service(person("alpha_deputy"), actor=present("manager")))
    assert exchange.addressee_id == person("alpha_officer").id


def test_the_officer_enters_it_on_a_page_and_the_desk_sees_it_on_the_case(app: Flask) -> None:
    with app.app_context():
        exchange = road.acknowledged(severity=Severity.HIGH)
        reference, officer = exchange.reference, person("alpha_officer").id.hex
        number = road.case_at(reference).number
    visitor = sign_in(app, "alpha_officer")
    visitor.get("/absences/")
    visitor.send({**DAYS, "absence-person": officer})
    assert "不在を登録しました" in visitor.page.text
    assert "いま不在" in visitor.page.text
    case = sign_in(app, "counselor").get(f"/desk/{number}")
    assert (
        "名前・alpha_officerさんは、2026年11月24日(火)から" in case.text.replace(" ", "") or "まで不在です" in case.text
    )
    visitor.send(action=visitor.page.form_with(action="/cancel").action)
    assert "不在を取り消しました" in visitor.page.text


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"absence-ends_on": "2026/11/23"}, "最後の日は、最初の日と同じか"),
        ({"absence-starts_on": "2026/11/20", "absence-ends_on": "2026/11/23"}, "もう過ぎた日です"),
        ({"absence-ends_on": "2027/03/31"}, "一度に登録できるのは92日までです"),
        ({"absence-starts_on": "2029/01/01", "absence-ends_on": "2029/01/02"}, "先すぎる日付です"),
        ({"absence-person": "nobody"}, "不在になる人"),
    ],
)
def test_days_that_make_no_sense_are_refused_in_words(app: Flask, answers: dict[str, str], words: str) -> None:
    with app.app_context():
        officer = person("alpha_officer").id.hex
    visitor = sign_in(app, "alpha_officer")
    visitor.get("/absences/")
    visitor.send({**DAYS, "absence-person": officer, **answers})
    assert words in visitor.page.text
    with app.app_context():
        assert db().scalars(select(Absence)).all() == []


@pytest.mark.parametrize("stranger", ["epsilon_officer", "auditor", "chair"])
def test_nobody_else_sees_or_says_who_is_away(app: Flask, stranger: str) -> None:
    with app.app_context():
        alpha = company("alpha").id
        with pytest.raises(OutOfReach):
            away(by=stranger)
    sign_in(app, stranger).get(f"/absences/{alpha}", status=404 if stranger == "epsilon_officer" else 403)


def test_no_deputy_comes_to_read_a_matter_by_saying_that_her_officer_is_away(app: Flask) -> None:
    with app.app_context():
        exchange = road.acknowledged(severity=Severity.HIGH)
        with pytest.raises(OutOfReach):
            away("alpha_officer", by="alpha_deputy")
        db().expire_all()
        assert exchange.addressee_id == person("alpha_officer").id
        officer = person("alpha_officer").id.hex
    deputy = sign_in(app, "alpha_deputy")
    deputy.get("/absences/")
    assert "名前・alpha_officer" not in deputy.page.text
    deputy.send({**DAYS, "absence-person": officer})
    assert "不在を登録しました" not in deputy.page.text
    with app.app_context():
        assert db().scalars(select(Absence)).all() == []


@pytest.mark.parametrize("who", ["alpha_representative", "counselor"])
def test_the_representative_or_the_secretariat_says_it_and_the_officer_is_told(context: None, who: str) -> None:
    mails = mails_to("alpha_officer")
    away("alpha_officer", by=who)
    assert mails_to("alpha_officer") == mails + 1
