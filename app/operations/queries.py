"""What is asked of the record and of the outbox: pages of rows, newest first, and never what anybody wrote."""

from __future__ import annotations

import json
import unicodedata
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select, true

from app.companies.queries import company_named, name_on
from app.operations.event_words import words_of
from app.operations.fact_words import facts_in_words, short
from app.operations.proofs import Proof, prove
from app.people.queries import name_of
from app.pipeline.audit import Subject
from app.pipeline.clock import TOKYO
from app.pipeline.identity import Actor
from app.pipeline.secrets import ring
from app.pipeline.transaction import db
from app.presentation.pagination import Page, Position, forward_page
from models.audit_head import AuditHead
from models.audit_record import AuditRecord
from models.board_item import BoardItem
from models.case import Case
from models.company_file import CompanyFile
from models.exchange import Exchange
from models.exclusion import Exclusion
from models.leak import Leak
from models.leak_case import LeakCase
from models.outbox_message import OutboxMessage
from models.person import Person
from models.recusal import Recusal
from models.rules.mail_kinds import MailKind
from models.rules.people import COMPANY, Role
from models.rules.permissions import Permission, may_ever
from models.rules.trail_scope import (
    DECISIONS,
    NOT_OF_OTHERS,
    TEAM,
    TECHNICAL_PREFIXES,
    Scope,
    knows_cases_by_their_number,
    scopes_of,
)

__all__ = [
    "Asked",
    "Delivery",
    "Proof",
    "TrailRow",
    "case_numbered",
    "last_head",
    "outbox_page",
    "people_called",
    "prove",
    "records_by_key",
    "trail_page",
    "trail_rows",
    "within_reach",
    "words_of",
]

ROWS = 25


@dataclass(frozen=True)
class Asked:
    """By what the record is narrowed."""

    subject: Subject | None = None
    person_id: uuid.UUID | None = None
    people: frozenset[uuid.UUID] | None = None
    """Those whose name was asked for."""
    companies: frozenset[uuid.UUID] | None = None
    from_: date | None = None
    to: date | None = None


@dataclass(frozen=True)
class TrailRow:
    """One record as the page shows it."""

    at: datetime
    event: str
    subject: str
    subject_words: str
    actor_role: Role
    actor_id: str | None
    actor_name: str
    facts: str


class Delivery(Enum):
    """How far a mail has come."""

    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given_up"


@dataclass(frozen=True)
class OutboxRow:
    """One mail as the page shows it: to whom and of which kind, and not what it is about."""

    queued_at: datetime
    kind: MailKind
    name: str
    role: Role
    delivery: Delivery
    sent_at: datetime | None
    next_try_at: datetime
    attempts: int
    last_failure: str | None


def trail_page(actor: Actor, asked: Asked, *, after: Position | None, cursor: str | None) -> Page[TrailRow]:
    """A page of what this person may see of the record; what she is kept from is not in it."""
    rows = db().scalars(
        select(AuditRecord)
        .where(_asked_for(asked), within_reach(actor), _before(after))
        .order_by(AuditRecord.at.desc(), AuditRecord.id.desc())
        .limit(ROWS + 1)
    )
    page = forward_page(
        rows.all(), size=ROWS, position_of=lambda row: (row.at.isoformat(), row.id.hex), began_after=cursor
    )
    return Page(trail_rows(page.rows, seen_by=actor), page.previous, page.next)


def within_reach(actor: Actor) -> ColumnElement[bool]:
    """The records that somebody may see: her scopes together, without what she is kept from."""
    parts = [_in_scope(scope, actor) for scope in scopes_of(actor.role)]
    return and_(or_(false(), *parts), ~_excluded(actor))


