"""Somebody asks to take a delivered copy back; a second person of the desk agrees or does not."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CodeOf, Identified, one_of, only_where, refers_to
from models.rules.desk_reasons import RecallReason
from models.rules.recalls import RecallAnswer


class Recall(Identified):
    __tablename__ = "recall"
    __table_args__ = (
        one_of("reason", RecallReason),
        one_of("answer", RecallAnswer),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered_has_a_time"),
        CheckConstraint("answered_by_id IS NULL OR answered_by_id <> asked_by_id", name="takes_two"),
        CheckConstraint("answer IS NULL OR answer = 'overtaken' OR answered_by_id IS NOT NULL", name="says_who"),
        Index(
            "uq_recall_open",
            "exchange_id",
            unique=True,
            **only_where(text("answered_at IS NULL")),
        ),
    )

    exchange_id: Mapped[uuid.UUID] = mapped_column(refers_to("exchange.id"), index=True)
    reason: Mapped[RecallReason] = mapped_column(CodeOf(RecallReason))
    asked_by_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"))
    asked_at: Mapped[datetime]
    answer: Mapped[RecallAnswer | None] = mapped_column(CodeOf(RecallAnswer))
    answered_by_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("person.id"))
    answered_at: Mapped[datetime | None]
