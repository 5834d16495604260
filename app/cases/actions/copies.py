"""The forwarded copy: drafted for one company, put to the consulter, and never sent as anything she has not seen."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from app.cases.actions.approved import note_as_laid_out
from app.cases.actions.resting import let_rest
from app.cases.queries import copies_of, latest_copy, may_draft, receipts_of, road_to
from app.clocks.actions import start_clock
from app.custody.actions import grant_to_receipt, make_compartment
from app.custody.queries import compartment_of_case, compartment_of_exchange
from app.incidents.queries import group_of
from app.pipeline.acting import ChangedMeanwhile
from app.pipeline.acting_on_cases import perform_on_case
from app.pipeline.audit import of_case, record
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.ids import new_number
from app.pipeline.standing import must_be_allowed, towards_case
from app.pipeline.transaction import db
from crypto import CannotOpen
from models.case import Case
from models.company import Company
from models.compartment import Compartment
from models.exchange import Exchange
from models.forwarded_copy import ForwardedCopy
from models.rules.case_lifecycle import CASE_LIFECYCLE, CaseAct, CaseState
from models.rules.consent import ConsentLevel
from models.rules.deadlines import ClockKind
from models.rules.lifecycle import NotAllowedNow
from models.rules.membership import Route
from models.rules.people import CompartmentKind
from models.rules.permissions import Permission
from models.sealed import open_from, seal_into

ACT_BY_STATE = {
    CaseState.TRIAGE: CaseAct.ASK_CONSENT,
    CaseState.ADVICE: CaseAct.OFFER_COPY,
    CaseState.AWAIT_CONSENT: CaseAct.REVISE_COPY,
    CaseState.READY: CaseAct.REOPEN_COPY,
}


def draft_copy(case: Case, company: Company, *, text: str, level: ConsentLevel, actor: Actor) -> ForwardedCopy:
    """Write a version of what one company would be told; nobody outside the desk sees it yet."""
    must_be_allowed(Permission.CASE_PREPARE_COPY, actor=actor, standing=towards_case(actor, case))
    if case.state not in ACT_BY_STATE or not may_draft(case, company, level) or group_of(case) is not None:
        raise NotAllowedNow(CASE_LIFECYCLE.name, case.state, CaseAct.ASK_CONSENT)
    return new_version(case, company, text=text, level=level, actor=actor)


def new_version(case: Case, company: Company, *, text: str, level: ConsentLevel, actor: Actor) -> ForwardedCopy:
    """The next version of a company's copy, sealed where only the desk and the consulter open it."""
    exchange = _exchange_with(case, company)
    _make_ready_for_the_company(case, exchange, actor=actor)
    drafts = _drafts_of(case)
    last = latest_copy(exchange)
    copy = ForwardedCopy(
        id=uuid.uuid4(),
        exchange_id=exchange.id,
        compartment_id=drafts.id,
        number=last.number + 1 if last else 1,
        level=level,
        drafted_by_id=actor.id,
        drafted_at=now(),
    )
    seal_into(copy, "sealed_text", text, key=actor.held.compartment_key(drafts))
    db().add(copy)
    db().flush()
    record(of_case(case), "copy.draft", actor=actor, facts={"copy_id": copy.id.hex})
    return copy


def put_copy(case: Case, copy: ForwardedCopy, *, actor: Actor) -> None:
    """Show the newest version to the consulter and ask whether it may be told."""
    exchange = db().get_one(Exchange, copy.exchange_id)
    newest = latest_copy(exchange)
    if exchange.case_id != case.id or newest is None or newest.id != copy.id or copy.put_at is not None:
        raise ChangedMeanwhile(of_case(case))
    if exchange.state != "preparing" or exchange.hold_until is not None or case.state not in ACT_BY_STATE:
        raise NotAllowedNow(CASE_LIFECYCLE.name, case.state, CaseAct.ASK_CONSENT)
    row = CASE_LIFECYCLE.row_for(case.state, ACT_BY_STATE[case.state])
    perform_on_case(case, row.act, actor=actor, facts={"copy_id": copy.id.hex})
    copy.put_at = now()
    let_rest(case)
    start_clock(case, ClockKind.CONSENT_ANSWER)


def lay_out_what_is_sent(case: Case, exchange: Exchange, *, actor: Actor) -> None:
    """Seal the approved version, and no other one, where the company's key opens it; every other version lies here.

    An older version may lie there because it was sent before and recalled.
    """
    forwarded = compartment_of_exchange(exchange, CompartmentKind.FORWARDED)
    if forwarded is None:
        raise CannotOpen
    drafts, sent = _drafts_of(case), latest_copy(exchange)
    for version in copies_of(exchange):
        place = forwarded if sent is not None and version.id == sent.id else drafts
        if version.compartment_id != place.id:
            key = actor.held.compartment_key(db().get_one(Compartment, version.compartment_id))
            text = open_from(version, "sealed_text", key=key)
            seal_into(version, "sealed_text", text, key=actor.held.compartment_key(place))
            version.compartment_id = place.id
        if place is forwarded:
            note_as_laid_out(version)
    db().flush()


def _drafts_of(case: Case) -> Compartment:
    """Where a copy lies until it is sent: with the narrative, which the desk and the consulter read and nobody else."""
    narrative = compartment_of_case(case, CompartmentKind.NARRATIVE)
    if narrative is None:
        raise CannotOpen
    return narrative


def _exchange_with(case: Case, company: Company) -> Exchange:
    """What is being prepared for this company, or a new one: what is over stays as it was, with its own reference."""
    exchange = db().scalar(
        select(Exchange)
        .where(Exchange.case_id == case.id, Exchange.company_id == company.id, Exchange.state != "closed")
        .with_for_update()
    )
    road = road_to(company)
    if exchange is None:
        exchange = Exchange(
            id=uuid.uuid4(),
            case_id=case.id,
            company_id=company.id,
            state="preparing",
            reference=new_reference(),
            feeds_ladder=road is Route.LADDER,
        )
        db().add(exchange)
        db().flush()
        return exchange
    if exchange.state == "routed" or exchange.hold_until is not None:
        raise NotAllowedNow(CASE_LIFECYCLE.name, case.state, CaseAct.ASK_CONSENT)
    prepare_again(exchange)
    exchange.feeds_ladder = road is Route.LADDER
    return exchange


def prepare_again(exchange: Exchange) -> None:
    """Take up what was recalled, or taken from its addressee, as if it had not been sent yet."""
    exchange.version += 1
    exchange.state, exchange.closed_at, exchange.closed_because = "preparing", None, None
    exchange.seat_id = exchange.addressee_id = exchange.via = None
    exchange.arranged_by_id = exchange.hold_until = None
    exchange.opened_at = exchange.acknowledged_at = exchange.acknowledged_by_id = None
    exchange.responded_at = exchange.responded_how = exchange.reported_at = exchange.accepted_at = None
    exchange.search_noticed_at = None


def new_reference() -> str:
    """What the company calls the matter: it looks like a case's number and shares nothing with it."""
    return new_number("R")


def _make_ready_for_the_company(case: Case, exchange: Exchange, *, actor: Actor) -> None:
    """The compartments that the company's key will open; they are empty until something is sent."""
    if compartment_of_exchange(exchange, CompartmentKind.FORWARDED) is not None:
        return
    forwarded, secret = make_compartment(CompartmentKind.FORWARDED, case=case, exchange=exchange, actor=actor)
    make_compartment(CompartmentKind.REPORT, case=case, exchange=exchange, actor=actor)
    db().flush()
    for receipt in receipts_of(case):
        grant_to_receipt(forwarded, secret, receipt)
    db().flush()
