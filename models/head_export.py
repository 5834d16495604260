"""That a signed head was to leave this machine by one way, and what came of it, with the answer where there is one."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CodeOf, Identified, one_of, refers_to
from models.rules.head_exports import HeadFailure, HeadWay


class HeadExport(Identified):
    __tablename__ = "head_export"
    __table_args__ = (
        one_of("way", HeadWay),
        one_of("last_failure", HeadFailure),
        UniqueConstraint("head_id", "way"),
        CheckConstraint("proof IS NULL OR done_at IS NOT NULL", name="has_a_proof_when_done"),
    )

    head_id: Mapped[uuid.UUID] = mapped_column(refers_to("audit_head.id"))
    way: Mapped[HeadWay] = mapped_column(CodeOf(HeadWay))
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    next_try_at: Mapped[datetime]
    last_failure: Mapped[HeadFailure | None] = mapped_column(CodeOf(HeadFailure))
    done_at: Mapped[datetime | None]
    proof: Mapped[bytes | None]
    """What a time-stamping service answered."""
