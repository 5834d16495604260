"""A question of the watch to the consulter, how she is treated since a company was told, and what she answered."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, Token, refers_to


class CheckIn(Identified):
    __tablename__ = "check_in"
    __table_args__ = (
        CheckConstraint("(answered_at IS NULL) = (answer_token IS NULL)", name="answered_has_an_answer"),
        CheckConstraint("message_id IS NULL OR answered_at IS NOT NULL", name="words_belong_to_an_answer"),
        CheckConstraint("seen_at IS NULL OR answered_at IS NOT NULL", name="only_an_answer_is_seen"),
        Index("ix_check_in_watch", "watch_id", "asked_at"),
        Index("ix_check_in_case", "case_id"),
    )

    watch_id: Mapped[uuid.UUID] = mapped_column(refers_to("retaliation_watch.id"))
    case_id: Mapped[uuid.UUID] = mapped_column(refers_to("case.id"))
    months: Mapped[int]
    """How many months after the disclosure it asks."""
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answer_token: Mapped[bytes | None] = mapped_column(Token(16))
    """Nothing changed, something worries her, or she is treated worse; as a keyed token."""
    message_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("message.id"))
    """Her words to it, which lie with the conversation."""
    seen_at: Mapped[datetime | None]
    """When somebody of the desk said that this answer was seen."""
