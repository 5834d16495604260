"""The read-proof of a recall: one person of the company who had opened the copy, when first, when last, how often."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, refers_to


class RecallReading(Identified):
    __tablename__ = "recall_reading"
    __table_args__ = (
        UniqueConstraint("recall_id", "person_id"),
        CheckConstraint("times > 0", name="was_opened"),
    )

    recall_id: Mapped[uuid.UUID] = mapped_column(refers_to("recall.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"))
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    times: Mapped[int]
