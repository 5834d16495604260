"""A file that a company gives as evidence for a pledge of its application: its bytes sealed, and a card about them."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CodeOf, Identified, Sealed, one_of, refers_to
from models.rules.pledges import Pledge


class PledgeEvidence(Identified):
    __tablename__ = "pledge_evidence"
    __table_args__ = (
        one_of("pledge", Pledge),
        UniqueConstraint("application_id", "number"),
        CheckConstraint("(removed_at IS NULL) = (sealed_card IS NOT NULL)", name="removed_keeps_no_key"),
        CheckConstraint("size > 0", name="holds_something"),
    )

    application_id: Mapped[uuid.UUID] = mapped_column(refers_to("certification_application.id"))
    pledge: Mapped[Pledge] = mapped_column(CodeOf(Pledge))
    compartment_id: Mapped[uuid.UUID] = mapped_column(refers_to("compartment.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"))
    number: Mapped[int]
    """By which people speak of it: the first, second … of its application."""
    stored_as: Mapped[str] = mapped_column(String(32), index=True)
    """The name of its sealed bytes in the store."""
    size: Mapped[int] = mapped_column(BigInteger)
    sealed_card: Mapped[bytes | None] = mapped_column(Sealed)
    """JSON: the file's own key, its kind, what the giver said of it, and what is to be remarked."""
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
