"""What lies with a company follows its people, and is due again when it was returned; no clock starts again for it."""

from __future__ import annotations

import uuid

from app.clocks.actions import counting, start_clock
from app.clocks.queries import clocks_of
from app.custody.actions import end_grants_to_companies, open_seat, queue_grants
from app.people.queries import candidates_of
from app.pipeline.audit import Fact, of_case, record
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.outbox import queue_mail
from app.pipeline.transaction import db
from app.responses.queries import excluded_from, in_hand_of_company
from app.rulebook.queries import deadlines_at
from models.exchange import Exchange
from models.person import Person
from models.rules.deadlines import ClockKind, DueDate, due
from models.rules.mail_kinds import MailKind
from models.rules.routing import Addressee, addressee


def restart_report_clock(exchange: Exchange) -> None:
    """A returned report is due again: on its old day or, when that is near or over, a review's length from now."""
    at = now()
    old = [clock for clock in clocks_of(exchange.id) if clock.kind is ClockKind.FINAL_REPORT]
    counted_by, closures = counting(exchange, ClockKind.FINAL_REPORT, at)
    again = due(ClockKind.REVIEW, from_=at, calendar=counted_by, policy=deadlines_at(at), company_closures=closures)
    if old and old[-1].due_at > again.due_at:
        kept = old[-1]
        again = DueDate(
            kept.due_at, kept.policy_version, kept.calendar_version, kept.explanation_ja, kept.explanation_en
        )
    start_clock(exchange, ClockKind.FINAL_REPORT, due_date=again)


def pass_on(company_id: uuid.UUID, *, actor: Actor) -> None:
    """What lies with a company goes to whom the rules name now: the officer, else the deputy, else the representative.

    No clock starts again. Where a conflict makes the address unsafe, or nobody is left, the desk settles it.
    """
    at, candidates = now(), candidates_of(company_id)
    for exchange in in_hand_of_company(company_id):
        found = addressee(candidates, excluded=excluded_from(exchange.case_id), now=at)
        if not isinstance(found, Addressee) or not found.office_is_safe:
            continue
        people = [uuid.UUID(person_id) for person_id in found.person_ids]
        if exchange.via == found.via.value and exchange.addressee_id in people:
            continue
        _hand_over(exchange, db().get_one(Person, people[0]), found, actor=actor)


def _hand_over(exchange: Exchange, person: Person, found: Addressee, *, actor: Actor) -> None:
    seat = open_seat(found.seat, company_id=exchange.company_id)
    if exchange.seat_id != seat.id:
        end_grants_to_companies(exchange, at=now(), but_drafts_of=seat)
        exchange.seat_id = seat.id
        db().flush()
        queue_grants(exchange, seat)
    exchange.addressee_id, exchange.via = person.id, found.via.value
    exchange.version += 1
    facts: dict[str, Fact] = {"exchange_id": exchange.id.hex, "person_id": person.id.hex}
    record(of_case(exchange.case_id), "exchange.hand_over", actor=actor, facts=facts)
    queue_mail(person, MailKind.UPDATE, actor=actor, key=f"{exchange.id.hex}-handed-over-{exchange.version}")
