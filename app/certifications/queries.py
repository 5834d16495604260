"""What is asked of certifications: which one a company holds, what it must still do, and what the public is told."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, case, select

from app.pipeline.clock import now, today
from app.pipeline.transaction import db
from app.successions.queries import predecessors_of
from models.certification import Certification
from models.certification_status import CertificationStatus
from models.publication import Publication
from models.rules.board import StopUsePlace
from models.rules.certification_lifecycle import ENDS, HELD, CertificationState, certification_policy_at
from models.rules.pledges import waits_until
from models.rules.working_days import in_japan
from models.stop_use_task import StopUseTask

NEVER_HELD = (
    CertificationState.DRAFT,
    CertificationState.SUBMITTED,
    CertificationState.UNDER_REVIEW,
    CertificationState.RETURNED,
    CertificationState.BOARD_PENDING,
    CertificationState.REJECTED,
)


def held_certification(company_id: uuid.UUID) -> Certification | None:
    """The certification that a company holds, in whatever state of its term."""
    return db().scalar(
        select(Certification)
        .where(Certification.company_id == company_id, Certification.state.in_(HELD))
        .order_by(Certification.valid_from.desc())
        .limit(1)
    )


def is_held_or_applied_for(company_id: uuid.UUID) -> bool:
    """Whether a company has a certification, or has sent in an application that is not decided."""
    # What is only being written is filed under the rules of the day on which it is filed.
    over = (*ENDS, CertificationState.DRAFT)
    query = select(Certification.id).where(Certification.company_id == company_id, Certification.state.not_in(over))
    return db().scalar(query.limit(1)) is not None


def certification_of(company_id: uuid.UUID) -> Certification | None:
    """The certification that a company holds, or else the one it held last."""
    return db().scalar(
        select(Certification)
        .where(Certification.company_id == company_id, Certification.state.not_in(NEVER_HELD))
        .order_by(case((Certification.state.in_(HELD), 0), else_=1), Certification.valid_from.desc())
        .limit(1)
    )


def certification_numbered(number: str) -> Certification | None:
    return db().scalar(select(Certification).where(Certification.number == number))


def statuses_of(certification: Certification) -> Sequence[CertificationStatus]:
    """From which moment it has which state, oldest first; the last may lie ahead."""
    return (
        db()
        .scalars(
            select(CertificationStatus)
            .where(CertificationStatus.certification_id == certification.id)
            .order_by(CertificationStatus.effective_at, CertificationStatus.recorded_at)
        )
        .all()
    )


def is_reinstated_by(resolution_id: uuid.UUID) -> bool:
    """Whether it was this decision of the board that gave a certification back."""
    line = select(CertificationStatus.id).where(
        CertificationStatus.resolution_id == resolution_id, CertificationStatus.state == CertificationState.REINSTATED
    )
    return db().scalar(line.limit(1)) is not None


def publication_about(resolution_id: uuid.UUID) -> Publication | None:
    return db().scalar(select(Publication).where(Publication.resolution_id == resolution_id))


def stop_use_tasks(certification: Certification) -> Sequence[StopUseTask]:
    """Where a company must stop using the mark, in the order of the list of places; none once it is certified again."""
    if certification.state is not CertificationState.REVOKED:
        return ()
    tasks = db().scalars(select(StopUseTask).where(StopUseTask.certification_id == certification.id)).all()
    order = [place.value for place in StopUsePlace]
    return sorted(tasks, key=lambda task: order.index(task.place))


def was_renewal_filed_in_time(certification: Certification) -> bool:
    """Whether a renewal was filed while the term still ran."""
    filed, end = certification.renewal_filed_on, certification.valid_to
    return filed is not None and end is not None and filed <= end


def states_in_force(certifications: Sequence[Certification], at: datetime) -> dict[uuid.UUID, CertificationState]:
    """The state that each has by its lines at a moment, as the public list reads it: never that of a procedure."""
    lines = db().scalars(
        select(CertificationStatus)
        .where(
            CertificationStatus.certification_id.in_([one.id for one in certifications]),
            CertificationStatus.effective_at <= at,
        )
        .order_by(CertificationStatus.effective_at, CertificationStatus.recorded_at)
    )
    return {line.certification_id: line.state for line in lines}


def scheduled_end(certification: Certification, at: datetime) -> datetime | None:
    """The moment ahead from which it is revoked, when the board has set one."""
    ahead = [
        line.effective_at
        for line in statuses_of(certification)
        if line.effective_at > at and line.state is CertificationState.REVOKED
    ]
    return ahead[-1] if ahead else None


def publications_of(certification: Certification) -> Sequence[Publication]:
    """Everything that was ever published about it, withdrawn or not."""
    return (
        db()
        .scalars(
            select(Publication)
            .where(Publication.certification_id == certification.id)
            .order_by(Publication.published_from)
        )
        .all()
    )


def open_stop_use(certifications: Sequence[Certification]) -> dict[uuid.UUID, list[StopUseTask]]:
    """The places that were not confirmed yet, by certification; only of those that are revoked."""
    revoked = [one.id for one in certifications if one.state is CertificationState.REVOKED]
    found: dict[uuid.UUID, list[StopUseTask]] = {}
    tasks = select(StopUseTask).where(StopUseTask.certification_id.in_(revoked), StopUseTask.confirmed_at.is_(None))
    for task in db().scalars(tasks):
        found.setdefault(task.certification_id, []).append(task)
    return found


def effects_of_revocations(of: ColumnElement[bool]) -> Sequence[datetime]:
    """From when each revocation holds that the board decided and has not taken back, of some certifications."""
    taken_back = select(Publication.resolution_id).where(Publication.withdrawn_at.is_not(None))
    effects = (
        select(CertificationStatus.effective_at)
        .join(Certification, Certification.id == CertificationStatus.certification_id)
        .where(
            of,
            CertificationStatus.state == CertificationState.REVOKED,
            CertificationStatus.resolution_id.not_in(taken_back),
        )
    )
    return db().scalars(effects).all()


def waits_until_day(company_id: uuid.UUID) -> date | None:
    """The day from which a company may apply again after a revocation, while that lies ahead.

    It is counted from what the board decided and has not taken back, whether its day has come or not, and in whatever
    other way the certification ended meanwhile: leaving the association, or letting the term run out, shortens nothing,
    and neither does being absorbed: the successor waits as long. Whoever left while the board had the matter, before it
    decided, waits from that day on (審査中辞退, 6.4).
    """
    companies = [company_id, *predecessors_of(company_id)]
    effects = effects_of_revocations(Certification.company_id.in_(companies))
    left = db().scalars(
        select(Certification.ended_in_procedure_on).where(
            Certification.company_id.in_(companies),
            Certification.ended_in_procedure_on.is_not(None),
        )
    )
    ended = [*(in_japan(effect).date() for effect in effects), *(day for day in left if day is not None)]
    day = waits_until(
        ended_on=max(ended, default=None), months=certification_policy_at(now()).waiting_months_after_revocation
    )
    return day if day is not None and day > today() else None
