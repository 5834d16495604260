"""Something on which a company must stop using the mark."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, refers_to


class StopUseTask(Identified):
    __tablename__ = "stop_use_task"
    __table_args__ = (
        UniqueConstraint("certification_id", "place"),
        CheckConstraint(
            "place IN ('website', 'printed', 'business_card', 'recruiting', 'premises')", name="place_is_known"
        ),
        CheckConstraint("(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", name="confirmed_by_somebody"),
    )

    certification_id: Mapped[uuid.UUID] = mapped_column(refers_to("certification.id"))
    place: Mapped[str] = mapped_column(String(20))
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("person.id"))
