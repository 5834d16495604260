"""A reminder (督促, E0) that was issued for a clock; each once."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, refers_to


class Reminder(Identified):
    __tablename__ = "reminder"
    __table_args__ = (UniqueConstraint("clock_id", "kind"),)

    clock_id: Mapped[uuid.UUID] = mapped_column(refers_to("clock.id"))
    kind: Mapped[str] = mapped_column(String(20))
    """before_2, due_day, after_1, after_3: the place in the rhythm."""
    scheduled_at: Mapped[datetime]
    issued_at: Mapped[datetime]
    person_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("person.id"))
