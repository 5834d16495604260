"""What is asked of external advisers: who there are, what each was shown, when it was read, and the part itself."""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from app.cases.queries import excluded_from, receipts_of
from app.custody.queries import compartment_of_case
from app.people.queries import name_of, post_of, serving
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.secrets import key_store
from app.pipeline.standing import visible_accesses
from app.pipeline.transaction import db
from crypto import CannotOpen, Context, open_box, open_sealed
from models.adviser_access import AdviserAccess
from models.audit_record import AuditRecord
from models.case import Case
from models.compartment import Compartment
from models.exchange import Exchange
from models.forwarded_copy import ForwardedCopy
from models.message import Message
from models.person import Person
from models.rules.adviser_access import MAY_BE_SHOWN, AccessState, last_day_of, state_of
from models.rules.case_lifecycle import OVER
from models.rules.people import CompartmentKind, Role
from models.rules.permissions import Permission
from models.rules.taxonomy.impact import Impact
from models.sealed import open_answers, open_from
from models.statement import Statement


@dataclass(frozen=True, repr=False)
class Shown:
    """One access as a page lists it: who, which part, and when it was read."""

    access: AdviserAccess
    adviser: str
    post: str
    compartment: Compartment
    last_day: date
    state: AccessState
    readings: tuple[datetime, ...] = ()


@dataclass(frozen=True, repr=False)
class Line:
    """One message that lies in the part that is shown."""

    at: datetime
    author: str
    body: str


@dataclass(frozen=True, repr=False)
class Part:
    """The part of a case that an adviser was shown, opened."""

    question: str
    text: str = ""
    happened: str = ""
    impacts: tuple[Impact, ...] = ()
    lines: tuple[Line, ...] = ()


def key_context(access: AdviserAccess) -> Context:
    """The place of an access's sealed key."""
    return Context(table="adviser_access", column="sealed_key", row=access.id.hex, purpose="grant")


def advisers_for(case: Case) -> list[Person]:
    """Who may be asked about a case: serves, has signed up, and was not excluded from it."""
    gone = excluded_from(case)
    return [one for one in serving(now(), Role.ADVISER) if one.public_key is not None and one.id not in gone]


def showable_parts(case: Case) -> list[Compartment]:
    """The parts of a case that its consulter can show; none where no receipt leads to it, or when it is over."""
    if case.state in OVER or not receipts_of(case):
        return []
    own = [compartment_of_case(case, kind) for kind in MAY_BE_SHOWN if kind is not CompartmentKind.FORWARDED]
    forwarded = db().scalars(
        select(Compartment)
        .join(Exchange, Exchange.id == Compartment.exchange_id)
        .where(
            Exchange.case_id == case.id,
            Exchange.routed_at.is_not(None),
            Compartment.kind == CompartmentKind.FORWARDED,
        )
        .order_by(Compartment.created_at, Compartment.id)
    )
    return [one for one in (*own, *forwarded) if one is not None]


def waits_for_her(case: Case) -> bool:
    """Whether the consulter is asked about an adviser now."""
    return any(one.state is AccessState.ASKED for one in shown_of(case))


def shown_of(case: Case) -> list[Shown]:
    """Everything that was asked and shown of a case, the newest first; its words stay closed."""
    rows = db().scalars(
        select(AdviserAccess)
        .where(AdviserAccess.case_id == case.id)
        .order_by(AdviserAccess.asked_at.desc(), AdviserAccess.id)
    )
    return _listed(rows.all())


def own_accesses(actor: Actor) -> list[Shown]:
    """What the adviser who is present may open now, what ends first at the top."""
    rows = db().scalars(
        select(AdviserAccess)
        .where(visible_accesses(actor, Permission.ADVISER_LIST))
        .order_by(AdviserAccess.ends_at, AdviserAccess.id)
    )
    return _listed(rows.all())


def question_of(access: AdviserAccess, *, actor: Actor) -> str:
    """What the adviser is asked, for whoever holds the part it lies in."""
    compartment = db().get_one(Compartment, access.compartment_id)
    return open_from(access, "sealed_question", key=actor.held.compartment_key(compartment))


def opened_part(access: AdviserAccess, *, actor: Actor) -> Part:
    """The one part that was shown. Raises CannotOpen once its key was destroyed, whoever kept a copy of the box."""
    compartment = db().get_one(Compartment, access.compartment_id)
    actor.held.remember(compartment, _secret(access, actor))
    key = actor.held.compartment_key(compartment)
    question = question_of(access, actor=actor)
    lines = _lines(compartment, key)
    if compartment.kind is CompartmentKind.FORWARDED:
        return Part(question, text=_newest_copy(compartment, key), lines=lines)
    statement = db().scalars(select(Statement).where(Statement.compartment_id == compartment.id)).one()
    answers = open_answers(statement, "sealed", key=key)
    impacts = tuple(Impact(code) for code in answers.get("impacts", []))
    return Part(question, answers.get("text", ""), answers.get("happened", ""), impacts, lines)


def _secret(access: AdviserAccess, actor: Actor) -> bytes:
    if access.key_id is None or not access.sealed_key:
        raise CannotOpen
    key, context = key_store().key(access.key_id), key_context(access)
    box = open_sealed(access.sealed_key, key=key, context=context)
    return open_box(actor.held.private_key, box, context=context)


def _lines(compartment: Compartment, key: bytes) -> tuple[Line, ...]:
    rows = db().scalars(
        select(Message)
        .where(Message.case_id == compartment.case_id, Message.compartment_id == compartment.id)
        .order_by(Message.sent_at, Message.id)
    )
    return tuple(Line(row.sent_at, row.author, open_from(row, "sealed_text", key=key)) for row in rows)


def _newest_copy(compartment: Compartment, key: bytes) -> str:
    copy = db().scalar(
        select(ForwardedCopy)
        .where(ForwardedCopy.compartment_id == compartment.id)
        .order_by(ForwardedCopy.number.desc())
        .limit(1)
    )
    return open_from(copy, "sealed_text", key=key) if copy is not None else ""


def _listed(rows: Sequence[AdviserAccess]) -> list[Shown]:
    at = now()
    people = {row.person_id: db().get_one(Person, row.person_id) for row in rows}
    parts = {row.compartment_id: db().get_one(Compartment, row.compartment_id) for row in rows}
    readings = _readings({row.case_id for row in rows})
    return [
        Shown(
            access=row,
            adviser=name_of(people[row.person_id]),
            post=post_of(people[row.person_id]),
            compartment=parts[row.compartment_id],
            last_day=last_day_of(row.ends_at),
            state=state_of(agreed_at=row.agreed_at, ended_at=row.ended_at, ends_at=row.ends_at, now=at),
            readings=tuple(readings[row.id.hex]),
        )
        for row in rows
    ]


def _readings(case_ids: set[uuid.UUID]) -> dict[str, list[datetime]]:
    """When each access was read, from the record, which keeps every reading."""
    found: dict[str, list[datetime]] = defaultdict(list)
    records = db().scalars(
        select(AuditRecord)
        .where(
            AuditRecord.subject_kind == "case",
            AuditRecord.subject_id.in_(case_ids),
            AuditRecord.name == "adviser.read",
        )
        .order_by(AuditRecord.subject_id, AuditRecord.number)
    )
    for one in records:
        found[json.loads(one.facts)["access_id"]].append(one.at)
    return found
