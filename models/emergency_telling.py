"""The least that protects is told because life or body is at risk: asked for by one person, decided by a second."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CodeOf, Identified, Sealed, one_of, only_where, refers_to
from models.rules.emergency_telling import EmergencyAnswer, EmergencyOutcome


class EmergencyTelling(Identified):
    __tablename__ = "emergency_telling"
    __table_args__ = (
        one_of("answer", EmergencyAnswer),
        one_of("outcome", EmergencyOutcome),
        CheckConstraint("is_life_at_risk", name="somebody_is_in_danger"),
        CheckConstraint(
            "(outcome IS NULL) = (done_at IS NULL) AND (outcome IS NULL) = (done_by_id IS NULL)"
            " AND (outcome IS NULL) = (sealed_done IS NULL) AND (outcome IS NULL) = (noted_at IS NULL)",
            name="done_says_who_when_and_how",
        ),
        CheckConstraint("outcome IS NULL OR answer = 'agreed'", name="is_done_once_two_agreed"),
        CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL) AND (answer IS NULL) = (answered_by_id IS NULL)",
            name="answered_says_who_and_when",
        ),
        CheckConstraint("answered_by_id IS NULL OR answered_by_id <> asked_by_id", name="takes_two"),
        Index(
            "uq_emergency_telling_open",
            "case_id",
            unique=True,
            **only_where(text("answered_at IS NULL")),
        ),
    )

    case_id: Mapped[uuid.UUID] = mapped_column(refers_to("case.id"), index=True)
    compartment_id: Mapped[uuid.UUID] = mapped_column(refers_to("compartment.id"))
    """The narrative: the desk and the consulter open it, and no company ever."""
    sealed_told: Mapped[bytes] = mapped_column(Sealed)
    """To whom, and what."""
    sealed_reason: Mapped[bytes] = mapped_column(Sealed)
    is_life_at_risk: Mapped[bool] = mapped_column(default=True)
    """Whoever asked has said so; without it nothing is asked."""
    was_allowed: Mapped[bool]
    """Whether CN-EM stood in the ledger when it was asked for."""
    asked_by_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"))
    asked_at: Mapped[datetime]
    answer: Mapped[EmergencyAnswer | None] = mapped_column(CodeOf(EmergencyAnswer))
    answered_by_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("person.id"))
    answered_at: Mapped[datetime | None]
    message_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("message.id"))
    """The message by which the consulter was told of the decision."""
    outcome: Mapped[EmergencyOutcome | None] = mapped_column(CodeOf(EmergencyOutcome))
    done_at: Mapped[datetime | None]
    """When it was told, or tried in vain, or not needed any more."""
    done_by_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("person.id"))
    sealed_done: Mapped[bytes | None] = mapped_column(Sealed)
    """To whom exactly, how, and what was said."""
    noted_at: Mapped[datetime | None]
