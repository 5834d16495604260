"""What is asked of certifications: which one a company holds, what it must still do, and what the public is told."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import case, select

from app.pipeline.transaction import db
from models.certification import Certification
from models.certification_status import CertificationStatus
from models.publication import Publication
from models.rules.board import StopUsePlace
from models.rules.certification_lifecycle import HELD, CertificationState
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


def term_is_over(certification: Certification, *, on: date) -> bool:
    return certification.valid_to is not None and on > certification.valid_to
