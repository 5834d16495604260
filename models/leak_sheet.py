"""One version of the nine items of a leak's report; a version is never changed, so that what was reported is kept."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, Sealed, refers_to


class LeakSheet(Identified):
    __tablename__ = "leak_sheet"
    __table_args__ = (
        UniqueConstraint("leak_id", "number"),
        CheckConstraint("number > 0", name="counts_from_one"),
    )

    leak_id: Mapped[uuid.UUID] = mapped_column(refers_to("leak.id"))
    compartment_id: Mapped[uuid.UUID] = mapped_column(refers_to("compartment.id"))
    number: Mapped[int]
    sealed_items: Mapped[bytes] = mapped_column(Sealed)
    """The nine items by their codes, and why a decision departs from what the rules propose."""
    written_by_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"))
    written_at: Mapped[datetime]
