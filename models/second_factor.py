"""The secret that a person's authenticator app shares with the server; waiting until a first code proves it arrived."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, Sealed, only_where, refers_to

_IN_USE = text("confirmed_at IS NOT NULL")
_WAITS = text("confirmed_at IS NULL")


class SecondFactor(Identified):
    __tablename__ = "second_factor"
    __table_args__ = (
        Index("uq_second_factor_in_use", "person_id", unique=True, **only_where(_IN_USE)),
        Index("uq_second_factor_waits", "person_id", unique=True, **only_where(_WAITS)),
        CheckConstraint("(confirmed_at IS NULL) = (last_step IS NULL)", name="was_used_when_confirmed"),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"))
    sealed_secret: Mapped[bytes] = mapped_column(Sealed)
    made_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int | None]
    """The time step of the newest code that was used; neither it nor an older one is taken again."""
