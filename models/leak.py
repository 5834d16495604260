"""A leak worksheet: what got into wrong hands, since when it is known, and how far its reports are."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CodeOf, Identified, one_of, only_where, refers_to
from models.rules.deadlines import ClockKind
from models.rules.leak import KeySafety, LeakReach, LeakState


class Leak(Identified):
    __tablename__ = "leak"
    __table_args__ = (
        one_of("state", LeakState),
        one_of("reach", LeakReach),
        one_of("key_safety", KeySafety),
        CheckConstraint("(ended_at IS NOT NULL) = (state = 'ended')", name="ended_when_it_is_done"),
        CheckConstraint("aware_at <= begun_at", name="was_known_when_it_began"),
        CheckConstraint("ended_at IS NULL OR next_reminder_at IS NULL", name="reminds_of_nothing_once_it_ended"),
        Index("ix_leak_state", "state", "aware_at"),
        Index(
            "ix_leak_reminder",
            "next_reminder_at",
            **only_where(text("next_reminder_at IS NOT NULL")),
        ),
    )

    number: Mapped[str] = mapped_column(String(16), unique=True)
    state: Mapped[LeakState] = mapped_column(CodeOf(LeakState))
    version: Mapped[int] = mapped_column(default=1)
    reach: Mapped[LeakReach] = mapped_column(CodeOf(LeakReach))
    key_safety: Mapped[KeySafety] = mapped_column(CodeOf(KeySafety))
    triggers: Mapped[str] = mapped_column(String(80), default="")
    """Codes of the law's triggers that apply, joined by spaces."""
    rules_version: Mapped[str] = mapped_column(String(20))
    """The version of the law's rules that was in force when it became known."""
    recall_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("recall.id"), unique=True)
    """The recall after which it began; None when somebody began it by hand."""
    aware_at: Mapped[datetime]
    """When the association became aware; every term counts from this day."""
    begun_at: Mapped[datetime]
    begun_by_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"))
    speedy_at: Mapped[datetime | None]
    final_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    next_due_at: Mapped[datetime | None]
    next_due_kind: Mapped[ClockKind | None] = mapped_column(CodeOf(ClockKind))
    next_reminder_at: Mapped[datetime | None]

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012 - read by SQLAlchemy
