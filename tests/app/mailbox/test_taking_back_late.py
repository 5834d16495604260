"""Consent that is taken back late, or for one company alone, closes what that company was given all the same."""

from __future__ import annotations

import pytest
from flask import Flask

from app.cases.actions import give_feedback, return_report
from app.custody.queries import compartment_of_exchange
from app.intake.answers import NamedCompany
from app.mailbox.actions import say_not_satisfied, set_consent, withdraw_consent
from app.mailbox.queries import result_was_told
from app.pipeline.clock import now
from app.pipeline.transaction import db
from models.case import Case
from models.exchange import Exchange
from models.rules.case_lifecycle import CaseState
from models.rules.consent import ConsentLevel, ConsentOption
from models.rules.deadlines import ClockKind
from models.rules.lifecycle import NotAllowedNow
from models.rules.people import CompartmentKind
from tests.support import road
from tests.support.present import company, consulter, present


def reads(key: str, exchange: Exchange) -> bool:
    forwarded = compartment_of_exchange(exchange, CompartmentKind.FORWARDED)
    assert forwarded is not None
    return present(key).held.opens(forwarded)


def test_consent_taken_back_after_the_result_closes_what_the_company_was_given(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged()
        exchange = road.fed_back(road.routed(case, code))
        assert reads("alpha_officer", exchange)
        road.done(lambda: withdraw_consent(road.case_of(case), actor=consulter(code)))
        found = db().get_one(Exchange, exchange.id)
        assert (found.state, found.closed_because) == ("closed", "consent_withdrawn")
        assert not reads("alpha_officer", exchange)
        assert road.case_of(case).state is CaseState.FEEDBACK, "the result is still hers to answer"


def test_a_company_that_may_not_be_told_any_more_is_not_asked_for_a_better_report(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged()
        exchange = road.fed_back(road.routed(case, code))
        road.done(lambda: set_consent(road.case_of(case), ConsentLevel.CN_1, (), actor=consulter(code)))
        assert not reads("alpha_officer", exchange)
        road.done(lambda: say_not_satisfied(road.case_of(case), "足りません。", actor=consulter(code)))
        report = road.newest_report(exchange)
        with pytest.raises(NotAllowedNow):
            road.done(lambda: return_report(road.case_of(case), report, "もう一度", actor=present("counselor")))


def test_who_told_nothing_any_more_may_still_say_that_the_result_is_not_enough(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged()
        road.fed_back(road.routed(case, code))
        road.done(lambda: withdraw_consent(road.case_of(case), actor=consulter(code)))
        road.done(lambda: say_not_satisfied(road.case_of(case), "足りません。", actor=consulter(code)))
        found = road.case_of(case)
        assert (found.state, found.next_due_kind) == (CaseState.FEEDBACK, ClockKind.FEEDBACK)
        road.done(lambda: give_feedback(road.case_of(case), "確かめました。", actor=present("counselor")))
        assert result_was_told(road.case_of(case))


def both_told(options: tuple[ConsentOption, ...]) -> tuple[Case, str, Exchange, Exchange]:
    client = company("epsilon")
    case, code = road.triaged(options=options, client=NamedCompany(client.name_on(now().date()).name, client.id))
    copies = [road.copied(road.case_of(case), key) for key in ("alpha", "epsilon")]
    for copy in copies:
        road.approved(road.case_of(case), code, copy)
    first, second = (db().get_one(Exchange, copy.exchange_id) for copy in copies)
    for _exchange in (first, second):
        road.routed(road.case_of(case), code)
    return case, code, first, second


def test_a_word_taken_back_for_the_client_closes_the_clients_copy_and_no_other(app: Flask) -> None:
    with app.app_context():
        case, code, workplace, client = both_told((ConsentOption.CN_CL, ConsentOption.CN_ST))
        assert reads("alpha_officer", workplace)
        assert reads("epsilon_officer", client)
        road.done(
            lambda: set_consent(road.case_of(case), ConsentLevel.CN_2, {ConsentOption.CN_ST}, actor=consulter(code))
        )
        assert not reads("epsilon_officer", client)
        assert reads("alpha_officer", workplace)
        assert db().get_one(Exchange, workplace.id).state == "routed"


def test_a_word_taken_back_for_statistics_closes_nothing(app: Flask) -> None:
    with app.app_context():
        case, code, workplace, client = both_told((ConsentOption.CN_CL, ConsentOption.CN_ST))
        road.done(
            lambda: set_consent(road.case_of(case), ConsentLevel.CN_2, {ConsentOption.CN_CL}, actor=consulter(code))
        )
        assert reads("alpha_officer", workplace)
        assert reads("epsilon_officer", client)
