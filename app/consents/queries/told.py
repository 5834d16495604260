"""How far companies have come to know of a case, read from what was delivered, the record and their answers."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, select

from app.cases.queries import copies_of, exchanges_of
from app.incidents.queries import Counted, how_counted
from app.pipeline.transaction import db
from models.action_entry import ActionEntry
from models.audit_record import AuditRecord
from models.case import Case
from models.emergency_telling import EmergencyTelling
from models.exchange import Exchange
from models.provision import Provision
from models.report import Report
from models.rules.emergency_telling import EmergencyAnswer
from models.rules.people import COMPANY
from models.rules.withdrawal import TakenBack, Told, what_withdrawal_cannot_undo

OPENING = {"exchange.open": "exchange_id", "copy.view": "copy_id"}
"""The events by which somebody of a company opened something, and the fact that says what."""


@dataclass(frozen=True)
class CannotUndo:
    """What is said to the consulter before she takes something back, and whether nothing was told in any way."""

    words: str
    nothing_told: bool


def cannot_undo(case: Case, taken_back: TakenBack, locale: str, *, company_id: uuid.UUID | None = None) -> CannotUndo:
    """As it is for this case now; with a company, for that one alone."""
    told = told_so_far(case, company_id=company_id)
    with_others = company_id is None and how_counted(case) is Counted.TOLD
    emergency = company_id is None and _was_told_in_an_emergency(case)
    words = what_withdrawal_cannot_undo(taken_back, told, locale, with_others=with_others, in_an_emergency=emergency)
    return CannotUndo(words, nothing_told=told is Told.NOTHING and not with_others and not emergency)


def told_so_far(case: Case, *, company_id: uuid.UUID | None = None) -> Told:
    """The most that a company came to know; what was taken back since was known all the same."""
    with_companies = [one for one in exchanges_of(case) if company_id in (None, one.company_id)]
    ids = [one.id for one in with_companies]
    if any(one.acknowledged_at is not None for one in with_companies) or _has_acted(ids):
        return Told.ANSWERED
    if _was_opened(case, with_companies):
        return Told.OPENED
    delivered = exists().where(Provision.exchange_id.in_(ids))
    return Told.SENT if db().scalar(select(delivered)) else Told.NOTHING


def _has_acted(ids: Sequence[uuid.UUID]) -> bool:
    acted = exists().where(ActionEntry.exchange_id.in_(ids))
    reported = exists().where(Report.exchange_id.in_(ids))
    return bool(db().scalar(select(acted | reported)))


def _was_opened(case: Case, with_companies: Sequence[Exchange]) -> bool:
    theirs = {one.id.hex for one in with_companies}
    theirs |= {copy.id.hex for one in with_companies for copy in copies_of(one)}
    views = select(AuditRecord).where(
        AuditRecord.subject_kind == "case",
        AuditRecord.subject_id == case.id,
        AuditRecord.name.in_(OPENING),
        AuditRecord.actor_role.in_([role.value for role in COMPANY]),
    )
    return any(json.loads(view.facts)[OPENING[view.name]] in theirs for view in db().scalars(views))


def _was_told_in_an_emergency(case: Case) -> bool:
    agreed = exists().where(EmergencyTelling.case_id == case.id, EmergencyTelling.answer == EmergencyAnswer.AGREED)
    return bool(db().scalar(select(agreed)))
