"""A deadline that runs: when it falls due, and under which rule and calendar it was computed."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CodeOf, Identified, one_of, only_where
from models.rules.deadlines import ClockKind


class Clock(Identified):
    __tablename__ = "clock"
    __table_args__ = (
        one_of("kind", ClockKind),
        CheckConstraint(
            "subject_kind IN ('case', 'exchange', 'formal_request', 'board_item', 'certification', 'company', 'leak',"
            " 'survey_invitation')",
            name="subject_is_known",
        ),
        CheckConstraint("met_at IS NULL OR stopped_at IS NULL", name="is_met_or_stopped"),
        Index(
            "uq_clock_running",
            "subject_id",
            "kind",
            unique=True,
            **only_where(text("met_at IS NULL AND stopped_at IS NULL")),
        ),
        Index(
            "ix_clock_due",
            "kind",
            "due_at",
            **only_where(text("met_at IS NULL AND stopped_at IS NULL")),
        ),
        Index("ix_clock_subject", "subject_id", "kind"),
    )

    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[uuid.UUID]
    kind: Mapped[ClockKind] = mapped_column(CodeOf(ClockKind))
    started_at: Mapped[datetime]
    due_at: Mapped[datetime]
    policy_version: Mapped[str] = mapped_column(String(20))
    calendar_version: Mapped[str] = mapped_column(String(40))
    explanation_ja: Mapped[str] = mapped_column(Text, default="")
    explanation_en: Mapped[str] = mapped_column(Text, default="")
    met_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    passing_told_at: Mapped[datetime | None]
    """When those who answer for an outer limit were told that it had passed."""

    @property
    def is_running(self) -> bool:
        return self.met_at is None and self.stopped_at is None
