"""The forwarded copy (転送版) in its versions: written by the desk, approved by the consulter."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CodeOf, Identified, Sealed, Token, one_of, refers_to
from models.rules.consent import ConsentLevel


class ForwardedCopy(Identified):
    __tablename__ = "forwarded_copy"
    __table_args__ = (
        UniqueConstraint("exchange_id", "number"),
        one_of("level", ConsentLevel),
        CheckConstraint("approved_at IS NULL OR put_at IS NOT NULL", name="approved_after_it_was_put"),
        CheckConstraint("approved_digest IS NULL OR approved_at IS NOT NULL", name="digest_of_what_was_approved"),
    )

    exchange_id: Mapped[uuid.UUID] = mapped_column(refers_to("exchange.id"))
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
    approved_digest: Mapped[bytes | None] = mapped_column(Token(16))
    """Of the text as she approved it, keyed by the narrative; None for what was approved before this was kept."""
    laid_out_digest: Mapped[bytes | None] = mapped_column(Token(32))
    """Of the sealed bytes as a person laid them out: the clock that delivers them holds no key."""
