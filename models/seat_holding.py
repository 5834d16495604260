"""A person holds a seat's epoch: its private key, sealed to the person's own public key."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, Sealed, refers_to


class SeatHolding(Identified):
    __tablename__ = "seat_holding"
    __table_args__ = (UniqueConstraint("epoch_id", "person_id"),)

    epoch_id: Mapped[uuid.UUID] = mapped_column(refers_to("seat_epoch.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"), index=True)
    sealed_private_key: Mapped[bytes] = mapped_column(Sealed)
    granted_by_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("person.id"))
    granted_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
