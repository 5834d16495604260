"""What went, with its proof: when its keys were destroyed, and under which number of the record that stands."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select

from app.pipeline.identity import Actor
from app.pipeline.standing import visible_cases
from app.pipeline.transaction import db
from app.presentation.pagination import Page, forward_page, moment_and_row
from app.retention.lists import ROWS
from models.audit_record import AuditRecord
from models.case import Case
from models.erasure import Erasure
from models.rules.erasure import ErasedPart
from models.rules.permissions import Permission

KEYS_SHOWN = 8
"""An identifier by its beginning, as the record's own page shows it."""


@dataclass(frozen=True)
class DestroyedKey:
    """That one key was destroyed, as the record says it."""

    key: str
    at: datetime
    number: int
    """Of the record in the case's chain."""


@dataclass(frozen=True)
class Gone:
    """One erasure that is done, or under way."""

    erasure: Erasure
    case_id: uuid.UUID
    number: str
    keys: tuple[DestroyedKey, ...]


def being_erased(actor: Actor) -> list[Gone]:
    """What was ordered and is not done yet; the next turn of the clock goes on with it."""
    rows = db().execute(
        select(Erasure, Case.id, Case.number)
        .join(Case, Case.id == Erasure.case_id)
        .where(Erasure.done_at.is_(None), visible_cases(actor, Permission.RETENTION_LIST))
        .order_by(Erasure.ordered_at, Erasure.id)
        .limit(ROWS)
    )
    return [Gone(erasure, case_id, number, ()) for erasure, case_id, number in rows]


def page_of_gone(actor: Actor, after: str | None) -> Page[Gone]:
    """One page of what went, the newest first, with the proof of each."""
    position = moment_and_row(after)
    # A name may go before the rest: then the case is there as before.
    there, erased = (visible_cases(actor, Permission.RETENTION_LIST, erased=one) for one in (False, True))
    query = (
        select(Erasure, Case.id, Case.number)
        .join(Case, Case.id == Erasure.case_id)
        .where(Erasure.done_at.is_not(None), or_(there, erased))
        .order_by(Erasure.done_at.desc(), Erasure.id.desc())
        .limit(ROWS + 1)
    )
    if position is not None:
        at, last = position
        query = query.where(or_(Erasure.done_at < at, and_(Erasure.done_at == at, Erasure.id < last)))
    rows = [(erasure, case_id, number) for erasure, case_id, number in db().execute(query)]
    page = forward_page(
        rows, size=ROWS, position_of=lambda row: _place(row[0]), began_after=after if position is not None else None
    )
    proofs = _proofs([case_id for _erasure, case_id, _number in page.rows])
    shown = (
        Gone(erasure, case_id, number, proofs.get((case_id, erasure.part), ()))
        for erasure, case_id, number in page.rows
    )
    return Page(tuple(shown), page.previous, page.next)


def _proofs(case_ids: list[uuid.UUID]) -> dict[tuple[uuid.UUID, ErasedPart], tuple[DestroyedKey, ...]]:
    """What the record says of destroyed keys, for all cases of a page at once."""
    rows = db().scalars(
        select(AuditRecord)
        .where(
            AuditRecord.subject_kind == "case", AuditRecord.subject_id.in_(case_ids), AuditRecord.name == "key.shred"
        )
        .order_by(AuditRecord.subject_id, AuditRecord.number)
    )
    found: dict[tuple[uuid.UUID, ErasedPart], tuple[DestroyedKey, ...]] = {}
    for row in rows:
        facts = json.loads(row.facts)
        key = DestroyedKey(facts["key_id"][:KEYS_SHOWN], datetime.fromisoformat(facts["destroyed_at"]), row.number)
        of = (row.subject_id, ErasedPart(facts["part"]))
        found[of] = (*found.get(of, ()), key)
    return found


def _place(erasure: Erasure) -> tuple[str, str]:
    return (erasure.done_at.isoformat() if erasure.done_at else "", erasure.id.hex)
