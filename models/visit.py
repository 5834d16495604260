"""A session: the keys of the one who is present, sealed under a key that only the browser's cookie carries."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, Sealed, Token, refers_to


class Visit(Identified):
    __tablename__ = "visit"
    __table_args__ = (CheckConstraint("(person_id IS NULL) <> (receipt_id IS NULL)", name="is_of_one_visitor"),)

    locator: Mapped[bytes] = mapped_column(Token(32), unique=True)
    person_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("person.id"), index=True)
    receipt_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("receipt.id"), index=True)
    sealed_private_key: Mapped[bytes] = mapped_column(Sealed)
    began_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    idle_ends_at: Mapped[datetime]
    absolute_ends_at: Mapped[datetime]
