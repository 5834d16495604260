"""From which moment a certification has which state: what the public list is read from."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CodeOf, Identified, one_of, refers_to
from models.rules.certification_lifecycle import CertificationState


class CertificationStatus(Identified):
    __tablename__ = "certification_status"
    __table_args__ = (
        one_of("state", CertificationState),
        Index("ix_certification_status_effect", "certification_id", "effective_at"),
    )

    certification_id: Mapped[uuid.UUID] = mapped_column(refers_to("certification.id"))
    state: Mapped[CertificationState] = mapped_column(CodeOf(CertificationState))
    effective_at: Mapped[datetime]
    """May lie ahead: a revocation takes effect at 00:00 of its day by the clock alone."""
    recorded_at: Mapped[datetime]
    resolution_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("resolution.id"))
