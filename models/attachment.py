"""A file that was given to a consultation: where its sealed bytes lie, and one sealed card that says all about it."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, Sealed, refers_to


class Attachment(Identified):
    __tablename__ = "attachment"
    __table_args__ = (
        UniqueConstraint("case_id", "number"),
        CheckConstraint("giver IN ('consulter', 'desk', 'officer')", name="giver_is_known"),
        CheckConstraint("(removed_at IS NULL) = (sealed_card IS NOT NULL)", name="removed_keeps_no_key"),
        CheckConstraint("giver <> 'officer' OR exchange_id IS NOT NULL", name="officers_give_in_an_exchange"),
        CheckConstraint("(copy_of_id IS NULL) = (offered_at IS NULL)", name="what_is_offered_is_a_copy"),
        CheckConstraint("copy_of_id IS NULL OR exchange_id IS NOT NULL", name="a_copy_is_for_one_company"),
        CheckConstraint(
            "(approved_at IS NULL AND declined_at IS NULL) OR (offered_at IS NOT NULL)", name="decided_after_the_offer"
        ),
        CheckConstraint("size > 0", name="holds_something"),
    )

    case_id: Mapped[uuid.UUID] = mapped_column(refers_to("case.id"))
    compartment_id: Mapped[uuid.UUID] = mapped_column(refers_to("compartment.id"))
    exchange_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("exchange.id"), index=True)
    """Given by a company's officer, or meant for one company."""
    giver: Mapped[str] = mapped_column(String(12))
    person_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("person.id"))
    number: Mapped[int]
    """By which people speak of it: the first, second … of its consultation."""
    stored_as: Mapped[str] = mapped_column(String(32), index=True)
    """The name of its sealed bytes in the store; a copy for a company shares those of its original."""
    size: Mapped[int] = mapped_column(BigInteger)
    """Bytes of content, which the sealed bytes show anyway."""
    sealed_card: Mapped[bytes | None] = mapped_column(Sealed)
    """JSON: the file's own key, its kind, what the giver said of it, and what is to be remarked."""
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    copy_of_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("attachment.id"))
    offered_at: Mapped[datetime | None]
    approved_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]
