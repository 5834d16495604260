"""Sending: a copy goes to the right person of a company after the hold, or is taken away and goes to somebody else."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from enum import Enum

from sqlalchemy import Select, select

from app.cases.actions.approved import is_as_laid_out, refuse_unless_approved
from app.cases.actions.copies import lay_out_what_is_sent, prepare_again
from app.cases.queries import exchanges_of, goes_again, may_send, severity_of, who_receives
from app.cases.recalls import recall_that_waits
from app.clocks.actions import meet_clocks, start_clock, stop_clocks
from app.clocks.queries import calendar, running_clock
from app.consents.actions import record_delivery
from app.custody.actions import end_grants_to_companies, grant_to_person, grant_to_seat
from app.custody.queries import compartment_of_exchange, open_epoch, seat_of
from app.incidents.queries import copy_still_holds, group_of
from app.pipeline.acting import perform
from app.pipeline.acting_on_cases import perform_on_case
from app.pipeline.audit import of_case, of_company, record
from app.pipeline.clock import now
from app.pipeline.first_look import Moment
from app.pipeline.identity import THE_CLOCK, Actor
from app.pipeline.one_by_one import one_by_one
from app.pipeline.outbox import queue_mail
from app.pipeline.standing import must_be_allowed, towards_case
from app.pipeline.transaction import db
from app.responses.actions import forget_drafts
from app.rulebook.queries import deadlines_at
from app.watch.actions.watching import note_disclosure
from models.case import Case
from models.company import Company
from models.compartment_grant import CompartmentGrant
from models.exchange import Exchange
from models.person import Person
from models.rules.case_lifecycle import CASE_LIFECYCLE, WITH_THE_COMPANY, CaseAct, CaseState
from models.rules.company_duties import DUTY_OF_CLOCK
from models.rules.deadlines import ClockKind, due
from models.rules.decision import Decision, refused
from models.rules.lifecycle import NotAllowedNow
from models.rules.mail_kinds import MailKind
from models.rules.membership import owes_an_officer
from models.rules.people import CompartmentKind, Role, Standing, opened_at_routing
from models.rules.permissions import Permission
from models.rules.recalls import RecallAnswer
from models.rules.routing import Addressee, Hold

AT_A_TIME = 50


class Sending(Enum):
    """What became of an arrangement to send."""

    DELIVERED = "delivered"
    WAITS = "waits"
    ASK_FIRST = "ask_first"
    """Somebody who would receive it is excluded: the consulter is asked about the addressee first."""
    NOBODY = "nobody"
    NOT_AS_APPROVED = "not_as_approved"
    """The text is not, byte for byte, the one that the consulter approved: nothing is sent."""


def arrange_sending(case: Case, exchange: Exchange, *, consulter_agrees: bool = False, actor: Actor) -> Sending:
    """Send an approved copy: at once when the matter is grave, else when the hold is over and the clock delivers it.

    ``consulter_agrees`` says that she was asked about the addressee, which a conflict makes necessary.
    """
    must_be_allowed(Permission.CASE_ROUTE, actor=actor, standing=towards_case(actor, case))
    may_go = case.state is CaseState.READY or case.state in WITH_THE_COMPANY
    if not may_go or exchange.state != "preparing" or exchange.hold_until is not None or not may_go_out(case, exchange):
        raise NotAllowedNow(CASE_LIFECYCLE.name, case.state, CaseAct.ROUTE)
    to = _addressee_or_vacancy(case, exchange, actor=actor)
    if isinstance(to, Hold):
        return Sending.NOBODY
    if to.asks_the_consulter_first and not consulter_agrees:
        return Sending.ASK_FIRST
    if refuse_unless_approved(case, exchange, actor=actor):
        return Sending.NOT_AS_APPROVED
    lay_out_what_is_sent(case, exchange, actor=actor)
    _let_them_read(exchange, to, actor=actor)
    # A group's numbers wait for whoever takes herself out, however grave the group was found to be.
    severity = None if group_of(case) else severity_of(case)
    hold = due(ClockKind.SEND_HOLD, from_=now(), calendar=calendar(), policy=deadlines_at(now()), severity=severity)
    if hold.due_at <= now():
        _deliver(case, exchange, to, CaseAct.ROUTE, actor=actor)
        return Sending.DELIVERED
    exchange.arranged_by_id, exchange.hold_until, exchange.via = actor.id, hold.due_at, to.via.value
    exchange.version += 1
    case.version += 1
    record(of_case(case), "exchange.arrange", actor=actor, facts={"exchange_id": exchange.id.hex, "via": to.via.value})
    meet_clocks(case, [ClockKind.ROUTE])
    start_clock(case, ClockKind.SEND_HOLD, due_date=hold)
    return Sending.WAITS


def may_go_out(case: Case, exchange: Exchange) -> Decision:
    """Whether this copy may leave for the first time; a group's must still be true of those who are counted in it."""
    allowed = may_send(case, exchange)
    return refused("counts_changed") if allowed and not copy_still_holds(case) else allowed


