"""A turn of duty (当番): who of the desk is woken first, from when until when."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, refers_to


class DutyShift(Identified):
    __tablename__ = "duty_shift"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_it_starts"),
        Index("ix_duty_shift_time", "ends_at", "starts_at"),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    planned_by_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"))
    planned_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
