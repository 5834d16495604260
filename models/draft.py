"""What an officer began to write (書きかけ): sealed for her company alone, and gone when it was sent."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CodeOf, Identified, Sealed, one_of, refers_to
from models.rules.drafts import DraftKind


class Draft(Identified):
    __tablename__ = "draft"
    __table_args__ = (one_of("kind", DraftKind), UniqueConstraint("exchange_id", "kind"))

    exchange_id: Mapped[uuid.UUID] = mapped_column(refers_to("exchange.id"))
    compartment_id: Mapped[uuid.UUID] = mapped_column(refers_to("compartment.id"))
    kind: Mapped[DraftKind] = mapped_column(CodeOf(DraftKind))
    version: Mapped[int]
    person_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"))
    saved_at: Mapped[datetime]
    sealed_answers: Mapped[bytes] = mapped_column(Sealed)
    """JSON of what stood in each field of the form, as it was typed."""