def held_until(at: Moment) -> Select[Exchange]:
    """What has waited out its hold at a moment, and has neither gone out nor been called off."""
    return select(Exchange).where(Exchange.state == "preparing", Exchange.hold_until <= at)


def deliver_held() -> int:
    """Deliver what has waited out its hold; called by the clock. Returns how many went out."""
    held = (
        db()
        .scalars(held_until(now()).order_by(Exchange.hold_until).limit(AT_A_TIME).with_for_update(skip_locked=True))
        .all()
    )
    return one_by_one(held, _deliver_or_call_off, work="deliver_held")


def _deliver_or_call_off(exchange: Exchange) -> bool:
    case = db().scalars(select(Case).where(Case.id == exchange.case_id).with_for_update()).one()
    may_go = case.state is CaseState.READY or case.state in WITH_THE_COMPANY
    to = who_receives(case, exchange.company_id)
    if not may_go or not may_go_out(case, exchange):
        call_off(case, exchange, "no_longer_allowed", actor=THE_CLOCK)
        return False
    if not is_as_laid_out(exchange):
        call_off(case, exchange, "not_as_approved", actor=THE_CLOCK)
        return False
    if isinstance(to, Hold) or to.via.value != exchange.via or not _can_read(exchange, to):
        # The clock holds no keys: whoever is addressed now must be given them by the desk.
        call_off(case, exchange, "addressee_changed", actor=THE_CLOCK)
        return False
    _deliver(case, exchange, to, CaseAct.DELIVER, actor=THE_CLOCK)
    return True


def call_off(case: Case, exchange: Exchange, reason_code: str, *, actor: Actor) -> None:
    """Take an arrangement back before anything was delivered."""
    end_grants_to_companies(exchange, at=now())
    exchange.arranged_by_id = exchange.hold_until = exchange.via = None
    exchange.version += 1
    case.version += 1
    facts = {"exchange_id": exchange.id.hex, "reason_code": reason_code}
    record(of_case(case), "exchange.call_off", actor=actor, facts=dict(facts))
    stop_clocks(case, [ClockKind.SEND_HOLD])
    if case.state is CaseState.READY:
        start_clock(case, ClockKind.ROUTE)


def call_off_if_waiting(case: Case, exchange: Exchange, reason_code: str, *, actor: Actor) -> None:
    """Take an arrangement back where there is one that waits out its hold."""
    if exchange.state == "preparing" and exchange.hold_until is not None:
        call_off(case, exchange, reason_code, actor=actor)


def return_to_ready(case: Case, *, actor: Actor) -> None:
    """After a recall: the same copy may be sent anew."""
    _after_recall(case, CaseAct.RETURN_TO_READY, actor=actor)
    for exchange in _recalled_last(exchanges_of(case)):
        prepare_again(exchange)
    start_clock(case, ClockKind.ROUTE)


def _recalled_last(exchanges: Sequence[Exchange]) -> list[Exchange]:
    """What was recalled and nothing was begun after; an earlier recall of the same company's copy stays as it was."""
    newest: dict[uuid.UUID, Exchange] = {}
    for exchange in sorted(exchanges, key=lambda one: (one.closed_at is None, one.closed_at or now())):
        newest[exchange.company_id] = exchange
    return [exchange for exchange in newest.values() if exchange.closed_because == "recalled"]