def _in_scope(scope: Scope, actor: Actor) -> ColumnElement[bool]:
    company = actor.person.company_id if actor.person else None
    of_colleagues = exists().where(Person.id == AuditRecord.actor_id, Person.company_id == company)
    recused = exists().where(
        Recusal.person_id == actor.id,
        Recusal.board_item_id == BoardItem.id,
        BoardItem.company_file_id == CompanyFile.id,
        CompanyFile.company_id == AuditRecord.subject_id,
    )
    conditions: dict[Scope, ColumnElement[bool]] = {
        Scope.OWN: AuditRecord.actor_id == actor.id,
        Scope.COMPANY: and_(AuditRecord.subject_kind == "company", AuditRecord.subject_id == company, of_colleagues),
        Scope.TEAM: and_(
            AuditRecord.actor_role.in_([role.value for role in TEAM]), AuditRecord.name.not_in(NOT_OF_OTHERS)
        ),
        Scope.DECISIONS: and_(AuditRecord.name.in_(DECISIONS), ~recused),
        Scope.TECHNICAL: and_(
            AuditRecord.subject_kind == "person",
            or_(*(AuditRecord.name.startswith(prefix, autoescape=True) for prefix in TECHNICAL_PREFIXES)),
        ),
        Scope.ALL: true(),
    }
    return conditions[scope]


def people_called(words: str) -> frozenset[uuid.UUID]:
    """The people whose name holds these words; names are sealed, so each is opened and compared."""
    wanted = _plain(words)
    return frozenset(person.id for person in db().scalars(select(Person)) if wanted in _plain(name_of(person)))


def _plain(words: str) -> str:
    return "".join(unicodedata.normalize("NFKC", words).casefold().split())


def case_numbered(number: str, actor: Actor) -> uuid.UUID | None:
    """The case that a number names to this person; there is none for whoever is kept from it, or knows no cases."""
    if actor.role in COMPANY:
        company_id = actor.person.company_id if actor.person else None
        own = (Exchange.reference == number, Exchange.company_id == company_id)
        return db().scalar(select(Exchange.case_id).where(*own, ~_kept(Exchange.case_id, actor)))
    if Scope.ALL not in scopes_of(actor.role) and not may_ever(Permission.CASE_LIST, actor.role):
        return None
    return db().scalar(select(Case.id).where(Case.number == number, ~_kept(Case.id, actor)))


def _kept(case_id: Any, actor: Actor) -> ColumnElement[bool]:
    return exists().where(Exclusion.case_id == case_id, Exclusion.person_id == actor.id)


def outbox_page(delivery: Delivery | None, *, after: Position | None, cursor: str | None) -> Page[OutboxRow]:
    """A page of the outbox, newest first."""
    position: ColumnElement[bool] = true()
    if after is not None:
        at, last = datetime.fromisoformat(str(after[0])), uuid.UUID(str(after[1]))
        position = or_(OutboxMessage.queued_at < at, and_(OutboxMessage.queued_at == at, OutboxMessage.id < last))
    rows = db().scalars(
        select(OutboxMessage)
        .where(_in_state(delivery), position)
        .order_by(OutboxMessage.queued_at.desc(), OutboxMessage.id.desc())
        .limit(ROWS + 1)
    )
    page = forward_page(
        rows.all(), size=ROWS, position_of=lambda row: (row.queued_at.isoformat(), row.id.hex), began_after=cursor
    )
    people = _people({row.person_id for row in page.rows})
    return Page(tuple(_mail(row, people[row.person_id]) for row in page.rows), page.previous, page.next)


def records_by_key() -> list[tuple[str, int, bool]]:
    """By the identifier of each key: how many records were made with it, and whether the ring still holds it."""
    counted = select(AuditRecord.key_id, func.count()).group_by(AuditRecord.key_id).order_by(func.count().desc())
    held = set(ring().key_ids)
    return [(key_id.hex(), count, key_id in held) for key_id, count in db().execute(counted)]


def last_head() -> AuditHead | None:
    """The newest signed head."""
    return db().scalar(select(AuditHead).order_by(AuditHead.at.desc()).limit(1))


def _asked_for(asked: Asked) -> ColumnElement[bool]:
    wanted: list[ColumnElement[bool]] = []
    if asked.subject is not None:
        wanted += [AuditRecord.subject_kind == asked.subject.kind, AuditRecord.subject_id == asked.subject.id]
    if asked.person_id is not None:
        wanted.append(AuditRecord.actor_id == asked.person_id)
    if asked.people is not None:
        wanted.append(AuditRecord.actor_id.in_(asked.people))
    if asked.companies is not None:
        wanted += [AuditRecord.subject_kind == "company", AuditRecord.subject_id.in_(asked.companies)]
    if asked.from_ is not None:
        wanted.append(AuditRecord.at >= datetime.combine(asked.from_, time(), TOKYO))
    if asked.to is not None:
        wanted.append(AuditRecord.at < datetime.combine(asked.to + timedelta(days=1), time(), TOKYO))
    return and_(true(), *wanted)


