"""A compartment's key sealed to one public key: of a seat's epoch, of a receipt, or of one named person."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, Sealed, index_where_given, refers_to


class CompartmentGrant(Identified):
    __tablename__ = "compartment_grant"
    __table_args__ = (
        CheckConstraint(
            "(seat_epoch_id IS NOT NULL AND receipt_id IS NULL AND person_id IS NULL) "
            "OR (seat_epoch_id IS NULL AND receipt_id IS NOT NULL AND person_id IS NULL) "
            "OR (seat_epoch_id IS NULL AND receipt_id IS NULL AND person_id IS NOT NULL)",
            name="is_to_one_reader",
        ),
        # Each grant stands in the index of its own reader alone: every entry is one more page to write.
        *(
            index_where_given("compartment_grant", reader, "compartment_id", is_unique=True)
            for reader in ("seat_epoch_id", "receipt_id", "person_id")
        ),
    )

    compartment_id: Mapped[uuid.UUID] = mapped_column(refers_to("compartment.id"), index=True)
    seat_epoch_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("seat_epoch.id"))
    receipt_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("receipt.id"))
    person_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("person.id"))
    """Only where somebody on the office's seat is excluded: then the named person is the reader, not the seat."""
    sealed_key: Mapped[bytes] = mapped_column(Sealed)
    granted_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
