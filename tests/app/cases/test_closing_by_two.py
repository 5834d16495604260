"""Closing by two: what one asked for stands only as long as the case stands as it did when it was asked."""

from __future__ import annotations

import pytest
from flask import Flask

from app.cases.actions import accept_report, close_case, confirm_close, give_feedback, record_triage
from app.cases.actions.reviewing import report_to_review
from app.cases.queries import severity_of
from app.mailbox.actions import say_not_satisfied, withdraw, withdraw_consent
from app.pipeline.acting import ChangedMeanwhile
from models.case import Case
from models.rules.case_lifecycle import CaseState
from models.rules.taxonomy.outcome import Outcome
from models.rules.taxonomy.severity import Severity
from tests.support import road
from tests.support.present import consulter, present

OBJECTION = "まだ同じことが続いています。"


def asked_to_close() -> tuple[Case, str]:
    """The result was told, and the counselor asks the manager to agree to closing."""
    case, code = road.triaged(severity=Severity.HIGH)
    road.fed_back(road.routed(case, code))
    assert not road.done(lambda: close_case(road.case_of(case), Outcome.IMPROVED, actor=present("counselor")))
    assert road.case_of(case).closing_asked_by_id is not None
    return road.case_of(case), code


def nobody_asks_any_more(case: Case) -> bool:
    found = road.case_of(case)
    return found.closing_asked_by_id is None and found.closing_outcome_token is None


def test_an_objection_of_the_consulter_ends_what_was_asked_before_it(app: Flask):
    with app.app_context():
        case, code = asked_to_close()
        road.done(lambda: say_not_satisfied(case, OBJECTION, actor=consulter(code)))
        assert nobody_asks_any_more(case)

        def told_again() -> None:
            found, counselor = road.case_of(case), present("counselor")
            report = report_to_review(found)
            assert report is not None
            accept_report(found, report, actor=counselor)
            give_feedback(found, road.TOLD, actor=counselor)

        road.done(told_again)
        with pytest.raises(ChangedMeanwhile):
            road.done(lambda: confirm_close(road.case_of(case), actor=present("manager")))
        assert road.case_of(case).state is CaseState.FEEDBACK


def test_an_objection_that_only_the_desk_may_answer_ends_it_too(app: Flask):
    """With her consent taken back for the future the case stays where it is, and her objection counts all the same."""
    with app.app_context():
        case, code = asked_to_close()
        road.done(lambda: withdraw_consent(road.case_of(case), actor=consulter(code)))
        road.done(lambda: say_not_satisfied(road.case_of(case), OBJECTION, actor=consulter(code)))
        assert road.case_of(case).state is CaseState.FEEDBACK
        assert nobody_asks_any_more(case)


def test_a_withdrawal_ends_what_was_asked_with_another_outcome(app: Flask):
    with app.app_context():
        case, code = asked_to_close()
        road.done(lambda: withdraw(road.case_of(case), actor=consulter(code)))
        assert nobody_asks_any_more(case)
        with pytest.raises(ChangedMeanwhile):
            road.done(lambda: confirm_close(road.case_of(case), actor=present("manager")))


def test_a_result_told_anew_is_closed_by_asking_anew(app: Flask):
    with app.app_context():
        case, _code = asked_to_close()
        road.done(lambda: give_feedback(road.case_of(case), road.TOLD, actor=present("counselor")))
        assert nobody_asks_any_more(case)


def test_what_was_grave_once_is_closed_by_two_though_one_person_has_weighed_it_anew(app: Flask):
    with app.app_context():
        case, _code = road.triaged(severity=Severity.HIGH)

        def weigh_anew() -> None:
            nothing = {"types": (), "org_issues": (), "is_crisis": False}
            record_triage(road.case_of(case), severity=Severity.LOW, actor=present("counselor"), **nothing)

        road.done(weigh_anew)
        assert severity_of(road.case_of(case)) is Severity.LOW
        closed = road.done(lambda: close_case(road.case_of(case), Outcome.OUT_OF_SCOPE, actor=present("counselor")))
        assert not closed
        assert road.case_of(case).is_open
        road.done(lambda: confirm_close(road.case_of(case), actor=present("manager")))
        assert not road.case_of(case).is_open