def return_to_triage(case: Case, *, actor: Actor) -> None:
    """After a recall: begin again, for instance because the wrong company was picked."""
    _after_recall(case, CaseAct.RETURN_TO_TRIAGE, actor=actor)
    stop_clocks(case, [ClockKind.ROUTE])
    start_clock(case, ClockKind.TRIAGE, severity=severity_of(case))


def _after_recall(case: Case, act: CaseAct, *, actor: Actor) -> None:
    perform(CASE_LIFECYCLE, case, act, actor=actor, standing=towards_case(actor, case), subject=of_case(case))


def reroute(case: Case, exchange: Exchange, reason_code: str, *, actor: Actor) -> None:
    """Take a copy from the one it went to, so that it can go to somebody else of the same company."""
    if exchange.state != "routed":
        raise NotAllowedNow(CASE_LIFECYCLE.name, case.state, CaseAct.REROUTE)
    perform_on_case(case, CaseAct.REROUTE, actor=actor, facts={"reason_code": reason_code})
    _overtake_a_recall(exchange)
    forget_drafts(exchange, actor=actor)
    end_grants_to_companies(exchange, at=now())
    prepare_again(exchange)
    stop_clocks(exchange)
    start_clock(case, ClockKind.ROUTE)


def route_again(case: Case, exchange: Exchange, *, consulter_agrees: bool = False, actor: Actor) -> Sending:
    """Send the copy to whoever receives it now; what was delivered once has waited out its hold."""
    must_be_allowed(Permission.CASE_ROUTE, actor=actor, standing=towards_case(actor, case))
    if not goes_again(case, exchange) or not may_send(case, exchange):
        raise NotAllowedNow(CASE_LIFECYCLE.name, case.state, CaseAct.ROUTE_AGAIN)
    to = _addressee_or_vacancy(case, exchange, actor=actor)
    if isinstance(to, Hold):
        return Sending.NOBODY
    if to.asks_the_consulter_first and not consulter_agrees:
        return Sending.ASK_FIRST
    if refuse_unless_approved(case, exchange, actor=actor):
        return Sending.NOT_AS_APPROVED
    lay_out_what_is_sent(case, exchange, actor=actor)
    _let_them_read(exchange, to, actor=actor)
    _deliver(case, exchange, to, CaseAct.ROUTE_AGAIN, actor=actor)
    return Sending.DELIVERED


def close_exchange(case: Case, exchange: Exchange, because: str, *, actor: Actor) -> None:
    """End what passes with a company; unless it was told and finished in good order, the company reads it no longer."""
    if exchange.state == "closed":
        return
    was_sent = exchange.state == "routed"
    _overtake_a_recall(exchange)
    forget_drafts(exchange, actor=actor)
    if because != "finished" or not was_sent:
        end_grants_to_companies(exchange, at=now())
    exchange.state, exchange.closed_at, exchange.closed_because = "closed", now(), because
    exchange.arranged_by_id = exchange.hold_until = None
    exchange.version += 1
    stop_clocks(exchange)
    facts = {"exchange_id": exchange.id.hex, "reason_code": because}
    record(of_case(case), "exchange.close", actor=actor, facts=dict(facts))
    addressee = db().get(Person, exchange.addressee_id) if exchange.addressee_id else None
    if was_sent and addressee is not None:
        queue_mail(addressee, MailKind.UPDATE, actor=actor, key=f"closed:{exchange.id.hex}:{exchange.version}")


def _overtake_a_recall(exchange: Exchange) -> None:
    """The company has the copy no longer: there is nothing left for a second person to agree to."""
    asked = recall_that_waits(exchange)
    if asked is not None:
        asked.answer, asked.answered_at = RecallAnswer.OVERTAKEN, now()


def _addressee_or_vacancy(case: Case, exchange: Exchange, *, actor: Actor) -> Addressee | Hold:
    to = who_receives(case, exchange.company_id)
    if Role.OFFICER in to.vacancies:
        _note_vacancy(db().get_one(Company, exchange.company_id), to, actor=actor)
    return to


