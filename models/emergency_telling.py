"""The least that protects is told because life or body is at risk: asked for by one person, decided by a second."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CodeOf, Identified, Sealed, one_of, refers_to
from models.rules.emergency import EmergencyAnswer


class EmergencyTelling(Identified):
    __tablename__ = "emergency_telling"
    __table_args__ = (
        one_of("answer", EmergencyAnswer),
        CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL) AND (answer IS NULL) = (answered_by_id IS NULL)",
            name="answered_says_who_and_when",
        ),
        CheckConstraint("answered_by_id IS NULL OR answered_by_id <> asked_by_id", name="takes_two"),
        Index(
            "uq_emergency_telling_open",
            "case_id",
            unique=True,
            sqlite_where=text("answered_at IS NULL"),
            postgresql_where=text("answered_at IS NULL"),
        ),
    )

    case_id: Mapped[uuid.UUID] = mapped_column(refers_to("case.id"), index=True)
    compartment_id: Mapped[uuid.UUID] = mapped_column(refers_to("compartment.id"))
    """The narrative: the desk and the consulter open it, and no company ever."""
    sealed_told: Mapped[bytes] = mapped_column(Sealed)
    """To whom, and what."""
    sealed_reason: Mapped[bytes] = mapped_column(Sealed)
    was_allowed: Mapped[bool]
    """Whether CN-EM stood in the ledger when it was asked for."""
    asked_by_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"))
    asked_at: Mapped[datetime]
    answer: Mapped[EmergencyAnswer | None] = mapped_column(CodeOf(EmergencyAnswer))
    answered_by_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("person.id"))
    answered_at: Mapped[datetime | None]
