"""The watch: it begins with a disclosure, is prolonged by the next, asks by the clock, and outlives the case."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.cases.actions import arrange_sending
from app.intake.answers import NamedCompany
from app.mailbox.actions import accept_result
from app.operations.sweep import sweep
from app.pipeline.acting import ChangedMeanwhile
from app.pipeline.clock import FixedClock
from app.pipeline.standing import OutOfReach
from app.pipeline.transaction import db
from app.watch.actions.answering import answer_check_in
from app.watch.actions.watching import see_answer
from app.watch.queries import open_question, watched_and_worried
from models.case import Case
from models.check_in import CheckIn
from models.exchange import Exchange
from models.message import Message
from models.outbox_message import OutboxMessage
from models.retaliation_watch import RetaliationWatch
from models.rules.consent import ConsentOption
from models.rules.retaliation_watch import CheckInAnswer
from models.rules.taxonomy.severity import Severity
from models.rules.working_days import in_japan
from tests.support import road
from tests.support.present import company, consulter, person, present
from tests.support.visitor import enter, sign_in

WORDS = "先月から、夜のシフトだけ外されています。"


def watch() -> RetaliationWatch:
    db().expire_all()
    return db().scalars(select(RetaliationWatch)).one()


def told(**answers: object) -> tuple[Case, str]:
    case, code = road.triaged(severity=Severity.HIGH, **answers)
    road.routed(case, code)
    return case, code


def test_nothing_is_watched_before_a_company_was_told(app: Flask):
    with app.app_context():
        case, code = road.triaged(severity=Severity.HIGH)
        road.approved(case, code)
        assert db().scalar(select(RetaliationWatch.id)) is None
        road.routed(case, code)
        assert in_japan(watch().ends_at).date() == date(2027, 11, 24)


def test_the_watch_runs_from_the_last_disclosure(app: Flask, clock: FixedClock):
    with app.app_context():
        case, code = road.triaged(
            severity=Severity.HIGH,
            employer=NamedCompany("みなも応対サービス", company("beta").id),
            options=(ConsentOption.CN_EP,),
        )
        first = road.copied(case)
        copy = road.copied(road.case_of(case), "beta")
        for one in (first, copy):
            road.approved(case, code, one)
        road.routed(case, code)
        clock.move(to=clock.now() + timedelta(days=20))
        exchange = db().get_one(Exchange, copy.exchange_id)
        assert exchange.state == "preparing"
        road.done(
            lambda: arrange_sending(road.case_of(case), exchange, consulter_agrees=True, actor=present("counselor"))
        )
        assert exchange.state == "routed"
        assert in_japan(watch().ends_at).date() == date(2027, 12, 14)
        assert in_japan(watch().next_check_at).date() == date(2027, 1, 14)


def test_she_is_asked_after_1_3_6_and_12_months_once_each_and_then_it_ends(app: Flask, clock: FixedClock):
    with app.app_context():
        told()
    asked = []
    for day in (
        datetime(2026, 12, 23, 23, 59, tzinfo=UTC),
        datetime(2026, 12, 24, 0, 0, tzinfo=UTC),
        datetime(2027, 2, 24, 1, tzinfo=UTC),
        datetime(2027, 5, 24, 1, tzinfo=UTC),
        datetime(2027, 11, 24, 1, tzinfo=UTC),
        datetime(2027, 11, 25, 1, tzinfo=UTC),
    ):
        clock.move(to=day)
        sweep(app)
        sweep(app)
        with app.app_context():
            asked.append([row.months for row in db().scalars(select(CheckIn).order_by(CheckIn.asked_at))])
    assert asked == [[], [1], [1, 3], [1, 3, 6], [1, 3, 6, 12], [1, 3, 6, 12]]
    with app.app_context():
        assert watch().ended_at is not None


def test_after_a_standstill_she_is_asked_once(app: Flask, clock: FixedClock):
    with app.app_context():
        told()
    clock.move(to=datetime(2027, 6, 1, tzinfo=UTC))
    sweep(app)
    with app.app_context():
        assert [row.months for row in db().scalars(select(CheckIn))] == [6]
        assert in_japan(watch().next_check_at).date() == date(2027, 11, 24)


def test_a_closed_case_is_watched_on(app: Flask, clock: FixedClock):
    with app.app_context():
        case, code = told()
        road.fed_back(db().scalars(select(Exchange)).one())
        road.done(lambda: accept_result(road.case_of(case), actor=consulter(code)))
        assert not road.case_of(case).is_open
    clock.move(to=clock.now() + timedelta(days=31))
    sweep(app)
    visitor = enter(app, code)
    assert "その後、お変わりありませんか" in visitor.page.text


def asked(app: Flask, clock: FixedClock) -> tuple[Case, str]:
    with app.app_context():
        case, code = told()
    clock.move(to=clock.now() + timedelta(days=31))
    sweep(app)
    return case, code


def test_her_answer_reaches_the_desk_and_stays_flagged_until_it_was_seen(app: Flask, clock: FixedClock):
    case, code = asked(app, clock)
    desk = sign_in(app, "counselor")
    desk.get("/desk/watch")
    assert "未回答" in desk.page.text
    visitor = enter(app, code)
    visitor.get("/mailbox/check-in")
    visitor.send({"answer": "unsure", "words": WORDS})
    assert "お答えを受け取りました" in visitor.page.text
    assert WORDS in visitor.page.text
    visitor.get("/mailbox/check-in")
    assert visitor.page.path == "/mailbox"
    desk.get("/desk/")
    assert "見守りの答えを確認" in desk.page.text
    desk.get("/desk/watch")
    assert "気になることがある" in desk.page.text
    with app.app_context():
        number = road.case_of(case).number
        row = db().scalars(select(CheckIn)).one()
        assert row.answer_token is not None
        assert db().get_one(Message, row.message_id).author == "consulter"
        path = f"/desk/watch/{row.id}/see"
    desk.get(f"/desk/{number}")
    assert WORDS in desk.page.text
    assert "気になることがある" in desk.page.text
    desk.get("/desk/watch")
    desk.send(action=path)
    desk.get("/desk/")
    assert "見守りの答えを確認" not in desk.page.text


def test_a_worry_without_a_word_is_told_to_whoever_has_the_case(app: Flask, clock: FixedClock):
    case, code = asked(app, clock)
    with app.app_context():
        question = open_question(case.id)
        assert question is not None
        before = mails()
        road.done(lambda: answer_check_in(question, CheckInAnswer.FINE, actor=consulter(code)))
        assert mails() == before
        assert not watched_and_worried([case.id])
        with pytest.raises(ChangedMeanwhile):
            answer_check_in(question, CheckInAnswer.HAPPENED, actor=consulter(code))
    clock.move(to=clock.now() + timedelta(days=70))
    sweep(app)
    with app.app_context():
        later = open_question(case.id)
        assert later is not None
        before = mails()
        road.done(lambda: answer_check_in(later, CheckInAnswer.UNSURE, actor=consulter(code)))
        assert mails() == before + 1
        assert watched_and_worried([case.id]) == {case.id}


def mails() -> int:
    return len(
        db()
        .scalars(
            select(OutboxMessage).where(
                OutboxMessage.person_id == person("counselor").id, OutboxMessage.kind == "update"
            )
        )
        .all()
    )


def test_nobody_answers_for_another_and_no_company_sees_the_list(app: Flask, clock: FixedClock):
    case, _code = asked(app, clock)
    with app.app_context():
        _other, stranger = road.submitted()
        question = open_question(case.id)
        assert question is not None
        with pytest.raises(OutOfReach):
            answer_check_in(question, CheckInAnswer.FINE, actor=consulter(stranger))
        with pytest.raises(OutOfReach):
            see_answer(question, actor=present("second_counselor"))
        assert company("alpha").id
        check_in_id = question.id
    other = enter(app, stranger)
    other.get("/mailbox/check-in")
    assert other.page.path == "/mailbox"
    officer = sign_in(app, "alpha_officer")
    officer.get("/desk/watch", status=403)
    second = sign_in(app, "second_counselor")
    second.get("/desk/watch")
    token = second.page.form_with(action="/sign-out").fields["csrf_token"]
    second.post(f"/desk/watch/{check_in_id}/see", {"csrf_token": token}, status=404)
