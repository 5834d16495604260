"""What the consulter wrote at the start: one row for each compartment."""

from __future__ import annotations

import uuid

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, Sealed, refers_to


class Statement(Identified):
    __tablename__ = "statement"
    __table_args__ = (UniqueConstraint("compartment_id"),)

    case_id: Mapped[uuid.UUID] = mapped_column(refers_to("case.id"), index=True)
    compartment_id: Mapped[uuid.UUID] = mapped_column(refers_to("compartment.id"))
    sealed: Mapped[bytes] = mapped_column(Sealed)
    """JSON of the answers that belong to this compartment."""
