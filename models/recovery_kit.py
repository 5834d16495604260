"""A seat's recovery kit: that it exists, of how many cards, and when it was tried out; never what its cards say."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, refers_to


class RecoveryKit(Identified):
    __tablename__ = "recovery_kit"
    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint("needed >= 2 AND needed <= cards AND cards <= 31", name="some_cards_are_enough"),
        CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", name="ended_by_somebody"),
        CheckConstraint("mark >= 0 AND mark < 1048576", name="mark_has_twenty_bits"),
    )

    number: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)
    seat_id: Mapped[uuid.UUID] = mapped_column(refers_to("seat.id"), index=True)
    epoch_number: Mapped[int]
    """The seat's newest epoch when the kit was made; it opens this one and those before it."""
    mark: Mapped[int]
    needed: Mapped[int]
    cards: Mapped[int]
    made_by_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"))
    made_at: Mapped[datetime]
    tried_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("person.id"))

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012 - read by SQLAlchemy
