"""Many consultations, quickly: one is driven along the road by its actions, and the others are sealed copies of it.

Every copy is whole and its own: its own identifiers, keys, grants, receipt and record, sealed anew in its own place, so
that whoever may open the original may open each copy.
"""

from __future__ import annotations

import random
import re
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, select

from app.cases.actions.copies import new_reference
from app.intake.actions import new_case_number
from app.pipeline.audit import AUDIT, Subject, body_of
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.secrets import key_store, ring
from app.pipeline.transaction import db, store_new, transaction
from app.pipeline.unlocking import compartment_context, grant_context, receipt_key_context
from crypto import (
    GENESIS,
    KeyPair,
    content_key,
    link,
    lock_with_key,
    new_key,
    new_keypair,
    new_receipt_secret,
    receipt_code,
    receipt_keys,
    seal_to,
)
from models.audit_chain import AuditChain
from models.audit_record import AuditRecord
from models.base import Base, Identified
from models.case import Case
from models.case_facet import CaseFacet
from models.clock import Clock
from models.compartment import Compartment
from models.compartment_grant import CompartmentGrant
from models.consent_entry import ConsentEntry
from models.exchange import Exchange
from models.forwarded_copy import ForwardedCopy
from models.receipt import Receipt
from models.rules.sealed_fields import SEALED_FIELDS
from models.sealed import open_from, seal_into
from models.seat_epoch import SeatEpoch
from models.statement import Statement

AT_ONCE = 250
IDENTIFIER = re.compile(r"\b[0-9a-f]{32}\b")
SPREAD = timedelta(days=20)
OF_ITS_CASE = (Receipt, Compartment, Statement, ConsentEntry, CaseFacet, Exchange)


@dataclass(frozen=True)
class Pattern:
    """The rows of one consultation, what its sealed columns say, and who its compartments were granted to."""

    case: Case
    rows: Sequence[Base]
    words: dict[tuple[uuid.UUID, str], str]
    public_keys: dict[uuid.UUID, bytes]


def pattern_of(case: Case, *, readers: Sequence[Actor]) -> Pattern:
    """Read a consultation with the keys of those who may, each of whom opens what is theirs."""
    session = db()
    rows: list[Base] = [case]
    for of_case in OF_ITS_CASE:
        rows += session.scalars(select(of_case).where(of_case.case_id == case.id))
    compartments = {row.id: row for row in rows if isinstance(row, Compartment)}
    exchanges = {row.id for row in rows if isinstance(row, Exchange)}
    subjects = {case.id, *exchanges}
    for table, belongs in _further(case, set(compartments), exchanges, subjects):
        rows += session.scalars(select(table).where(belongs))
    keys = {one.id: _key(one, readers) for one in compartments.values()}
    words = {
        (row.id, column): open_from(row, column, key=keys[row.compartment_id])
        for row in rows
        if isinstance(row, Statement | ForwardedCopy)
        for column in _sealed_columns(row)
        if getattr(row, column) is not None
    }
    epochs = {row.seat_epoch_id for row in rows if isinstance(row, CompartmentGrant) and row.seat_epoch_id}
    public_keys = {epoch: session.get_one(SeatEpoch, epoch).public_key for epoch in epochs}
    return Pattern(case, tuple(rows), words, public_keys)


def populate(patterns: Sequence[Pattern], count: int, *, told: Callable[[int], None]) -> None:
    """Add so many consultations, in turn after each pattern, some hundred in a transaction."""
    chance = random.Random(count)  # noqa: S311 - which day something is due needs no secret
    for start in range(0, count, AT_ONCE):
        with transaction():
            rows: list[Base] = []
            for number in range(start, min(start + AT_ONCE, count)):
                rows += _copy(patterns[number % len(patterns)], chance)
            store_new(rows)
        told(min(start + AT_ONCE, count))


