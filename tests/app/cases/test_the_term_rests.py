"""While the consulter is asked, the desk's own term stands still; her answer lets what was left of it go on (6.1)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask

from app.cases.actions import advise, ask_information, recall, record_triage, refuse_recall, resume_triage
from app.cases.queries import severity_of
from app.clocks.queries import clocks_of, running_clock, running_clocks
from app.mailbox.actions import answer, ask_for_change, decline_copy
from models.case import Case
from models.clock import Clock
from models.rules.case_clocks import PROMISED
from models.rules.case_lifecycle import CaseState
from models.rules.deadlines import ClockKind
from models.rules.desk_reasons import RecallReason
from models.rules.taxonomy.harassment_type import HarassmentType
from models.rules.taxonomy.severity import Severity
from tests.support import road
from tests.support.present import consulter, present

WORDS = "夜勤の上司にお願いしました。"


def asked(severity: Severity = Severity.LOW) -> tuple[Case, str]:
    case, code = road.triaged(severity=severity)
    road.done(lambda: ask_information(road.case_of(case), "どなたに伝えましたか。", actor=present("counselor")))
    return case, code


def answered(case: Case, code: str) -> None:
    road.done(lambda: answer(road.case_of(case), WORDS, actor=consulter(code)))


def due_on(case: Case, kind: ClockKind = ClockKind.TRIAGE) -> date:
    return running(case, kind).due_at.date()


def running(case: Case, kind: ClockKind = ClockKind.TRIAGE) -> Clock:
    found = running_clock(case.id, kind)
    assert found is not None, [clock.kind.code for clock in running_clocks(case.id)]
    return found


def waited_for(case: Case) -> set[ClockKind]:
    """What runs beside the promises to her, which run in every state."""
    return {clock.kind for clock in running_clocks(case.id)} - set(PROMISED)


def weigh(case: Case, severity: Severity) -> None:
    road.done(
        lambda: record_triage(
            road.case_of(case),
            severity=severity,
            types=(HarassmentType.ABUSE,),
            org_issues=(),
            is_crisis=False,
            actor=present("counselor"),
        )
    )


def resumed(case: Case, _code: str) -> None:
    road.done(lambda: resume_triage(road.case_of(case), actor=present("counselor")))


@pytest.mark.parametrize("goes_on", [answered, resumed])
def test_after_a_question_the_desk_has_what_was_left_of_its_term(
    app: Flask, goes_on: Callable[[Case, str], None]
) -> None:
    with app.app_context():
        case, code = road.triaged(severity=Severity.LOW)
        # Tuesday the 24th; three working days of which one is over when the question goes out.
        before = due_on(case)
        road.let_hours_pass(24)
        road.done(lambda: ask_information(road.case_of(case), "どなたに伝えましたか。", actor=present("counselor")))
        assert waited_for(case) == {ClockKind.CONSULTER_ANSWER}
        road.let_hours_pass(24 * 7)
        goes_on(case, code)
        assert (before, due_on(case)) == (date(2026, 11, 27), date(2026, 12, 4))
        assert "止まっていたので数えません" in running(case).explanation_ja


def test_two_questions_take_the_desk_no_day_and_give_it_none(app: Flask) -> None:
    with app.app_context():
        case, code = asked()
        road.let_hours_pass(24)
        answered(case, code)
        road.let_hours_pass(24)
        road.done(lambda: ask_information(road.case_of(case), "ほかには。", actor=present("counselor")))
        road.let_hours_pass(24 * 7)
        answered(case, code)
        # From the 24th to the 27th; one working day stood still and then five.
        assert due_on(case) == date(2026, 12, 7)


def test_an_overdue_triage_is_not_given_a_new_term_by_a_question(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged(severity=Severity.HIGH)
        road.let_hours_pass(24 * 6)
        road.done(lambda: ask_information(road.case_of(case), "いつのことですか。", actor=present("counselor")))
        road.let_hours_pass(24)
        answered(case, code)
        # Due on the 25th, three working days late on Monday the 30th, and as late on the 1st.
        assert due_on(case) == date(2026, 11, 26)


def test_weighing_after_the_answer_keeps_the_time_that_stood_still(app: Flask) -> None:
    with app.app_context():
        case, code = asked()
        road.let_hours_pass(24 * 7)
        answered(case, code)
        weigh(case, Severity.MODERATE)
        # Two working days from the 24th, and five that stood still.
        assert due_on(case) == date(2026, 12, 3)
        assert severity_of(road.case_of(case)) is Severity.MODERATE


def test_a_wish_for_a_change_lets_the_term_of_triage_go_on_and_the_next_version_stops_it_again(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged(severity=Severity.LOW)
        copy = road.copied(case)
        assert waited_for(case) == {ClockKind.CONSENT_ANSWER}
        road.let_hours_pass(24 * 7)
        road.done(lambda: ask_for_change(road.case_of(case), copy, comment=WORDS, actor=consulter(code)))
        assert due_on(case) == date(2026, 12, 4)
        assert waited_for(case) == {ClockKind.TRIAGE}
        again = road.copied(case, text=road.FORWARDED + "以上です。")
        assert running_clock(case.id, ClockKind.TRIAGE) is None
        road.approved(case, code, again)
        assert waited_for(case) == {ClockKind.ROUTE}


def test_a_copy_agreed_to_after_all_ends_the_term_that_went_on(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged(severity=Severity.LOW)
        copy = road.copied(case)
        road.done(lambda: ask_for_change(road.case_of(case), copy, comment=WORDS, actor=consulter(code)))
        road.approved(case, code, copy)
        assert waited_for(case) == {ClockKind.ROUTE}
        # The one that stood still began in the same moment as the one that went on.
        assert [one.met_at is not None for one in clocks_of(case.id) if one.kind is ClockKind.TRIAGE].count(True) == 1


def test_who_was_being_advised_and_says_no_to_a_copy_goes_on_being_advised_with_what_was_left(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged(severity=Severity.LOW)
        road.done(lambda: advise(road.case_of(case), WORDS, actor=present("counselor")))
        before = due_on(case, ClockKind.ADVICE)
        copy = road.copied(case)
        road.let_hours_pass(24 * 7)
        road.done(lambda: decline_copy(road.case_of(case), copy, actor=consulter(code)))
        assert road.case_of(case).state is CaseState.ADVICE
        # Ten working days from the 24th, and five that stood still.
        assert (before, due_on(case, ClockKind.ADVICE)) == (date(2026, 12, 8), date(2026, 12, 15))


def test_who_says_no_to_a_first_copy_is_advised_from_then_on(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged(severity=Severity.LOW)
        copy = road.copied(case)
        road.let_hours_pass(24 * 7)
        road.done(lambda: decline_copy(road.case_of(case), copy, actor=consulter(code)))
        assert due_on(case, ClockKind.ADVICE) == date(2026, 12, 15)
        assert waited_for(case) == {ClockKind.ADVICE}


def test_a_recall_that_was_refused_gives_the_company_working_days_back_and_not_hours(app: Flask) -> None:
    with app.app_context():
        exchange = road.routed()
        case = road.case_of(road.case_at(exchange.reference))
        before = running_clock(exchange.id, ClockKind.OFFICER_ACK)
        assert before is not None
        due_before = before.due_at.date()
        road.done(
            lambda: recall(
                road.case_of(case),
                road.exchange_at(exchange.reference),
                RecallReason.WRONG_COMPANY,
                actor=present("counselor"),
            )
        )
        road.let_hours_pass(24)
        road.done(
            lambda: refuse_recall(road.case_of(case), road.exchange_at(exchange.reference), actor=present("manager"))
        )
        after = running_clock(exchange.id, ClockKind.OFFICER_ACK)
        assert after is not None
        assert (due_before, after.due_at.date()) == (date(2026, 11, 30), date(2026, 12, 1))
