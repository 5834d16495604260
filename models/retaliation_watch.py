"""The watch of a case after a company was told: until when it runs, and when the consulter is asked next."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, only_where, refers_to

RUNNING = text("ended_at IS NULL")


class RetaliationWatch(Identified):
    __tablename__ = "retaliation_watch"
    __table_args__ = (
        CheckConstraint("ends_at > disclosed_at", name="ends_after_the_disclosure"),
        CheckConstraint("ended_at IS NULL OR next_check_at IS NULL", name="asks_nothing_once_it_ended"),
        Index("ix_retaliation_watch_next", "next_check_at", **only_where(RUNNING)),
        Index("ix_retaliation_watch_end", "ends_at", **only_where(RUNNING)),
    )

    case_id: Mapped[uuid.UUID] = mapped_column(refers_to("case.id"), unique=True)
    disclosed_at: Mapped[datetime]
    """When a company was told last."""
    ends_at: Mapped[datetime]
    policy_version: Mapped[str] = mapped_column(String(40))
    act_version: Mapped[str] = mapped_column(String(40))
    """By which version of the whistleblower act its end was worked out."""
    next_check_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
