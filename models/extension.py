"""An officer's request for more time for the final report; granted once at most."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, Sealed, refers_to


class Extension(Identified):
    __tablename__ = "extension"
    __table_args__ = (
        UniqueConstraint("exchange_id"),
        CheckConstraint("(decided_at IS NULL) = (granted IS NULL)", name="decided_has_an_answer"),
    )

    exchange_id: Mapped[uuid.UUID] = mapped_column(refers_to("exchange.id"))
    compartment_id: Mapped[uuid.UUID] = mapped_column(refers_to("compartment.id"))
    working_days: Mapped[int]
    sealed_reason: Mapped[bytes] = mapped_column(Sealed)
    asked_by_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"))
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("person.id"))
    granted: Mapped[bool | None]
    new_due_at: Mapped[datetime | None]
