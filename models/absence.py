"""That somebody of a company is away for some days; her deputy is addressed then, and no clock changes."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, refers_to


class Absence(Identified):
    __tablename__ = "absence"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="ends_after_it_starts"),
        CheckConstraint("over_at IS NULL OR begun_at IS NOT NULL", name="is_over_after_it_began"),
        Index("ix_absence_company", "company_id", "ends_on"),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"))
    company_id: Mapped[uuid.UUID] = mapped_column(refers_to("company.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    entered_by_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"))
    entered_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    begun_at: Mapped[datetime | None]
    """When what lay with her was passed on, and below, when it came back."""
    over_at: Mapped[datetime | None]
