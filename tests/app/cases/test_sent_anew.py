"""A case that was opened again is sent to the same company anew, and what was over stays as it was."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from app.cases.actions import arrange_sending, monitor, reopen, return_to_ready, return_to_triage
from app.cases.queries import exchanges_of, reports_of
from app.clocks.queries import running_clock
from app.custody.queries import compartment_of_exchange
from app.mailbox.queries import pending_copies
from app.pipeline.transaction import db
from app.responses.queries import stage_now
from models.case import Case
from models.clock import Clock
from models.compartment import Compartment
from models.exchange import Exchange
from models.rules.case_lifecycle import CaseState
from models.rules.deadlines import ClockKind
from models.rules.exchange_stage import ExchangeStage
from models.rules.lifecycle import NotAllowedNow
from models.rules.people import CompartmentKind
from tests.support import road
from tests.support.present import present

AGAIN = road.FORWARDED + "その後、同じことがまた起きたとのことです。"


def by_the_desk(case: Case, act: object, *rest: object) -> None:
    road.done(lambda: act(road.case_of(case), *rest, actor=present("counselor")))  # type: ignore[operator]


def newest(case: Case, but: Exchange) -> Exchange:
    return db().scalars(select(Exchange).where(Exchange.case_id == case.id, Exchange.id != but.id)).one()


def forwarded_of(exchange: Exchange) -> Compartment:
    found = compartment_of_exchange(exchange, CompartmentKind.FORWARDED)
    assert found is not None
    return found


def of_it(exchange: Exchange) -> tuple[object, ...]:
    """What an exchange came to: all that must not change when the case is sent anew."""
    return (
        exchange.reference,
        exchange.routed_at,
        exchange.acknowledged_at,
        exchange.reported_at,
        exchange.accepted_at,
        [report.id for report in reports_of(exchange)],
    )


def test_a_case_reopened_from_monitoring_is_sent_to_the_same_company_anew_and_the_old_exchange_is_kept(
    app: Flask,
) -> None:
    with app.app_context():
        case, code = road.triaged()
        old = road.fed_back(road.routed(case, code))
        by_the_desk(case, monitor)
        before = of_it(db().get_one(Exchange, old.id))
        by_the_desk(case, reopen, "recurrence")
        copy = road.copied(road.case_of(case), text=AGAIN)
        new = newest(case, but=old)
        assert [one.id for one in pending_copies(road.case_of(case))] == [copy.id]
        with pytest.raises(NotAllowedNow):
            # Her word for the first copy is no word for this one.
            by_the_desk(case, arrange_sending, new)
        road.approved(road.case_of(case), code, copy)
        road.routed(road.case_of(case), code)
        kept = db().get_one(Exchange, old.id, populate_existing=True)
        assert (kept.state, kept.closed_because, of_it(kept)) == ("closed", "finished", before)
        assert (road.case_of(case).state, stage_now(new)) == (CaseState.ROUTED, ExchangeStage.NEW)
        assert new.reference != kept.reference
        assert present("alpha_officer").held.opens(forwarded_of(kept)), "the company keeps what it answered"
        began: datetime | None = db().scalar(
            select(Clock.started_at).where(Clock.subject_id == new.id, Clock.kind == ClockKind.OFFICER_ACK)
        )
        assert began == new.routed_at
        assert running_clock(old.id, ClockKind.OFFICER_ACK) is None
        road.fed_back(new)
        assert road.case_of(case).state is CaseState.FEEDBACK


def test_a_company_that_still_owes_its_answer_keeps_what_lies_with_it_when_the_case_is_reopened(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged()
        copies = [road.copied(road.case_of(case), key) for key in ("alpha", "delta")]
        for copy in copies:
            road.approved(road.case_of(case), code, copy)
        answered = road.routed(road.case_of(case), code)
        silent = road.routed(road.case_of(case), code, company="delta")
        road.fed_back(answered)
        by_the_desk(case, monitor)
        by_the_desk(case, reopen, "recurrence")
        states = {one.id: one.state for one in exchanges_of(road.case_of(case))}
        assert states == {answered.id: "closed", silent.id: "routed"}
        with pytest.raises(NotAllowedNow):
            road.copied(road.case_of(case), "delta", text=AGAIN)


def test_of_two_recalls_from_one_company_the_later_alone_is_made_ready_again(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged()
        first = road.recalled(road.routed(case, code))
        by_the_desk(case, return_to_triage)
        second = road.recalled(road.routed(road.case_of(case), code))
        by_the_desk(case, return_to_ready)
        states = {one.id: one.state for one in exchanges_of(road.case_of(case))}
        assert states == {first.id: "closed", second.id: "preparing"}
