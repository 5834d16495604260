"""A passkey of a person: what it is known by, the lock that it may open, and how often it says it was used."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, Sealed, refers_to


class Passkey(Identified):
    __tablename__ = "passkey"
    __table_args__ = (CheckConstraint("times_used >= 0", name="counts_upwards"),)

    person_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"), index=True)
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    sealed_name: Mapped[bytes] = mapped_column(Sealed)
    locked_private_key: Mapped[bytes | None] = mapped_column(Sealed)
    """The person's own key under what this passkey alone can compute; without it the passkey is a second step only."""
    times_used: Mapped[int] = mapped_column(BigInteger)
    """The counter that came with the newest signature."""
    made_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    doubted_at: Mapped[datetime | None]
    """Since when it is refused, because its counter went back: there may be a copy of it."""
