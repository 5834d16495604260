"""The questions that somebody set in case the receipt code is lost, with their answers, sealed with her name."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, Sealed, refers_to


class RecoveryAnswers(Identified):
    __tablename__ = "recovery_answers"

    case_id: Mapped[uuid.UUID] = mapped_column(refers_to("case.id"), unique=True)
    compartment_id: Mapped[uuid.UUID] = mapped_column(refers_to("compartment.id"))
    sealed_answers: Mapped[bytes] = mapped_column(Sealed)
    set_at: Mapped[datetime]
