"""When the consulter does not answer, the desk goes on, no company is told, and she may still answer (6.1)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from app.cases.actions import (
    arrange_sending,
    ask_information,
    ask_to_close,
    close_case,
    confirm_close,
    go_on_unanswered,
    refuse_close,
    reopen,
)
from app.cases.queries import exchanges_of
from app.clocks.queries import running_clock, running_clocks
from app.intake.answers import NamedCompany
from app.operations.sweep import sweep
from app.pipeline.transaction import db
from models.audit_record import AuditRecord
from models.case import Case
from models.exchange import Exchange
from models.outbox_message import OutboxMessage
from models.rules.case_clocks import PROMISED
from models.rules.case_lifecycle import CaseState
from models.rules.consent import ConsentOption
from models.rules.deadlines import ClockKind
from models.rules.taxonomy.outcome import Outcome
from models.rules.taxonomy.severity import Severity
from tests.support import road
from tests.support.present import company, person, present
from tests.support.visitor import Visitor, enter, sign_in

K = ClockKind
TWENTY_BUSINESS_DAYS = 24 * 28 + 7.5


def asked() -> tuple[Case, str]:
    case, code = road.triaged(severity=Severity.LOW)
    road.done(lambda: ask_information(road.case_of(case), "いつのことですか。", actor=present("counselor")))
    return case, code


def shown_a_copy() -> tuple[Case, str]:
    case, code = road.triaged(severity=Severity.LOW)
    road.copied(case)
    return case, code


def told_the_result() -> tuple[Case, str]:
    case, code = road.triaged()
    road.fed_back(road.routed(case, code))
    return case, code


def waited_for(case: Case) -> set[ClockKind]:
    return {clock.kind for clock in running_clocks(case.id)} - set(PROMISED)


def mails(case: Case) -> int:
    sent = select(OutboxMessage).where(
        OutboxMessage.person_id == person("counselor").id, OutboxMessage.idempotency_key.contains(":unanswered:")
    )
    assert case.assignee_id == person("counselor").id
    return len(db().scalars(sent).all())


def events(case: Case, name: str) -> int:
    return len(
        db().scalars(select(AuditRecord).where(AuditRecord.subject_id == case.id, AuditRecord.name == name)).all()
    )


def without_spaces(visitor: Visitor) -> str:
    """The words of a page; a day is an element of its own, which the text sets apart."""
    return visitor.page.text.replace(" ", "")


# fmt: off
WAYS = (
    (asked,           CaseState.TRIAGE,        K.TRIAGE),
    (shown_a_copy,    CaseState.AWAIT_CONSENT, K.TRIAGE),
    (told_the_result, CaseState.FEEDBACK,      K.FEEDBACK),
)
# fmt: on


@pytest.mark.parametrize(("begin", "then", "runs"), WAYS)
def test_an_answer_that_does_not_come_lets_the_desks_own_term_go_on_once(
    app: Flask, begin: Callable[[], tuple[Case, str]], then: CaseState, runs: ClockKind
) -> None:
    with app.app_context():
        case, _code = begin()
        before = road.case_of(case).state
        road.let_hours_pass(24 * 28)
        assert road.done(go_on_unanswered) == 0, "the last day is not over"
        assert road.case_of(case).state is before
        road.let_hours_pass(24 * 8)
    for _time in range(2):
        assert "go_on_unanswered" in sweep(app).done
    with app.app_context():
        found = road.case_of(case)
        assert found.state is then
        assert waited_for(found) - {K.ADVICE} == {runs}
        assert (events(found, "case.went_on_unanswered"), mails(found)) == (1, 1)


def test_what_was_left_of_triage_is_left_when_no_answer_comes(app: Flask) -> None:
    with app.app_context():
        case, _code = asked()
        question = running_clock(case.id, K.CONSULTER_ANSWER)
        assert question is not None
        assert question.due_at.date() == date(2026, 12, 22)
        road.let_hours_pass(TWENTY_BUSINESS_DAYS)
        road.done(go_on_unanswered)
        # Three working days of triage from Wednesday 12-23, on which the desk finds the case again.
        triage = running_clock(case.id, K.TRIAGE)
        assert triage is not None
        assert triage.due_at.date() == date(2026, 12, 28)


def test_a_copy_that_was_not_answered_goes_to_nobody_and_may_still_be_agreed_to(app: Flask) -> None:
    with app.app_context():
        case, code = shown_a_copy()
        road.let_hours_pass(24 * 36)
    sweep(app)
    with app.app_context():
        assert [exchange.state for exchange in exchanges_of(road.case_of(case))] == ["preparing"]
    visitor = enter(app, code)
    said = without_spaces(visitor)
    assert "お返事をお待ちしていた2026年12月22日(火)は過ぎましたが、いまからでも" in said
    assert "この文章を会社に見せることはありません" in said
    with app.app_context():
        road.approved(road.case_of(case), code, road.newest_copy(case))
        assert road.case_of(case).state is CaseState.READY
        assert waited_for(case) == {K.ROUTE}


def test_a_case_without_an_answer_about_consent_is_closed_as_such_by_people(app: Flask) -> None:
    with app.app_context():
        case, _code = road.triaged(severity=Severity.HIGH)
        road.copied(case)
        road.let_hours_pass(24 * 36)
    sweep(app)
    with app.app_context():
        assert not road.done(lambda: close_case(road.case_of(case), Outcome.NO_CONSENT, actor=present("counselor"))), (
            "what is grave is closed by two"
        )
        road.done(lambda: confirm_close(road.case_of(case), actor=present("manager")))
        found = road.case_of(case)
        assert found.state is CaseState.CLOSED
        assert running_clocks(found.id) == []


def test_the_clock_does_not_overtake_a_closure_that_waits_for_the_second_person(app: Flask) -> None:
    with app.app_context():
        case, _code = road.triaged(severity=Severity.HIGH)
        road.copied(case)
        road.done(lambda: ask_to_close(road.case_of(case), Outcome.NO_CONSENT, actor=present("counselor")))
        road.let_hours_pass(24 * 36)
        assert road.done(go_on_unanswered) == 0
        assert road.case_of(case).closing_asked_by_id is not None
        road.done(lambda: refuse_close(road.case_of(case), actor=present("manager")))
        assert road.done(go_on_unanswered) == 1


def test_a_second_companys_copy_without_an_answer_leaves_the_first_companys_matter_as_it_is(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged(
            severity=Severity.HIGH,
            employer=NamedCompany("みなも応対サービス", company("beta").id),
            options=(ConsentOption.CN_EP,),
        )
        first = road.copied(case)
        road.copied(road.case_of(case), "beta")
        road.approved(case, code, first)
        road.done(
            lambda: arrange_sending(
                road.case_of(case), db().get_one(Exchange, first.exchange_id), actor=present("counselor")
            )
        )
        assert road.case_of(case).state is CaseState.ROUTED
        assert K.CONSENT_ANSWER in waited_for(case)
        road.let_hours_pass(24 * 36)
    sweep(app)
    with app.app_context():
        assert road.case_of(case).state is CaseState.ROUTED
        assert K.CONSENT_ANSWER not in waited_for(case)
        assert (events(case, "copy.unanswered"), mails(road.case_of(case))) == (1, 1)


# fmt: off
IN_WORDS = (
    (asked,           "お尋ねへの返事がありませんでした"),
    (shown_a_copy,    "転送版への返事がありませんでした"),
    (told_the_result, "結果のご案内への返事がありませんでした"),
)
# fmt: on


@pytest.mark.parametrize(("begin", "words"), IN_WORDS)
def test_the_desk_reads_that_no_answer_came_and_what_may_be_done(
    app: Flask, begin: Callable[[], tuple[Case, str]], words: str
) -> None:
    with app.app_context():
        case, _code = begin()
        number = road.case_of(case).number
    counselor = sign_in(app, "counselor")
    assert "返事が届きませんでした" not in counselor.get(f"/desk/{number}").text
    with app.app_context():
        road.let_hours_pass(24 * 36)
    sweep(app)
    page = sign_in(app, "counselor").get(f"/desk/{number}")
    for said in ("2026年12月2", "までに、相談者からの返事が届きませんでした", words, "いまからでも返事を書けます"):
        assert said in page.text


def test_what_was_not_answered_before_a_case_was_opened_again_is_not_asked_of_the_desk(app: Flask) -> None:
    with app.app_context():
        case, _code = told_the_result()
        number = road.case_of(case).number
        road.let_hours_pass(24 * 36)
    sweep(app)
    with app.app_context():
        road.done(lambda: close_case(road.case_of(case), Outcome.CONTACT_LOST, actor=present("counselor")))
        road.done(lambda: reopen(road.case_of(case), "by_request", actor=present("counselor")))
        assert road.case_of(case).state is CaseState.TRIAGE
    assert "返事が届きませんでした" not in sign_in(app, "counselor").get(f"/desk/{number}").text


def test_she_reads_beforehand_what_happens_when_she_does_not_answer(app: Flask) -> None:
    with app.app_context():
        _case, code = asked()
        _other, with_copy = shown_a_copy()
    said = "2026年12月22日(火)までにお返事がないときは"
    assert f"{said}、ここまでに伺ったことで先へ進めます。" in without_spaces(enter(app, code))
    assert f"{said}、相談員がほかの進め方を考えます。" in without_spaces(enter(app, with_copy))


def test_the_desk_sees_that_its_own_term_stands_still_while_she_is_asked(app: Flask) -> None:
    with app.app_context():
        case, _code = asked()
        number = road.case_of(case).number
    page = sign_in(app, "counselor").get(f"/desk/{number}")
    assert "窓口の期限「受付審査」は、相談者の返事を待つあいだ止まっています。" in page.text
