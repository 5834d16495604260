"""Something that waits for a person whose session can open it: a seat to hand on, a compartment to grant."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, only_where, refers_to


class WaitingGrant(Identified):
    __tablename__ = "waiting_grant"
    __table_args__ = (
        CheckConstraint("(person_id IS NULL) <> (compartment_id IS NULL)", name="waits_for_one_thing"),
        Index(
            "ix_waiting_grant_open",
            "seat_epoch_id",
            **only_where(text("done_at IS NULL")),
        ),
    )

    seat_epoch_id: Mapped[uuid.UUID] = mapped_column(refers_to("seat_epoch.id"))
    """The epoch whose private key a person waits for, or which waits for a compartment."""
    person_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("person.id"))
    compartment_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("compartment.id"))
    asks_colleague: Mapped[bool] = mapped_column(default=False)
    """Whether somebody who knows the person must say so first, because her keys were made anew."""
    asked_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("person.id"))