def _excluded(actor: Actor) -> ColumnElement[bool]:
    of_a_leak = exists().where(
        LeakCase.leak_id == AuditRecord.subject_id,
        LeakCase.case_id == Exclusion.case_id,
        Exclusion.person_id == actor.id,
    )
    return or_(exists().where(Exclusion.case_id == AuditRecord.subject_id, Exclusion.person_id == actor.id), of_a_leak)


def _before(after: Position | None) -> ColumnElement[bool]:
    if after is None:
        return true()
    at, last = datetime.fromisoformat(str(after[0])), uuid.UUID(str(after[1]))
    return or_(AuditRecord.at < at, and_(AuditRecord.at == at, AuditRecord.id < last))


def trail_rows(records: Sequence[AuditRecord], *, seen_by: Actor | None = None) -> tuple[TrailRow, ...]:
    """Records as a page shows them; a company reads its own number of a matter, and an adviser none."""
    people = _people(
        {record.actor_id for record in records if record.actor_id is not None}
        | {record.subject_id for record in records if record.subject_kind == "person"}
    )
    cases = {record.subject_id for record in records if record.subject_kind == "case"}
    if seen_by is None or knows_cases_by_their_number(seen_by.role):
        found = db().execute(select(Case.id, Case.number).where(Case.id.in_(cases)))
    else:
        company_id = seen_by.person.company_id if seen_by.person else None
        found = db().execute(
            select(Exchange.case_id, Exchange.reference).where(
                Exchange.case_id.in_(cases), Exchange.company_id == company_id
            )
        )
        cases = set()
    numbers = {case_id: short(case_id.hex) for case_id in cases}
    numbers.update((case_id, number) for case_id, number in found)
    return tuple(
        TrailRow(
            at=record.at,
            event=record.name,
            subject=f"{record.subject_kind}:{record.subject_id.hex}",
            subject_words=_subject_words(record, people, numbers),
            actor_role=Role(record.actor_role),
            actor_id=record.actor_id.hex if record.actor_id is not None and record.actor_id in people else None,
            actor_name=name_of(people.get(record.actor_id)) if record.actor_id is not None else "",
            facts=facts_in_words(dict(sorted(json.loads(record.facts).items()))),
        )
        for record in records
    )


def _subject_words(record: AuditRecord, people: dict[uuid.UUID, Person], numbers: dict[uuid.UUID, str]) -> str:
    if record.subject_kind == "case":
        return numbers.get(record.subject_id, "")
    if record.subject_kind == "person":
        return name_of(people.get(record.subject_id)) or short(record.subject_id.hex)
    if record.subject_kind == "association":
        return ""
    if record.subject_kind == "leak":
        leak = db().get(Leak, record.subject_id)
        return leak.number if leak else short(record.subject_id.hex)
    company = company_named(record.subject_id)
    return name_on(company, record.at.astimezone(TOKYO).date()) if company else short(record.subject_id.hex)


def _people(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Person]:
    return {person.id: person for person in db().scalars(select(Person).where(Person.id.in_(ids)))}


def _in_state(delivery: Delivery | None) -> ColumnElement[bool]:
    return {
        None: true(),
        Delivery.WAITING: and_(OutboxMessage.sent_at.is_(None), OutboxMessage.given_up_at.is_(None)),
        Delivery.SENT: OutboxMessage.sent_at.is_not(None),
        Delivery.GIVEN_UP: OutboxMessage.given_up_at.is_not(None),
    }[delivery]


def _mail(message: OutboxMessage, person: Person) -> OutboxRow:
    delivery = Delivery.WAITING
    if message.sent_at is not None:
        delivery = Delivery.SENT
    elif message.given_up_at is not None:
        delivery = Delivery.GIVEN_UP
    return OutboxRow(
        queued_at=message.queued_at,
        kind=MailKind(message.kind),
        name=name_of(person),
        role=person.role,
        delivery=delivery,
        sent_at=message.sent_at,
        next_try_at=message.next_try_at,
        attempts=message.attempts,
        last_failure=message.last_failure,
    )
