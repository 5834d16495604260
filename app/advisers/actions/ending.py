"""How an adviser's access ends: its key is destroyed in the key store, and what was sealed with it opens no more."""

from __future__ import annotations

from sqlalchemy import Select, and_, exists, or_, select

from app.pipeline.audit import of_case, record
from app.pipeline.clock import now
from app.pipeline.first_look import Moment
from app.pipeline.identity import THE_CLOCK, Actor
from app.pipeline.one_by_one import one_by_one
from app.pipeline.secrets import key_store
from app.pipeline.transaction import db
from models.adviser_access import AdviserAccess
from models.case import Case
from models.compartment import Compartment
from models.person import Person
from models.rules.adviser_access import AccessEnd
from models.rules.case_lifecycle import OVER
from models.rules.people import CompartmentKind

AT_A_TIME = 200


def finish(access: AdviserAccess, how: AccessEnd, *, actor: Actor) -> None:
    """End an access from this minute on.

    Its key goes first and for good: should the rest be undone, the access opens nothing already, and is ended again.
    """
    at = now()
    if access.key_id is not None:
        key_store().destroy(access.key_id, at=at)
    access.ended_at, access.ended_how, access.sealed_key = at, how, b""
    db().flush()
    facts = {"access_id": access.id.hex, "reason_code": how.value}
    record(of_case(access.case_id), "adviser.end", actor=actor, facts=dict(facts))


def end_accesses_of(person: Person, how: AccessEnd, *, actor: Actor, case: Case | None = None) -> None:
    """End all that somebody was shown, or what was shown of one case."""
    running = select(AdviserAccess).where(AdviserAccess.person_id == person.id, AdviserAccess.ended_at.is_(None))
    if case is not None:
        running = running.where(AdviserAccess.case_id == case.id)
    for access in db().scalars(running).all():
        finish(access, how, actor=actor)


def end_what_was_shown_before(ends: Case, goes: Case, *, actor: Actor) -> None:
    """Two consultations become one: her yes was to the words of one of them, and never to those of both.

    An access to the part that takes in the other's words ends, and whatever was shown or asked of the one that is over.
    """
    parts = select(Compartment.id).where(Compartment.case_id == goes.id, Compartment.kind == CompartmentKind.NARRATIVE)
    running = select(AdviserAccess).where(
        AdviserAccess.ended_at.is_(None),
        or_(
            AdviserAccess.case_id == ends.id,
            and_(AdviserAccess.compartment_id.in_(parts), AdviserAccess.agreed_at.is_not(None)),
        ),
    )
    for access in db().scalars(running.order_by(AdviserAccess.id)).all():
        finish(access, AccessEnd.CONSULTER, actor=actor)


def end_accesses_to(case: Case, *, actor: Actor) -> None:
    """End all that was shown of a case, because it is over; part of every act that ends one.

    The clock looks for what was left over, and would not see a case that is opened again before it looks.
    """
    running = select(AdviserAccess).where(AdviserAccess.case_id == case.id, AdviserAccess.ended_at.is_(None))
    for access in db().scalars(running.order_by(AdviserAccess.id).with_for_update()).all():
        finish(access, AccessEnd.CASE_OVER, actor=actor)


def due_accesses(at: Moment) -> Select[AdviserAccess]:
    """What is still shown although its day has passed, or its case is over."""
    over = exists().where(Case.id == AdviserAccess.case_id, Case.state.in_(OVER))
    return select(AdviserAccess).where(AdviserAccess.ended_at.is_(None), or_(AdviserAccess.ends_at <= at, over))


def end_due_accesses() -> int:
    """End what is past its day, and what was shown of a case that is over; called by the clock. Returns how many."""
    due = (
        db()
        .scalars(
            due_accesses(now())
            .order_by(AdviserAccess.ends_at, AdviserAccess.id)
            .limit(AT_A_TIME)
            .with_for_update(skip_locked=True)
        )
        .all()
    )
    return one_by_one(due, _end, work="end_due_accesses")


def _end(access: AdviserAccess) -> bool:
    finish(access, AccessEnd.EXPIRED if access.ends_at <= now() else AccessEnd.CASE_OVER, actor=THE_CLOCK)
    return True
