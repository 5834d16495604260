"""One card of a recovery kit: who keeps it, and by what it is known again; its share is on paper alone."""

from __future__ import annotations

import uuid

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, Sealed, refers_to


class RecoveryCard(Identified):
    __tablename__ = "recovery_card"
    __table_args__ = (UniqueConstraint("kit_id", "number"),)

    kit_id: Mapped[uuid.UUID] = mapped_column(refers_to("recovery_kit.id"))
    number: Mapped[int]
    sealed_keeper: Mapped[bytes] = mapped_column(Sealed)
    commitment: Mapped[bytes]
