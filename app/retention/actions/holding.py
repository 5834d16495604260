"""Holds: one is set for a reason until a day of review, looked at again, and lifted for a reason; each is recorded."""

from __future__ import annotations

import uuid
from datetime import date

from app.cases.queries import excluded_from
from app.people.queries import serving
from app.pipeline.audit import of_case, record, take_turn
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.outbox import queue_mail
from app.pipeline.standing import must_be_allowed, towards_case
from app.pipeline.transaction import db
from app.retention.queries import content_goes, goes_on_in, hold_on, name_is_going, version_of_holds
from models.case import Case
from models.legal_hold import LegalHold
from models.person import Person
from models.rules.erasure import HoldEnd, HoldReason
from models.rules.holds import HoldRefusal
from models.rules.mail_kinds import MailKind
from models.rules.people import OVERSEERS
from models.rules.permissions import Permission


class HoldRefused(Exception):
    """It is not set, prolonged or lifted, for one of the reasons of the rules; nothing was done."""

    def __init__(self, refusal: HoldRefusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


def set_hold(case: Case, reason: HoldReason, *, review_on: date, seen: int | None, actor: Actor) -> LegalHold:
    """From now on nothing of the case is erased. Raises HoldRefused when it goes already, or is held meanwhile."""
    person_id = _who_may(Permission.RETENTION_HOLD, case, actor)
    if _in_turn(case, seen=seen) is not None:
        raise HoldRefused(HoldRefusal.CHANGED)
    if content_goes(case):
        raise HoldRefused(HoldRefusal.ORDERED)
    if name_is_going(case):
        # It would say that nothing goes any more, and the name would go.
        raise HoldRefused(HoldRefusal.NAME_GOES)
    hold = LegalHold(id=uuid.uuid4(), case_id=case.id, reason=reason, set_by_id=person_id, set_at=now())
    hold.version, hold.review_on = version_of_holds(case) + 1, review_on
    db().add(hold)
    db().flush()
    record(
        of_case(case),
        "hold.set",
        actor=actor,
        facts={"hold_id": hold.id.hex, "hold_reason": reason.value, "review_on": review_on.isoformat()},
    )
    return hold


def review_hold(case: Case, *, review_on: date, seen: int | None, actor: Actor) -> LegalHold:
    """Somebody has looked at the hold again, and it goes on until another day of review. Raises HoldRefused."""
    _who_may(Permission.RETENTION_HOLD, case, actor)
    hold = _lasting(case, seen=seen)
    hold.review_on = review_on
    hold.version += 1
    record(
        of_case(case),
        "hold.review",
        actor=actor,
        facts={"hold_id": hold.id.hex, "hold_reason": hold.reason.value, "review_on": review_on.isoformat()},
    )
    db().flush()
    return hold


def lift_hold(case: Case, because: HoldEnd, *, seen: int | None, actor: Actor) -> LegalHold:
    """The hold is over: what is past its term goes when it has rested, and others may hold it again until then.

    Raises HoldRefused.
    """
    person_id = _who_may(Permission.RETENTION_LIFT, case, actor)
    hold = _lasting(case, seen=seen)
    hold.lifted_at, hold.lifted_by_id, hold.lifted_because = now(), person_id, because
    hold.version += 1
    record(of_case(case), "hold.lift", actor=actor, facts={"hold_id": hold.id.hex, "hold_end": because.value})
    db().flush()
    _tell_the_others(case, hold, actor)
    return hold


def _tell_the_others(case: Case, hold: LegalHold, actor: Actor) -> None:
    """Whoever set it, and all who may set it again, unless they are kept from the case."""
    at, kept_away = now(), excluded_from(case)
    setter = db().get_one(Person, hold.set_by_id)
    for person in {setter, *serving(at, *OVERSEERS)}:
        if person.id != actor.id and person.id not in kept_away and person.serves_at(at):
            queue_mail(person, MailKind.UPDATE, actor=actor, key=f"hold:{hold.id.hex}:{hold.version}")


def _who_may(permission: Permission, case: Case, actor: Actor) -> uuid.UUID:
    must_be_allowed(permission, actor=actor, standing=towards_case(actor, case))
    if actor.person is None:
        raise TypeError("a person sets and lifts a hold, never the clock")
    return actor.person.id


def _lasting(case: Case, *, seen: int | None) -> LegalHold:
    hold = _in_turn(case, seen=seen)
    if hold is None:
        raise HoldRefused(HoldRefusal.CHANGED)
    return hold


def _in_turn(case: Case, *, seen: int | None) -> LegalHold | None:
    """The hold that lasts, read after whoever else changes it or orders the erasure of its thread is done."""
    thread = goes_on_in(case) or case
    db().refresh(thread, with_for_update=True)
    take_turn(of_case(thread))
    take_turn(of_case(case))
    hold = hold_on(case)
    if hold is not None:
        db().refresh(hold)
    if version_of_holds(case) != seen:
        raise HoldRefused(HoldRefusal.CHANGED)
    return hold
