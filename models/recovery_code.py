"""A code for the day on which the telephone is lost: kept as a hash alone, and good once."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, refers_to


class RecoveryCode(Identified):
    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("person_id", "number"), CheckConstraint("number >= 0", name="has_a_number"))

    person_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"))
    number: Mapped[int]
    phc: Mapped[str] = mapped_column(String(200))
    pepper_key: Mapped[bytes | None] = mapped_column(LargeBinary(8))
    """The id of the ring's key whose pepper is in the hash; without one it is the first key there was."""
    used_at: Mapped[datetime | None]
