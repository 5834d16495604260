"""A call or a letter that is due to somebody who does not come back to the screen; number and words lie sealed."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CodeOf, Identified, one_of, refers_to
from models.rules.replies import ReplyResult, ReplyWay


class ReplyTask(Identified):
    __tablename__ = "reply_task"
    __table_args__ = (
        one_of("way", ReplyWay),
        one_of("result", ReplyResult),
        CheckConstraint("way <> 'mailbox'", name="is_a_call_or_a_letter"),
        CheckConstraint("(ended_at IS NULL) = (result IS NULL)", name="ended_has_a_result"),
        CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", name="ended_by_somebody"),
        CheckConstraint("result IS NULL OR result <> 'no_answer'", name="no_answer_ends_nothing"),
        Index("ix_reply_task_due", "ended_at", "due_at", "id"),
    )

    case_id: Mapped[uuid.UUID] = mapped_column(refers_to("case.id"), index=True)
    way: Mapped[ReplyWay] = mapped_column(CodeOf(ReplyWay))
    opened_at: Mapped[datetime]
    not_before: Mapped[datetime]
    due_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("person.id"))
    result: Mapped[ReplyResult | None] = mapped_column(CodeOf(ReplyResult))

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012 - read by SQLAlchemy