def _note_vacancy(company: Company, to: Addressee | Hold, *, actor: Actor) -> None:
    if not owes_an_officer(company.member_type) or running_clock(company.id, ClockKind.VACANCY) is not None:
        return
    clock = start_clock(company, ClockKind.VACANCY)
    record(of_company(company), "company.note_vacancy", actor=actor, facts={"role": Role.OFFICER.value})
    for person_id in to.person_ids if isinstance(to, Addressee) else ():
        person = db().get_one(Person, uuid.UUID(person_id))
        queue_mail(person, MailKind.UPDATE, actor=actor, key=f"vacancy:{clock.id.hex}")


def _let_them_read(exchange: Exchange, to: Addressee, *, actor: Actor) -> None:
    """Grant the copy to the addressed seat; where an excluded person sits on it too, to the addressees by name."""
    for kind in opened_at_routing(to.seat):
        compartment = compartment_of_exchange(exchange, kind)
        if compartment is None:
            continue
        secret = actor.held.compartment_secret(compartment)
        if to.office_is_safe:
            grant_to_seat(compartment, secret, to.seat, company_id=exchange.company_id)
        else:
            for person_id in to.person_ids:
                grant_to_person(compartment, secret, db().get_one(Person, uuid.UUID(person_id)))
    db().flush()


def _can_read(exchange: Exchange, to: Addressee) -> bool:
    forwarded = compartment_of_exchange(exchange, CompartmentKind.FORWARDED)
    if forwarded is None:
        return False
    granted = select(CompartmentGrant.id).where(
        CompartmentGrant.compartment_id == forwarded.id, CompartmentGrant.ended_at.is_(None)
    )
    if not to.office_is_safe:
        named = [uuid.UUID(person_id) for person_id in to.person_ids]
        by_name = db().scalars(granted.where(CompartmentGrant.person_id.in_(named))).all()
        by_seat = db().scalar(granted.where(CompartmentGrant.seat_epoch_id.in_(_epochs_of(exchange, to))))
        return len(by_name) == len(named) and by_seat is None
    return db().scalar(granted.where(CompartmentGrant.seat_epoch_id.in_(_epochs_of(exchange, to)))) is not None


def _epochs_of(exchange: Exchange, to: Addressee) -> list[uuid.UUID]:
    seat = seat_of(to.seat, company_id=exchange.company_id)
    epoch = open_epoch(seat) if seat else None
    return [epoch.id] if epoch else []


def _deliver(case: Case, exchange: Exchange, to: Addressee, act: CaseAct, *, actor: Actor) -> None:
    seat = seat_of(to.seat, company_id=exchange.company_id)
    if seat is None:
        raise RuntimeError("every company has its seats")
    at = now()
    exchange.state, exchange.routed_at, exchange.seat_id = "routed", at, seat.id
    exchange.addressee_id, exchange.via = uuid.UUID(to.person_ids[0]), to.via.value
    exchange.hold_until = None
    exchange.version += 1
    facts = {"exchange_id": exchange.id.hex}
    if CASE_LIFECYCLE.allows(case.state, act):
        standing = Standing.NONE if actor is THE_CLOCK else towards_case(actor, case)
        perform(CASE_LIFECYCLE, case, act, actor=actor, standing=standing, subject=of_case(case), facts=dict(facts))
    else:
        # Another company of the same case was told before; the case itself is already with a company.
        record(of_case(case), "exchange.deliver", actor=actor, facts=dict(facts))
        case.version += 1
    db().flush()
    record_delivery(exchange, [uuid.UUID(person_id) for person_id in to.person_ids], actor=actor)
    for kind in DUTY_OF_CLOCK:
        start_clock(exchange, kind, from_=at)
    meet_clocks(case, [ClockKind.ROUTE, ClockKind.SEND_HOLD])
    start_clock(case, ClockKind.PROGRESS_NOTE)
    note_disclosure(case, actor=actor)
    for person_id in to.person_ids:
        person = db().get_one(Person, uuid.UUID(person_id))
        queue_mail(person, MailKind.UPDATE, actor=actor, key=f"routed:{exchange.id.hex}:{exchange.version}")
