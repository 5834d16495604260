"""The record: what is done is recorded in the same breath; what is read is recorded before it is opened."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Protocol

from sqlalchemy import and_, bindparam, select, text, update

from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.ids import new_id
from app.pipeline.secrets import ring
from app.pipeline.transaction import committed_first, db, in_hand, is_writing, say_at_once, store_at_once
from crypto import GENESIS, link
from models.audit_chain import AuditChain
from models.audit_record import AuditRecord
from models.case import Case
from models.company import Company
from models.company_file import CompanyFile
from models.leak import Leak
from models.person import Person
from models.rules.audit_events import check

Fact = str | int | bool | None
AUDIT = "audit"
# Every act comes by here: the statements are made once, and of columns alone.
_CHAINS = AuditChain.__table__
_OF_SUBJECT = and_(_CHAINS.c.subject_kind == bindparam("kind"), _CHAINS.c.subject_id == bindparam("id"))
_CHAIN = select(_CHAINS.c.number, _CHAINS.c.link).where(_OF_SUBJECT).with_for_update()
_MOVE = update(AuditChain).where(_OF_SUBJECT).values(number=bindparam("to_number"), link=bindparam("to_link"))
# Two who begin the chain of one subject at once: the second waits here for the first, and follows what she has stored.
_BEGIN = (
    text(
        "INSERT INTO audit_chain (subject_kind, subject_id, number, link)"
        " VALUES (:kind, :id, :to_number, :to_link) ON CONFLICT DO NOTHING RETURNING number"
    )
    .bindparams(
        bindparam("kind", type_=_CHAINS.c.subject_kind.type),
        bindparam("id", type_=_CHAINS.c.subject_id.type),
        bindparam("to_number", type_=_CHAINS.c.number.type),
        bindparam("to_link", type_=_CHAINS.c.link.type),
    )
    .columns(_CHAINS.c.number)
)


@dataclass(frozen=True)
class Subject:
    """Whose chain a record belongs to."""

    kind: str
    id: uuid.UUID

    @property
    def name(self) -> str:
        return f"{self.kind}:{self.id.hex}"


def of_case(case: Case | uuid.UUID) -> Subject:
    return Subject("case", case.id if isinstance(case, Case) else case)


def of_company(company: Company | uuid.UUID) -> Subject:
    return Subject("company", company.id if isinstance(company, Company) else company)


def of_company_file(file: CompanyFile) -> Subject:
    """A company file is part of its company's chain."""
    return Subject("company", file.company_id)


def of_leak(leak: Leak) -> Subject:
    return Subject("leak", leak.id)


def of_person(person: Person | uuid.UUID) -> Subject:
    return Subject("person", person.id if isinstance(person, Person) else person)


def record(subject: Subject, name: str, *, actor: Actor, facts: dict[str, Fact]) -> AuditRecord:
    """Add one record to a subject's chain, in the transaction of the act itself."""
    chain = _chain_of(subject)
    entry = _entry_in(chain, name, actor=actor, facts=facts)
    try:
        is_begun = entry.number == 1 and _begins(chain)
        if entry.number == 1 and not is_begun:
            # Another one began it meanwhile, or this one took a turn: it is followed as it is now.
            in_hand(AUDIT).pop(subject, None)
            chain = _chain_of(subject)
            entry = _entry_in(chain, name, actor=actor, facts=facts)
        store_at_once([entry])
        if not is_begun:
            say_at_once(_MOVE, _columns_of(chain))
    except BaseException:
        # What is in hand has moved on, and what is stored has not.
        in_hand(AUDIT).pop(subject, None)
        raise
    return entry


def _chain_of(subject: Subject) -> AuditChain:
    """The chain of a subject, for this writer alone until its transaction ends: it is asked for once.

    It is no row of the session: every act comes by here, and what the session does to follow a row costs more than all
    the rest of a record.
    """
    held: dict[Subject, AuditChain] = in_hand(AUDIT)
    if subject not in held:
        db().flush()
        found = say_at_once(_CHAIN, {"kind": subject.kind, "id": subject.id})
        number, newest = found[0] if found else (0, GENESIS)
        held[subject] = AuditChain(subject_kind=subject.kind, subject_id=subject.id, number=number, link=newest)
    return held[subject]


