"""The yearly confirmation: the clock asks, reminds and stops waiting; the company's representative says each pledge."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import Select, exists, func, select

from app.clocks.actions import meet_clocks, start_clock, stop_clocks
from app.clocks.actions.reminding import Reminding, may_be_reminded_of
from app.custody.actions import make_compartment
from app.people.queries import officers_of, serving, whom_to_tell
from app.pipeline.audit import Fact, of_company, record
from app.pipeline.clock import now, today
from app.pipeline.identity import THE_CLOCK, Actor
from app.pipeline.ids import new_id
from app.pipeline.made_once import made_once
from app.pipeline.one_by_one import one_by_one
from app.pipeline.outbox import queue_mail
from app.pipeline.secrets import key_store
from app.pipeline.standing import must_be_allowed, towards_company
from app.pipeline.transaction import db
from app.pledges.queries import AWAITED, compartment_of, said_in
from models.certification import Certification
from models.certification_application import CertificationApplication
from models.clock import Clock
from models.company import Company
from models.compartment import Compartment
from models.confirmed_pledge import ConfirmedPledge
from models.person import Person
from models.pledge_confirmation import PledgeConfirmation
from models.rules.deadlines import ClockKind
from models.rules.mail_kinds import MailKind
from models.rules.people import CompartmentKind, Role
from models.rules.permissions import Permission
from models.rules.pledge_confirmation import (
    ASKED_IN,
    SAYS_WHAT,
    ConfirmationEnd,
    Keeping,
    confirmation_policy_at,
    day_to_ask,
    end_of_waiting,
    silent_about,
)
from models.rules.pledges import Pledge
from models.rules.working_days import add_months, in_japan
from models.sealed import seal_into

Said = Mapping[Pledge, tuple[Keeping | None, str]]


class Incomplete(Exception):
    """Of some pledge nothing was said, or that something is different and not what."""


def follow_confirmations() -> int:
    """Ask every company whose anniversary has come, and stop waiting where nothing is owed any more."""
    owed_no_more = [(confirmation, certification) for confirmation, certification in _OWED_NO_MORE_TAKEN.rows()]
    ended = one_by_one(owed_no_more, lambda pair: _stop_waiting(*pair), work="follow_confirmations")
    to_ask = {db().get_one(Certification, one): day for one, day in _days_to_ask(is_taken=True).items()}
    return ended + one_by_one(to_ask, lambda one: _ask(one, to_ask[one]), work="follow_confirmations")


@made_once
def _running(looked_ahead: datetime) -> Select[Clock]:
    return may_be_reminded_of([ClockKind.PLEDGE_CONFIRMATION], looked_ahead)


_REMINDING = Reminding(
    "remind_of_confirmations",
    _running,
    whom=lambda clock, at: whom_to_tell(clock.subject_id, first=Role.REPRESENTATIVE, at=at),
    note=lambda clock, facts: record(of_company(clock.subject_id), "confirmation.remind", actor=THE_CLOCK, facts=facts),
)


def remind_of_confirmations() -> int:
    """Remind those who have not confirmed, in the rhythm of all reminders; returns how many were mailed."""
    return _REMINDING.remind()


def is_a_confirmation_to_be_reminded_of() -> bool:
    """Whether the day of any reminder has come that was not noted."""
    return _REMINDING.is_one_due()


def confirm(confirmation: PledgeConfirmation, said: Said, *, actor: Actor) -> None:
    """The representative says of each pledge how it is kept; said anew later, the newest stands.

    Raises Incomplete while one of the nine is missing.
    """
    standing = towards_company(actor, confirmation.company_id)
    must_be_allowed(Permission.PLEDGE_CONFIRM, actor=actor, standing=standing)
    if silent_about(said) or confirmation.ended_at is not None:
        raise Incomplete
    person, at = _person_of(actor), now()
    noted = any(note for _keeping, note in said.values())
    compartment = _compartment_for(confirmation, actor) if noted else None
    before = said_in(confirmation)
    for pledge, (keeping, note) in said.items():
        row = before.get(pledge) or ConfirmedPledge(id=new_id(), confirmation_id=confirmation.id, pledge=pledge)
        _say(row, keeping, note, compartment, actor)
        row.said_at, row.said_by_id = at, person.id
        db().add(row)
    if confirmation.confirmed_at is None:
        confirmation.confirmed_at, confirmation.confirmed_by_id = at, person.id
    confirmation.version += 1
    meet_clocks(db().get_one(Company, confirmation.company_id), [ClockKind.PLEDGE_CONFIRMATION])
    keepings = [keeping for keeping, _note in said.values()]
    facts: dict[str, Fact] = {
        "confirmation_id": confirmation.id.hex,
        "changed": keepings.count(Keeping.CHANGED),
        "not_kept": keepings.count(Keeping.NOT_KEPT),
    }
    record(of_company(confirmation.company_id), "confirmation.say", actor=actor, facts=facts)
    if any(keeping in SAYS_WHAT for keeping in keepings):
        for desk in serving(at, Role.COUNSELOR, Role.MANAGER):
            key = f"confirmation:{confirmation.id.hex}:{confirmation.version}"
            queue_mail(desk, MailKind.UPDATE, actor=actor, key=key)


def _say(
    row: ConfirmedPledge, keeping: Keeping | None, note: str, compartment: Compartment | None, actor: Actor
) -> None:
    if keeping is None:
        raise Incomplete
    row.keeping, row.sealed_note, row.compartment_id = keeping, None, None
    if note and compartment is not None:
        row.compartment_id = compartment.id
        seal_into(row, "sealed_note", note, key=actor.held.compartment_key(compartment))


def _compartment_for(confirmation: PledgeConfirmation, actor: Actor) -> Compartment:
    found = compartment_of(confirmation)
    if found is not None:
        return found
    key_store().make(confirmation.id, at=now())
    made, _secret = make_compartment(
        CompartmentKind.PLEDGES, confirmation=confirmation, company_id=confirmation.company_id, actor=actor
    )
    db().flush()
    return made


def is_a_confirmation_due() -> bool:
    """Whether any company is to be asked, or nothing is owed any more by one that was."""
    return _ONE_OWED_NO_MORE.rows().first() is not None or bool(_days_to_ask(is_taken=False))


def _days_to_ask(*, is_taken: bool) -> dict[uuid.UUID, date]:
    """Those whose anniversary has come, with that day: they were not asked for a year, and are not asked now.

    Whoever is spared, having filed all nine pledges shortly before, is told apart here: it would be looked at again
    with every turn of the clock until the next anniversary.
    """
    query = _UNASKED_TAKEN if is_taken else _unasked
    policy, on = confirmation_policy_at(now()), today()
    found = query.rows(add_months(on, -policy.every_months), on)
    days = {
        certification_id: day_to_ask(
            first_day=first,
            last_day=last,
            filed_on=in_japan(filed_at).date() if filed_at else None,
            on=on,
            policy=policy,
        )
        for certification_id, first, last, filed_at in found
        if first is not None and last is not None
    }
    return {certification_id: day for certification_id, day in days.items() if day is not None}


@made_once
def _unasked(year_ago: date, day: date) -> Select[uuid.UUID, date | None, date | None, datetime | None]:
    asked = exists().where(
        PledgeConfirmation.certification_id == Certification.id, PledgeConfirmation.asked_for > year_ago
    )
    awaited = exists().where(PledgeConfirmation.company_id == Certification.company_id, AWAITED)
    filed = (
        select(func.max(CertificationApplication.submitted_at))
        .where(CertificationApplication.certification_id == Certification.id)
        .scalar_subquery()
    )
    return (
        select(Certification.id, Certification.valid_from, Certification.valid_to, filed)
        .where(
            Certification.state.in_(ASKED_IN),
            Certification.valid_from <= year_ago,
            Certification.valid_to >= day,
            ~asked,
            ~awaited,
        )
        .order_by(Certification.id)
    )


_UNASKED_TAKEN = _unasked.changed(lambda asked: asked.with_for_update(skip_locked=True, of=Certification))


def _ask(certification: Certification, day: date) -> bool:
    company = db().get_one(Company, certification.company_id)
    confirmation = PledgeConfirmation(
        id=new_id(),
        company_id=company.id,
        certification_id=certification.id,
        version=1,
        asked_for=day,
        asked_at=now(),
    )
    db().add(confirmation)
    start_clock(company, ClockKind.PLEDGE_CONFIRMATION)
    facts: dict[str, Fact] = {"confirmation_id": confirmation.id.hex, "asked_for": day.isoformat()}
    record(of_company(company), "confirmation.ask", actor=THE_CLOCK, facts=facts)
    for person in officers_of(company.id, at=now()):
        queue_mail(person, MailKind.UPDATE, actor=THE_CLOCK, key=f"confirmation:{confirmation.id.hex}")
    return True


@made_once
def _no_longer_owed() -> Select[PledgeConfirmation, Certification]:
    return (
        select(PledgeConfirmation, Certification)
        .join(Certification, Certification.id == PledgeConfirmation.certification_id)
        .where(AWAITED, Certification.state.not_in(ASKED_IN))
        .order_by(PledgeConfirmation.id)
    )


_OWED_NO_MORE_TAKEN = _no_longer_owed.changed(
    lambda asked: asked.with_for_update(skip_locked=True, of=PledgeConfirmation)
)
_ONE_OWED_NO_MORE = _no_longer_owed.changed(lambda asked: asked.limit(1))


def _stop_waiting(confirmation: PledgeConfirmation, certification: Certification) -> bool:
    because = end_of_waiting(certification.state)
    if because is None:
        return False
    company = db().get_one(Company, confirmation.company_id)
    confirmation.ended_at, confirmation.ended_because = now(), because
    confirmation.version += 1
    # A renewal says all nine anew: whoever was asked by a formal request has done it.
    (meet_clocks if because is ConfirmationEnd.RENEWAL_FILED else stop_clocks)(company, [ClockKind.PLEDGE_CONFIRMATION])
    facts: dict[str, Fact] = {"confirmation_id": confirmation.id.hex, "reason_code": because.value}
    record(of_company(company), "confirmation.end", actor=THE_CLOCK, facts=facts)
    return True


def _person_of(actor: Actor) -> Person:
    if actor.person is None:
        raise TypeError("a person confirms")
    return actor.person
