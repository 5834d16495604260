"""Many consultations about one workplace or client: what the company is told of them, and its answer, is one."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, Token, only_where, refers_to

GATHERING = text("is_gathering")


class IncidentGroup(Identified):
    __tablename__ = "incident_group"
    __table_args__ = (
        CheckConstraint("formed_how IN ('submissions', 'desk')", name="formed_how_is_known"),
        # Two servers that see the same flood at once make one group of it.
        Index(
            "uq_incident_group_gathering",
            "company_token",
            unique=True,
            **only_where(GATHERING),
        ),
    )

    case_id: Mapped[uuid.UUID] = mapped_column(refers_to("case.id"), unique=True)
    """The group's own case, without a receipt: its copy, clocks, answer and custody are those of any case."""
    company_token: Mapped[bytes] = mapped_column(Token(16))
    formed_at: Mapped[datetime]
    formed_how: Mapped[str] = mapped_column(String(12))
    policy_version: Mapped[str] = mapped_column(String(20))
    is_gathering: Mapped[bool] = mapped_column(default=True)
    gathers_until: Mapped[datetime]
    copy_token: Mapped[bytes | None] = mapped_column(Token(16))
    """Of the text that a second person approved: where the counts of now would read otherwise, it is not delivered."""
