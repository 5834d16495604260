"""An alarm about possible danger: it repeats until somebody of the desk says that it was heard."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, only_where, refers_to

SOUNDING = text("next_at IS NOT NULL")


class CrisisAlarm(Identified):
    __tablename__ = "crisis_alarm"
    __table_args__ = (
        CheckConstraint("(acknowledged_at IS NULL) = (acknowledged_by_id IS NULL)", name="heard_by_somebody"),
        CheckConstraint("(acknowledged_at IS NULL) = (next_at IS NOT NULL)", name="sounds_until_it_was_heard"),
        Index("uq_crisis_alarm_sounding", "case_id", unique=True, **only_where(SOUNDING)),
        Index("ix_crisis_alarm_next", "next_at", **only_where(SOUNDING)),
        Index("ix_crisis_alarm_case", "case_id"),
    )

    case_id: Mapped[uuid.UUID] = mapped_column(refers_to("case.id"))
    raised_at: Mapped[datetime]
    rounds: Mapped[int] = mapped_column(default=1)
    next_at: Mapped[datetime | None]
    """When it sounds again; none once it was heard."""
    escalated_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("person.id"))
