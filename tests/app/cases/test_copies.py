"""What becomes of the copy for a company: drafted, approved, sent, recalled, or never sent at all."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.cases.actions import (
    Sending,
    advise,
    arrange_sending,
    close_case,
    deliver_held,
    draft_copy,
    exclude,
    put_copy,
    recall,
    reroute,
    return_to_ready,
    return_to_triage,
    route_again,
)
from app.cases.queries import exchanges_of, latest_copy, road_to
from app.clocks.queries import running_clock, running_clocks
from app.custody.queries import compartment_of_exchange
from app.intake.answers import NamedCompany
from app.mailbox.actions import approve_copy, withdraw_consent
from app.pipeline.acting import ChangedMeanwhile
from app.pipeline.transaction import db
from models.audit_record import AuditRecord
from models.case import Case
from models.exchange import Exchange
from models.outbox_message import OutboxMessage
from models.rules.case_lifecycle import CaseState
from models.rules.consent import ConsentLevel, ConsentOption
from models.rules.deadlines import ClockKind
from models.rules.desk_reasons import RecallReason
from models.rules.lifecycle import NotAllowedNow
from models.rules.membership import Route
from models.rules.people import CompartmentKind
from models.rules.taxonomy.outcome import Outcome
from models.rules.taxonomy.severity import Severity
from tests.support import road
from tests.support.present import company, consulter, person, present


def approved(**answers: object) -> tuple[Case, str, Exchange]:
    """A case whose copy the consulter has approved, and which nobody has sent."""
    case, code = road.triaged(**answers)  # type: ignore[arg-type]
    road.approved(case, code, road.copied(case))
    return road.case_of(case), code, exchanges_of(case)[0]


def events_of(case: Case) -> list[str]:
    return list(
        db().scalars(select(AuditRecord.name).where(AuditRecord.subject_id == case.id).order_by(AuditRecord.number))
    )


# The copy and the consent.


def test_without_consent_nothing_is_sent_and_the_officer_has_nothing(app: Flask):
    with app.app_context():
        case, _code = road.triaged(consent=ConsentLevel.CN_0)
        copy = road.copied(case)
        exchange = db().get_one(Exchange, copy.exchange_id)
        with pytest.raises(NotAllowedNow):
            road.done(lambda: arrange_sending(road.case_of(case), exchange, actor=present("counselor")))
        assert road.case_of(case).consent_level is ConsentLevel.CN_0
        assert not present("alpha_officer").held.opens(compartment_of_exchange(exchange, CompartmentKind.FORWARDED))
        to_alpha = (
            select(func.count()).select_from(OutboxMessage).where(OutboxMessage.person_id == person("alpha_officer").id)
        )
        assert db().scalar(to_alpha) == 0


def test_a_copy_may_not_be_drafted_above_the_consent(app: Flask):
    with app.app_context():
        case, _code = road.triaged(consent=ConsentLevel.CN_1)
        with pytest.raises(NotAllowedNow):
            road.copied(case, level=ConsentLevel.CN_2)
        with pytest.raises(NotAllowedNow):
            road.copied(case, level=ConsentLevel.CN_3)


def test_a_client_is_not_told_without_a_word_of_its_own(app: Flask):
    with app.app_context():
        client = company("epsilon")
        named = NamedCompany("月見坂商会", client.id)
        case, _code = road.triaged(consent=ConsentLevel.CN_2, client=named)
        with pytest.raises(NotAllowedNow):
            road.copied(case, "epsilon")
        told, _code = road.triaged(consent=ConsentLevel.CN_2, client=named, options=(ConsentOption.CN_CL,))
        assert road.copied(told, "epsilon").level is ConsentLevel.CN_2


def test_each_company_has_its_own_copy_and_its_own_clocks_and_sees_no_other(app: Flask):
    with app.app_context():
        employer = NamedCompany("みなも応対サービス", company("beta").id)
        case, code = road.triaged(
            severity=Severity.HIGH, employer=employer, options=(ConsentOption.CN_EP,), consent=ConsentLevel.CN_2
        )
        first, second = road.copied(case, "alpha"), road.copied(road.case_of(case), "beta", text="別の文章です。")
        for copy in (first, second):
            road.done(lambda copy=copy: approve_copy(road.case_of(case), copy, comment="", actor=consulter(code)))
        for exchange in exchanges_of(case):
            road.done(
                lambda exchange=exchange: arrange_sending(road.case_of(case), exchange, actor=present("counselor"))
            )
        by_company = {one.company_id: one for one in exchanges_of(road.case_of(case))}
        alpha, beta = by_company[company("alpha").id], by_company[company("beta").id]
        assert {alpha.state, beta.state} == {"routed"}
        assert alpha.reference != beta.reference
        assert running_clock(alpha.id, ClockKind.OFFICER_ACK) is not None
        assert running_clock(beta.id, ClockKind.OFFICER_ACK) is not None
        assert not present("alpha_officer").held.opens(compartment_of_exchange(beta, CompartmentKind.FORWARDED))
        assert not present("beta_deputy").held.opens(compartment_of_exchange(alpha, CompartmentKind.FORWARDED))


def test_a_company_that_is_no_member_is_not_turned_to(app: Flask):
    with app.app_context():

        def leave() -> None:
            gone = company("alpha")
            gone.left_on = gone.joined_on

        road.done(leave)
        assert road_to(company("alpha")) is Route.ADVICE_ONLY
        case, _code = road.triaged()
        with pytest.raises(NotAllowedNow):
            road.copied(case)
        road.done(lambda: advise(case, "外部の窓口をご案内します。", actor=present("counselor")))
        road.done(lambda: close_case(case, Outcome.NON_MEMBER, actor=present("counselor")))
        assert road.case_of(case).state is CaseState.CLOSED


def test_a_member_without_certification_is_asked_without_the_ladder(app: Flask):
    with app.app_context():
        exchange = road.routed(company="delta")
        assert not exchange.feeds_ladder
        assert road.routed(company="alpha").feeds_ladder


def test_an_older_version_cannot_be_put_before_the_consulter(app: Flask):
    with app.app_context():
        case, _code = road.triaged()

        def draft() -> object:
            return draft_copy(
                case, company("alpha"), text=road.FORWARDED, level=ConsentLevel.CN_2, actor=present("counselor")
            )

        older = road.done(draft)
        road.done(draft)
        with pytest.raises(ChangedMeanwhile):
            road.done(lambda: put_copy(case, older, actor=present("counselor")))


def test_a_copy_that_was_changed_after_the_approval_is_approved_anew(app: Flask):
    with app.app_context():
        case, _code, exchange = approved()
        road.copied(case, text="書き直した文章です。")
        assert road.case_of(case).state is CaseState.AWAIT_CONSENT
        with pytest.raises(NotAllowedNow):
            road.done(lambda: arrange_sending(road.case_of(case), exchange, actor=present("counselor")))


# Sending.


def test_what_is_not_grave_waits_a_day_and_goes_out_once(app: Flask):
    with app.app_context():
        case, _code, exchange = approved()
        became = road.done(lambda: arrange_sending(case, exchange, actor=present("counselor")))
        assert became is Sending.WAITS
        assert road.done(deliver_held) == 0
        road.let_hours_pass(24)
        assert road.done(deliver_held) == 1
        assert road.done(deliver_held) == 0
        assert road.case_of(case).state is CaseState.ROUTED
        assert events_of(case).count("case.delivered") == 1
        assert {clock.kind for clock in running_clocks(exchange.id)} == {
            ClockKind.OFFICER_ACK,
            ClockKind.INITIAL_REPORT,
            ClockKind.FINAL_REPORT,
        }


def test_a_recall_within_the_hold_leaves_nothing_delivered(app: Flask):
    with app.app_context():
        case, _code, exchange = approved()
        road.done(lambda: arrange_sending(case, exchange, actor=present("counselor")))
        road.done(lambda: recall(case, exchange, RecallReason.WRONG_CONTENT, actor=present("counselor")))
        road.let_hours_pass(25)
        assert road.done(deliver_held) == 0
        assert road.case_of(case).state is CaseState.READY
        assert not present("alpha_officer").held.opens(compartment_of_exchange(exchange, CompartmentKind.FORWARDED))


def test_consent_withdrawn_during_the_hold_keeps_the_copy_here(app: Flask):
    with app.app_context():
        case, code, exchange = approved()
        road.done(lambda: arrange_sending(case, exchange, actor=present("counselor")))
        road.done(lambda: withdraw_consent(road.case_of(case), actor=consulter(code)))
        road.let_hours_pass(25)
        assert road.done(deliver_held) == 0
        assert db().get_one(Exchange, exchange.id).routed_at is None
        assert not present("alpha_officer").held.opens(compartment_of_exchange(exchange, CompartmentKind.FORWARDED))


def test_a_recall_after_delivery_closes_what_the_company_could_read(app: Flask):
    with app.app_context():
        case, code = road.triaged()
        exchange = road.routed(case, code)
        forwarded = compartment_of_exchange(exchange, CompartmentKind.FORWARDED)
        assert present("alpha_officer").held.opens(forwarded)
        road.recalled(exchange)
        assert road.case_of(case).state is CaseState.RECALLED
        assert not present("alpha_officer").held.opens(forwarded)
        assert not running_clocks(exchange.id)
        assert present("counselor").held.opens(forwarded)


def test_what_was_recalled_can_be_sent_anew_or_begun_again(app: Flask):
    with app.app_context():
        case, code = road.triaged()
        exchange = road.routed(case, code)
        road.recalled(exchange)
        road.done(lambda: return_to_ready(road.case_of(case), actor=present("counselor")))
        assert road.routed(road.case_of(case), code).state == "routed"
        road.recalled(exchange)
        road.done(lambda: return_to_triage(road.case_of(case), actor=present("counselor")))
        assert road.case_of(case).state is CaseState.TRIAGE
        # What was recalled stays as it was; what is begun anew is another exchange with its own copies.
        anew = road.copied(road.case_of(case))
        assert (anew.number, anew.exchange_id != exchange.id) == (1, True)
        assert db().get_one(Exchange, exchange.id).closed_because == "recalled"


def test_with_the_officer_excluded_the_consulter_is_asked_and_the_deputy_alone_can_read(app: Flask):
    with app.app_context():
        case, _code, exchange = approved()
        road.done(lambda: exclude(case, person("alpha_officer"), "consulter", actor=present("counselor")))
        became = road.done(lambda: arrange_sending(case, exchange, actor=present("counselor")))
        assert became is Sending.ASK_FIRST
        assert db().get_one(Exchange, exchange.id).hold_until is None
        road.done(lambda: arrange_sending(case, exchange, consulter_agrees=True, actor=present("counselor")))
        road.let_hours_pass(25)
        assert road.done(deliver_held) == 1
        found = db().get_one(Exchange, exchange.id)
        assert (found.via, found.addressee_id) == ("deputy", person("alpha_deputy").id)
        forwarded = compartment_of_exchange(found, CompartmentKind.FORWARDED)
        assert present("alpha_deputy").held.opens(forwarded)
        assert not present("alpha_officer").held.opens(forwarded)


def test_an_exclusion_during_the_hold_stops_the_delivery(app: Flask):
    with app.app_context():
        case, _code, exchange = approved()
        road.done(lambda: arrange_sending(case, exchange, actor=present("counselor")))
        road.done(lambda: exclude(case, person("alpha_officer"), "consulter", actor=present("counselor")))
        road.let_hours_pass(25)
        assert road.done(deliver_held) == 0
        assert "exchange.call_off" in events_of(case)
        assert not present("alpha_officer").held.opens(compartment_of_exchange(exchange, CompartmentKind.FORWARDED))
        assert running_clock(case.id, ClockKind.ROUTE) is not None


def test_when_everybody_is_excluded_nothing_is_sent(app: Flask):
    with app.app_context():
        case, _code, exchange = approved()
        for key in ("alpha_officer", "alpha_deputy", "alpha_representative"):
            road.done(lambda key=key: exclude(case, person(key), "consulter", actor=present("counselor")))
        became = road.done(lambda: arrange_sending(case, exchange, consulter_agrees=True, actor=present("counselor")))
        assert became is Sending.NOBODY


@pytest.mark.parametrize(("key", "via"), [("beta", "deputy"), ("gamma", "representative")])
def test_a_vacancy_is_noted_and_the_next_in_order_receives(app: Flask, key: str, via: str):
    with app.app_context():
        exchange = road.routed(company=key)
        assert exchange.via == via
        assert running_clock(company(key).id, ClockKind.VACANCY) is not None


def test_a_new_addressee_gets_the_copy_and_the_old_one_loses_it(app: Flask):
    with app.app_context():
        case, code = road.triaged()
        exchange = road.routed(case, code)
        forwarded = compartment_of_exchange(exchange, CompartmentKind.FORWARDED)
        road.done(lambda: exclude(case, person("alpha_officer"), "desk", actor=present("counselor")))
        road.done(lambda: reroute(road.case_of(case), exchange, "conflict", actor=present("counselor")))
        assert not present("alpha_officer").held.opens(forwarded)
        became = road.done(
            lambda: route_again(road.case_of(case), exchange, consulter_agrees=True, actor=present("counselor"))
        )
        assert became is Sending.DELIVERED
        assert present("alpha_deputy").held.opens(forwarded)
        assert not present("alpha_officer").held.opens(forwarded)


def test_the_same_copy_cannot_be_sent_twice(app: Flask):
    with app.app_context():
        case, _code, exchange = approved(severity=Severity.HIGH)
        road.done(lambda: arrange_sending(case, exchange, actor=present("counselor")))
        with pytest.raises(NotAllowedNow):
            road.done(lambda: arrange_sending(road.case_of(case), exchange, actor=present("counselor")))


def test_a_closed_case_lets_nothing_wait(app: Flask):
    with app.app_context():
        case, code, exchange = approved()
        road.done(lambda: arrange_sending(case, exchange, actor=present("counselor")))
        road.done(lambda: withdraw_consent(road.case_of(case), actor=consulter(code)))
        road.done(lambda: close_case(road.case_of(case), Outcome.NO_CONSENT, actor=present("counselor")))
        found = road.case_of(case)
        assert (found.state, running_clocks(case.id)) == (CaseState.CLOSED, [])
        assert latest_copy(exchange) is not None
        assert db().get_one(Exchange, exchange.id).state == "closed"
