"""A seat's key pair for a time; a new one begins when a holder leaves."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, only_where, refers_to


class SeatEpoch(Identified):
    __tablename__ = "seat_epoch"
    __table_args__ = (
        UniqueConstraint("seat_id", "number"),
        Index(
            "uq_seat_epoch_one_open",
            "seat_id",
            unique=True,
            **only_where(text("ended_at IS NULL")),
        ),
    )

    seat_id: Mapped[uuid.UUID] = mapped_column(refers_to("seat.id"))
    number: Mapped[int]
    public_key: Mapped[bytes]
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
