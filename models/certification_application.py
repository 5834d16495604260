"""A company's application for certification, or for its renewal: one sheet of nine pledges on its way to the board."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, only_where, refers_to


class CertificationApplication(Identified):
    __tablename__ = "certification_application"
    __table_args__ = (
        CheckConstraint("kind IN ('first', 'renewal')", name="kind_is_known"),
        CheckConstraint("meeting_id IS NULL OR agenda_at IS NOT NULL", name="agenda_has_a_time"),
        Index("ix_certification_application_company", "company_id", "begun_at"),
        Index(
            "uq_certification_application_open",
            "certification_id",
            unique=True,
            **only_where(text("ended_at IS NULL")),
        ),
    )

    number: Mapped[str] = mapped_column(String(16), unique=True)
    company_id: Mapped[uuid.UUID] = mapped_column(refers_to("company.id"))
    certification_id: Mapped[uuid.UUID] = mapped_column(refers_to("certification.id"))
    """Whose state says where the application is."""
    kind: Mapped[str] = mapped_column(String(12))
    pledge_version: Mapped[str] = mapped_column(String(24))
    version: Mapped[int] = mapped_column(default=1)
    begun_by_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"))
    begun_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]
    meeting_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("board_meeting.id"), index=True)
    agenda_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    """When the board had decided."""

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012 - read by SQLAlchemy