def _columns_of(chain: AuditChain) -> dict[str, str | uuid.UUID | int | bytes]:
    return {
        "kind": chain.subject_kind,
        "id": chain.subject_id,
        "to_number": chain.number,
        "to_link": chain.link,
    }


def _begins(chain: AuditChain) -> bool:
    """Store a chain that was not there; whether it was stored, and not another one's, who is waited for."""
    return bool(say_at_once(_BEGIN, _columns_of(chain)))


def take_turn(subject: Subject) -> None:
    """Wait until whoever else writes to this subject's chain is done; until this transaction ends, others wait.

    What depends on what others have just done reads it after this and not before. Where nothing was ever recorded, the
    chain begins here without a record: there would be nothing for two to queue behind.
    """
    found = {"kind": subject.kind, "id": subject.id}
    if say_at_once(_CHAIN, found) or not is_writing():
        return
    if not _begins(AuditChain(subject_kind=subject.kind, subject_id=subject.id, number=0, link=GENESIS)):
        say_at_once(_CHAIN, found)


def first_record(
    subject: Subject, name: str, *, actor: Actor, facts: dict[str, Fact]
) -> tuple[AuditChain, AuditRecord]:
    """The beginning of a new subject's chain with its first record, for whoever stores both with the subject itself."""
    chain = AuditChain(subject_kind=subject.kind, subject_id=subject.id, number=0, link=GENESIS)
    return chain, _entry_in(chain, name, actor=actor, facts=facts)


def _entry_in(chain: AuditChain, name: str, *, actor: Actor, facts: dict[str, Fact]) -> AuditRecord:
    check(name, facts)
    subject = Subject(chain.subject_kind, chain.subject_id)
    entry = AuditRecord(
        id=new_id(),
        subject_kind=subject.kind,
        subject_id=subject.id,
        number=chain.number + 1,
        name=name,
        facts=json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
        actor_role=actor.role.value,
        actor_id=actor.id,
        at=now(),
        key_id=ring().active_id,
    )
    entry.link = link(
        previous=chain.link,
        number=entry.number,
        subject=subject.name,
        body=body_of(entry),
        key=ring().derived(AUDIT, entry.key_id),
    )
    chain.number, chain.link = entry.number, entry.link
    return entry


class Entry(Protocol):
    """The columns of a record that its link authenticates."""

    @property
    def name(self) -> str: ...
    @property
    def facts(self) -> str: ...
    @property
    def actor_role(self) -> str: ...
    @property
    def actor_id(self) -> uuid.UUID | None: ...
    @property
    def at(self) -> datetime: ...


def body_of(entry: Entry) -> bytes:
    """What a record's link authenticates: canonical JSON of its columns, in which the facts stand letter for letter."""
    actor_id = f'"{entry.actor_id.hex}"' if entry.actor_id else "null"
    # The same moment reads the same, whichever zone the clock showed and the database gives back.
    at = entry.at.astimezone(UTC).isoformat()
    return (
        f'{{"actor_id":{actor_id},"actor_role":{_quoted(entry.actor_role)},"at":"{at}",'
        f'"facts":{entry.facts},"name":{_quoted(entry.name)}}}'
    ).encode()


@lru_cache(maxsize=1024)
def _quoted(code: str) -> str:
    return json.dumps(code, ensure_ascii=False)


def record_reading(
    subject: Subject,
    name: str,
    *,
    actor: Actor,
    facts: dict[str, Fact],
    beside: Callable[[], None] | None = None,
) -> None:
    """Record that content is about to be opened, with what else the opening means, and commit that before it is."""
    with committed_first():
        record(subject, name, actor=actor, facts=facts)
        if beside is not None:
            beside()
