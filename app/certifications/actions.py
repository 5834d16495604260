"""What is done with certifications: they are entered, put into effect and ended."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time

from app.pipeline.audit import of_company, record
from app.pipeline.clock import TOKYO, now
from app.pipeline.identity import Actor
from app.pipeline.transaction import db
from models.certification import Certification
from models.certification_status import CertificationStatus
from models.company import Company
from models.rules.certification_lifecycle import CertificationState


def enter_pre_certified(
    company: Company, *, number: str, valid_from: date, valid_to: date, actor: Actor
) -> Certification:
    """Enter a certification that the board gave before this system began (事前認定)."""
    certification = Certification(
        id=uuid.uuid4(),
        company_id=company.id,
        state=CertificationState.CERTIFIED,
        number=number,
        is_pre_certified=True,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    db().add(certification)
    note_status(certification, CertificationState.CERTIFIED, effective_at=datetime.combine(valid_from, time(), TOKYO))
    facts = {"number": number, "valid_from": valid_from.isoformat(), "valid_to": valid_to.isoformat()}
    record(of_company(company), "certification.certified", actor=actor, facts=dict(facts))
    return certification


def note_status(
    certification: Certification,
    state: CertificationState,
    *,
    effective_at: datetime,
    resolution_id: uuid.UUID | None = None,
) -> None:
    """Say from which moment a certification has a state; the public list is read from these lines."""
    db().add(
        CertificationStatus(
            id=uuid.uuid4(),
            certification_id=certification.id,
            state=state,
            effective_at=effective_at,
            recorded_at=now(),
            resolution_id=resolution_id,
        )
    )
