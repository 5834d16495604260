"""The forwarded copy (転送版) in its versions: written by the desk, approved by the consulter."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CodeOf, Identified, Sealed, one_of, refers_to
from models.rules.consent import ConsentLevel


class ForwardedCopy(Identified):
    __tablename__ = "forwarded_copy"
    __table_args__ = (
        UniqueConstraint("exchange_id", "number"),
        one_of("level", ConsentLevel),
        CheckConstraint("approved_at IS NULL OR put_at IS NOT NULL", name="approved_after_it_was_put"),
    )

    exchange_id: Mapped[uuid.UUID] = mapped_column(refers_to("exchange.id"), index=True)
    compartment_id: Mapped[uuid.UUID] = mapped_column(refers_to("compartment.id"))
    """The narrative until this version is sent, then what the company's key opens; what she says of it is a message."""
    number: Mapped[int]
    level: Mapped[ConsentLevel] = mapped_column(CodeOf(ConsentLevel))
    sealed_text: Mapped[bytes] = mapped_column(Sealed)
    drafted_by_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"))
    drafted_at: Mapped[datetime]
    put_at: Mapped[datetime | None]
    approved_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]
