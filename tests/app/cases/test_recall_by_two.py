"""Taking a delivered copy back takes two, and keeps who of the company had opened it and when (domain 6.1, 7.19)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.cases.actions import confirm_recall, recall, refuse_recall, reroute
from app.cases.queries import exchanges_of
from app.cases.recalls import last_recall, read_proof, recall_that_waits
from app.clocks.queries import clocks_of, running_clock
from app.custody.queries import compartment_of_exchange
from app.escalations.actions import issue_due_reminders
from app.mailbox.actions import withdraw_consent
from app.pipeline.acting import ChangedMeanwhile
from app.pipeline.clock import now
from app.pipeline.standing import OutOfReach
from app.pipeline.transaction import db
from app.responses.actions import acknowledge
from models.audit_record import AuditRecord
from models.case import Case
from models.exchange import Exchange
from models.recall import Recall
from models.reminder import Reminder
from models.rules.case_lifecycle import CaseState
from models.rules.deadlines import ClockKind
from models.rules.desk_reasons import RecallReason
from models.rules.lifecycle import NotAllowedNow
from models.rules.people import CompartmentKind
from models.rules.recalls import RecallAnswer
from models.rules.taxonomy.severity import Severity
from tests.app.cases.test_a_second_company import send, two_approved
from tests.support import road
from tests.support.present import consulter, person, present
from tests.support.visitor import Visitor, sign_in

WRONG = RecallReason.WRONG_COMPANY


def delivered() -> tuple[Case, str, Exchange]:
    case, code = road.triaged(severity=Severity.HIGH)
    exchange = road.routed(case, code)
    return road.case_of(case), code, exchange


def ask(case: Case, exchange: Exchange, by: str = "counselor") -> bool:
    return road.done(lambda: recall(road.case_of(case), exchange, WRONG, actor=present(by)))


def company_opens(exchange: Exchange) -> bool:
    forwarded = compartment_of_exchange(exchange, CompartmentKind.FORWARDED)
    assert forwarded is not None
    db().expire_all()
    return present("alpha_officer").held.opens(forwarded)


def fresh(case: Case) -> tuple[Case, Exchange]:
    """Both as they are now, in whichever session this is."""
    found = db().get_one(Case, case.id)
    return found, exchanges_of(found)[0]


def opens_the_copy(app: Flask, reference: str) -> Visitor:
    officer = sign_in(app, "alpha_officer")
    officer.get(f"/office/{reference}")
    officer.send({}, action=f"/office/{reference}/open")
    return officer


def test_one_person_asks_and_only_another_one_takes_a_delivered_copy_back(app: Flask):
    with app.app_context():
        case, _code, exchange = delivered()
        assert not ask(case, exchange)
        assert (road.case_of(case).state, exchange.state) == (CaseState.ROUTED, "routed")
        for key, refusal in (("counselor", NotAllowedNow), ("second_counselor", OutOfReach)):
            with pytest.raises(refusal):
                road.done(lambda key=key: confirm_recall(road.case_of(case), exchange, actor=present(key)))
        road.done(lambda: confirm_recall(road.case_of(case), exchange, actor=present("manager")))
        assert road.case_of(case).state is CaseState.RECALLED
        assert not company_opens(exchange)


def test_whoever_asked_cannot_be_the_second_person(app: Flask):
    with app.app_context():
        case, _code, exchange = delivered()
        ask(case, exchange)
        asked = recall_that_waits(exchange)
        assert asked is not None

        def as_if_the_manager_had_asked() -> None:
            db().get_one(Recall, asked.id).asked_by_id = person("manager").id

        road.done(as_if_the_manager_had_asked)
        for answer in (confirm_recall, refuse_recall):
            with pytest.raises(NotAllowedNow):
                road.done(lambda answer=answer: answer(road.case_of(case), exchange, actor=present("manager")))


def test_while_the_second_person_is_awaited_the_company_sees_nothing_and_does_nothing(app: Flask):
    with app.app_context():
        case, _code, exchange = delivered()
        ask(case, exchange)
        with pytest.raises(OutOfReach):
            road.done(lambda: acknowledge(exchange, actor=present("alpha_officer")))
        reference = exchange.reference
    officer = sign_in(app, "alpha_officer")
    assert reference not in officer.get("/office/").text
    officer.get(f"/office/{reference}", status=404)


def test_while_the_second_person_is_awaited_nobody_is_reminded(app: Flask):
    with app.app_context():
        case, _code, exchange = delivered()
        ask(case, exchange)
        road.let_hours_pass(24 * 14)
        assert road.done(issue_due_reminders) == 0
        assert db().scalars(select(Reminder)).all() == []
        road.done(lambda: refuse_recall(road.case_of(case), exchange, actor=present("manager")))
        assert road.done(issue_due_reminders) == 0, "the time that it saw nothing is not counted"
        road.let_hours_pass(24 * 14)
        assert road.done(issue_due_reminders) > 0


def test_after_a_refused_recall_the_company_has_the_time_that_it_saw_nothing(app: Flask):
    with app.app_context():
        case, _code, exchange = delivered()
        before = running_clock(exchange.id, ClockKind.OFFICER_ACK)
        assert before is not None
        due_before, started = before.due_at.date(), before.started_at
        ask(case, exchange)
        road.let_hours_pass(48)
        road.done(lambda: refuse_recall(road.case_of(case), exchange, actor=present("manager")))
        after = running_clock(exchange.id, ClockKind.OFFICER_ACK)
        assert after is not None
        # Two working days later, with a weekend between.
        assert (due_before, after.due_at.date()) == (date(2026, 11, 27), date(2026, 12, 1))
        assert after.started_at == started + timedelta(days=2)
        running = [one.kind for one in clocks_of(exchange.id) if one.is_running]
        assert len(running) == len(set(running))


def test_a_recall_that_was_refused_leaves_the_copy_with_the_company(app: Flask):
    with app.app_context():
        case, _code, exchange = delivered()
        ask(case, exchange)
        road.done(lambda: refuse_recall(road.case_of(case), exchange, actor=present("manager")))
        road.acknowledged(exchange)
        assert road.case_of(case).state is CaseState.ACKED
        with pytest.raises(ChangedMeanwhile):
            road.done(lambda: confirm_recall(road.case_of(case), exchange, actor=present("manager")))


def test_the_recall_keeps_who_opened_the_copy_and_when(app: Flask):
    with app.app_context():
        given, _code, exchange = delivered()
        began, reference = now(), exchange.reference
    officer = opens_the_copy(app, reference)
    with app.app_context():
        road.let_hours_pass(0.1)
    officer.get(f"/office/{reference}")
    with app.app_context():
        case, exchange = fresh(given)
        ask(case, exchange)
        road.done(lambda: confirm_recall(road.case_of(case), exchange, actor=present("manager")))
        done = last_recall(exchange)
        assert done is not None
        proof = read_proof(done)
        assert [one.name for one in proof] == ["名前・alpha_officer"]
        assert proof[0].first_at - began < timedelta(minutes=1)
        assert proof[0].last_at - began >= timedelta(minutes=6)
        assert proof[0].times >= 2
        record = db().scalars(select(AuditRecord).where(AuditRecord.name == "case.recalled")).one()
        assert done.id.hex in record.facts


def test_a_recall_before_anybody_opened_the_copy_says_so(app: Flask):
    with app.app_context():
        _case, _code, exchange = delivered()
        done = last_recall(road.recalled(exchange))
        assert done is not None
        assert read_proof(done) == []


def test_what_the_desk_itself_read_is_no_part_of_the_proof(app: Flask):
    with app.app_context():
        given, _code, _exchange = delivered()
    sign_in(app, "counselor").get(f"/desk/{given.number}")
    with app.app_context():
        done = last_recall(road.recalled(fresh(given)[1]))
        assert done is not None
        assert read_proof(done) == []


@pytest.mark.parametrize("how", ["consent", "reroute"])
def test_what_takes_the_copy_from_the_company_anyhow_ends_the_question(app: Flask, how: str):
    with app.app_context():
        case, code, exchange = delivered()
        ask(case, exchange)
        if how == "consent":
            road.done(lambda: withdraw_consent(road.case_of(case), actor=consulter(code)))
        else:
            road.done(lambda: reroute(road.case_of(case), exchange, "vacancy", actor=present("counselor")))
        assert recall_that_waits(exchange) is None
        assert db().scalars(select(Recall.answer)).one() is RecallAnswer.OVERTAKEN
        with pytest.raises(ChangedMeanwhile):
            road.done(lambda: confirm_recall(road.case_of(case), exchange, actor=present("manager")))


def test_what_the_company_has_acknowledged_is_not_recalled_any_more(app: Flask):
    with app.app_context():
        case, _code, exchange = delivered()
        road.acknowledged(exchange)
        with pytest.raises(NotAllowedNow):
            ask(case, exchange)


def test_of_two_companies_one_is_taken_back_and_the_case_stays_with_the_other(app: Flask):
    with app.app_context():
        case, first, second = two_approved(Severity.HIGH)
        send(case, first)
        send(case, second)
        road.acknowledged(first)
        road.recalled(second)
        assert road.case_of(case).state is CaseState.ACKED
        assert db().get_one(Exchange, second.id).closed_because == "recalled"
        assert company_opens(first)


def test_the_manager_finds_the_question_on_the_board_and_answers_it_on_the_page(app: Flask):
    with app.app_context():
        case, _code, exchange = delivered()
        number, reference = case.number, exchange.reference
    opens_the_copy(app, reference)
    counselor = sign_in(app, "counselor")
    counselor.get(f"/desk/{number}/recall/{reference}")
    assert "二人で取り消します" in counselor.page.text
    counselor.send({"reason": "wrong_company"})
    assert "管理者の確認を待っています" in counselor.page.text
    assert "二人目として確認し" not in counselor.page.text
    manager = sign_in(app, "manager")
    manager.get("/desk/?show=closing")
    assert number in manager.page.text
    assert "転送取消しの確認待ち" in manager.page.text
    manager.get(f"/desk/{number}?reason=second")
    assert "名前・alpha_officer" in manager.page.text
    for no_answer in ("", "yes", "CONFIRM", "confirm refuse"):
        manager.send({"answer": no_answer}, action=f"/desk/{number}/recall/{reference}/answer", status=400)
        manager.get(f"/desk/{number}?reason=second")
    manager.send({}, action=f"/desk/{number}/recall/{reference}/answer")
    assert "会社はすでに開いています" in manager.page.text
    assert "転送版を開いた人" in manager.page.text
    with app.app_context():
        assert road.case_of(case).state is CaseState.RECALLED


def test_a_second_person_with_an_outdated_page_is_told_what_changed(app: Flask):
    with app.app_context():
        case, code, exchange = delivered()
        ask(case, exchange)
        number, reference = case.number, exchange.reference
    manager = sign_in(app, "manager")
    manager.get(f"/desk/{number}?reason=second")
    with app.app_context():
        road.done(lambda: withdraw_consent(road.case_of(case), actor=consulter(code)))
    manager.send({}, action=f"/desk/{number}/recall/{reference}/answer", status=409)
    with app.app_context():
        assert road.case_of(case).state is CaseState.ADVICE
