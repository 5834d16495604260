"""That somebody of a company was asked whether she still serves, and what came of it."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, only_where, refers_to

_OPEN = text("confirmed_at IS NULL")


class PostConfirmation(Identified):
    __tablename__ = "post_confirmation"
    __table_args__ = (
        CheckConstraint("confirmed_at IS NULL OR confirmed_at >= asked_at", name="is_answered_after_it_is_asked"),
        Index("uq_post_confirmation_open", "person_id", unique=True, **only_where(_OPEN)),
        # By it the clock finds who has confirmed lately.
        Index("ix_post_confirmation_of_person", "person_id", "confirmed_at"),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"))
    asked_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]
    lapsed_at: Mapped[datetime | None]
    """Since when she is passed over for somebody who has confirmed."""
    confirmed_at: Mapped[datetime | None]
