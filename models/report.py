"""The officer's report (報告) in its versions, in the blocks of the Guideline."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, Sealed, refers_to


class Report(Identified):
    __tablename__ = "report"
    __table_args__ = (
        UniqueConstraint("exchange_id", "number"),
        CheckConstraint("returned_at IS NULL OR accepted_at IS NULL", name="is_returned_or_accepted"),
        CheckConstraint("(returned_at IS NULL) = (sealed_return_reason IS NULL)", name="returned_with_a_reason"),
    )

    exchange_id: Mapped[uuid.UUID] = mapped_column(refers_to("exchange.id"))
    compartment_id: Mapped[uuid.UUID] = mapped_column(refers_to("compartment.id"))
    number: Mapped[int]
    sealed_body: Mapped[bytes] = mapped_column(Sealed)
    """JSON of the Guideline's blocks, with the actions (AC-) and the rule that applied."""
    submitted_by_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"))
    submitted_at: Mapped[datetime]
    returned_at: Mapped[datetime | None]
    sealed_return_reason: Mapped[bytes | None] = mapped_column(Sealed)
    accepted_at: Mapped[datetime | None]
    reviewed_by_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("person.id"))
