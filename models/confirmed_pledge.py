"""What a company said of one pledge when it was asked in a year."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CodeOf, Identified, Sealed, one_of, refers_to
from models.rules.pledge_confirmation import Keeping
from models.rules.pledges import Pledge


class ConfirmedPledge(Identified):
    __tablename__ = "confirmed_pledge"
    __table_args__ = (
        one_of("pledge", Pledge),
        one_of("keeping", Keeping),
        UniqueConstraint("confirmation_id", "pledge"),
        CheckConstraint("keeping = 'kept' OR sealed_note IS NOT NULL", name="a_difference_says_what"),
        CheckConstraint("sealed_note IS NULL OR compartment_id IS NOT NULL", name="words_lie_in_a_compartment"),
    )

    confirmation_id: Mapped[uuid.UUID] = mapped_column(refers_to("pledge_confirmation.id"))
    compartment_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("compartment.id"))
    pledge: Mapped[Pledge] = mapped_column(CodeOf(Pledge))
    keeping: Mapped[Keeping] = mapped_column(CodeOf(Keeping))
    sealed_note: Mapped[bytes | None] = mapped_column(Sealed)
    said_at: Mapped[datetime]
    said_by_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"))