def _further(
    case: Case, compartments: set[uuid.UUID], exchanges: set[uuid.UUID], subjects: set[uuid.UUID]
) -> Iterator[tuple[type[Base], ColumnElement[bool]]]:
    yield CompartmentGrant, CompartmentGrant.compartment_id.in_(compartments)
    yield ForwardedCopy, ForwardedCopy.exchange_id.in_(exchanges)
    yield Clock, Clock.subject_id.in_(subjects)
    yield AuditRecord, AuditRecord.subject_id == case.id


def _key(compartment: Compartment, readers: Sequence[Actor]) -> bytes:
    reader = next(one for one in readers if one.held.opens(compartment))
    return reader.held.compartment_key(compartment)


def _copy(pattern: Pattern, chance: random.Random) -> Iterator[Base]:
    later = timedelta(seconds=chance.randrange(int(SPREAD.total_seconds())))
    pair, code = new_keypair(), receipt_code(new_receipt_secret())
    ids = {row.id: uuid.uuid4() for row in pattern.rows if isinstance(row, Identified)}
    rows = [_moved(row, ids, later) for row in pattern.rows]
    case_id = ids[pattern.case.id]
    compartments = {row.id: (row, new_key()) for row in rows if isinstance(row, Compartment)}
    subjects = {case_id, *(row.subject_id for row, _secret in compartments.values())}
    shreds = {each: key_store().make(each, at=now()) for each in subjects}
    keys = {
        each: content_key(secret, shred_key=shreds[row.subject_id], context=compartment_context(row))
        for each, (row, secret) in compartments.items()
    }
    words = {(ids[row], column): text for (row, column), text in pattern.words.items()}
    records: list[AuditRecord] = []
    for row in rows:
        if isinstance(row, Receipt):
            _receipted(row, pair, code)
        elif isinstance(row, CompartmentGrant):
            public = pair.public if row.receipt_id else pattern.public_keys[cast(uuid.UUID, row.seat_epoch_id)]
            row.sealed_key = seal_to(public, compartments[row.compartment_id][1], context=grant_context(row.id))
        elif isinstance(row, Statement | ForwardedCopy):
            for column in _sealed_columns(row):
                if (row.id, column) in words:
                    seal_into(row, column, words[row.id, column], key=keys[row.compartment_id])
        elif isinstance(row, AuditRecord):
            records.append(row)
    yield from rows
    yield _chained(Subject("case", case_id), sorted(records, key=lambda record: record.number))


def _moved(row: Base, ids: dict[uuid.UUID, uuid.UUID], later: timedelta) -> Base:
    """The same row with other identifiers, and due at another time."""
    values: dict[str, Any] = {name: value for name, value in row.__dict__.items() if name != "_sa_instance_state"}
    for name, value in values.items():
        if isinstance(value, uuid.UUID):
            values[name] = ids.get(value, value)
        elif name in {"next_due_at", "due_at"} and value is not None:
            values[name] = value + later
        elif name == "facts":
            values[name] = IDENTIFIER.sub(lambda found: ids.get(uuid.UUID(found[0]), uuid.UUID(found[0])).hex, value)
    if isinstance(row, Case):
        values["number"] = new_case_number()
    elif isinstance(row, Exchange):
        values["reference"] = new_reference()
    return type(row)(**values)


def _receipted(receipt: Receipt, pair: KeyPair, code: str) -> None:
    keys = receipt_keys(code)
    receipt.locator, receipt.public_key = keys.locator, pair.public
    receipt.locked_private_key = lock_with_key(pair.private, key=keys.key, context=receipt_key_context(receipt.id))


def _chained(subject: Subject, records: Sequence[AuditRecord]) -> AuditChain:
    last = GENESIS
    for record in records:
        last = record.link = link(
            previous=last, number=record.number, subject=subject.name, body=body_of(record), key=ring().derived(AUDIT)
        )
    return AuditChain(subject_kind=subject.kind, subject_id=subject.id, number=len(records), link=last)


def _sealed_columns(row: Base) -> list[str]:
    return [each.column for each in SEALED_FIELDS if each.table == row.__tablename__]
