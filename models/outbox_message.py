"""A mail that waits for the commit, and is then sent at least once."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, only_where, refers_to


class OutboxMessage(Identified):
    __tablename__ = "outbox_message"
    __table_args__ = (
        CheckConstraint("sent_at IS NULL OR given_up_at IS NULL", name="is_sent_or_given_up"),
        Index("ix_outbox_message_queued", "queued_at", "id"),
        Index(
            "ix_outbox_message_waiting",
            "next_try_at",
            **only_where(text("sent_at IS NULL AND given_up_at IS NULL")),
        ),
    )

    idempotency_key: Mapped[str] = mapped_column(String(120), unique=True)
    person_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    queued_at: Mapped[datetime]
    next_try_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_until: Mapped[datetime | None]
    last_failure: Mapped[str | None] = mapped_column(String(40))
    sent_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]
