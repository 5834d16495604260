"""What is asked of recalls: which one waits for its second person, and who of a company had opened the copy."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select

from app.cases.queries import copies_of
from app.people.queries import name_of
from app.pipeline.transaction import db
from models.audit_record import AuditRecord
from models.case import Case
from models.exchange import Exchange
from models.person import Person
from models.recall import Recall
from models.recall_reading import RecallReading
from models.rules.case_lifecycle import CaseState
from models.rules.people import COMPANY
from models.rules.recalls import RecallAnswer, may_be_recalled

SHOWS_THE_COPY = "copy.view"


@dataclass(frozen=True)
class Reading:
    """That one person of a company opened the copy: when first, when last, how often."""

    person_id: uuid.UUID
    first_at: datetime
    last_at: datetime
    times: int


@dataclass(frozen=True)
class ReadBy:
    """A line of the read-proof as the desk reads it."""

    name: str
    first_at: datetime
    last_at: datetime
    times: int


def recall_that_waits(exchange: Exchange) -> Recall | None:
    """The request to take this copy back that nobody has answered."""
    return db().scalar(select(Recall).where(Recall.exchange_id == exchange.id, Recall.answered_at.is_(None)))


def last_recall(exchange: Exchange) -> Recall | None:
    """The newest recall that was carried out."""
    return db().scalar(
        select(Recall)
        .where(Recall.exchange_id == exchange.id, Recall.answer == RecallAnswer.CONFIRMED)
        .order_by(Recall.answered_at.desc())
        .limit(1)
    )


def cases_with_a_recall() -> ColumnElement[bool]:
    """The filter for cases in which a recall waits for its second person."""
    waiting = (
        select(Exchange.case_id).join(Recall, Recall.exchange_id == Exchange.id).where(Recall.answered_at.is_(None))
    )
    return Case.id.in_(waiting)


def is_recallable(case: Case, exchange: Exchange) -> bool:
    """Whether the desk may ask to take this copy back now."""
    may = may_be_recalled(
        case.state, is_delivered=exchange.state == "routed", is_acknowledged=exchange.acknowledged_at is not None
    )
    return may and recall_that_waits(exchange) is None


def is_with_this_company_alone(case: Case, exchange: Exchange) -> bool:
    """Whether taking this copy back takes the case from everybody; with another company it goes on there."""
    others = select(Exchange.id).where(
        Exchange.case_id == case.id, Exchange.id != exchange.id, Exchange.state == "routed"
    )
    return case.state is CaseState.ROUTED and db().scalar(others.limit(1)) is None


def readings_of(exchange: Exchange) -> list[Reading]:
    """Who of the company opened the copy since it was delivered, from the record, which nobody can change."""
    copies = {copy.id.hex for copy in copies_of(exchange)}
    delivered = exchange.routed_at
    found: dict[uuid.UUID, list[datetime]] = {}
    if delivered is None:
        return []
    views = select(AuditRecord).where(
        AuditRecord.subject_kind == "case",
        AuditRecord.subject_id == exchange.case_id,
        AuditRecord.name == SHOWS_THE_COPY,
        AuditRecord.actor_role.in_([role.value for role in COMPANY]),
        AuditRecord.at >= delivered,
    )
    for view in db().scalars(views.order_by(AuditRecord.number)):
        if view.actor_id is not None and json.loads(view.facts)["copy_id"] in copies:
            found.setdefault(view.actor_id, []).append(view.at)
    return [Reading(person_id, min(times), max(times), len(times)) for person_id, times in found.items()]


def read_until_now(exchange: Exchange) -> list[ReadBy]:
    """The same while a recall waits: for the second person, who decides by it."""
    return [ReadBy(_name(one.person_id), one.first_at, one.last_at, one.times) for one in readings_of(exchange)]


def read_proof(recall: Recall) -> Sequence[ReadBy]:
    """The read-proof that was kept with a recall, whoever opened the copy first before the others."""
    rows = db().scalars(
        select(RecallReading).where(RecallReading.recall_id == recall.id).order_by(RecallReading.first_at)
    )
    return [ReadBy(_name(row.person_id), row.first_at, row.last_at, row.times) for row in rows]


def _name(person_id: uuid.UUID) -> str:
    return name_of(db().get(Person, person_id))
