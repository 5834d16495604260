"""A legal hold: as long as it lasts, nothing of the case is erased."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CodeOf, Identified, one_of, only_where, refers_to
from models.rules.erasure import HoldEnd, HoldReason

_LASTS = text("lifted_at IS NULL")


class LegalHold(Identified):
    __tablename__ = "legal_hold"
    __table_args__ = (
        one_of("reason", HoldReason),
        one_of("lifted_because", HoldEnd),
        CheckConstraint(
            "(lifted_at IS NULL) = (lifted_by_id IS NULL) AND (lifted_at IS NULL) = (lifted_because IS NULL)",
            name="lifted_by_somebody_for_a_reason",
        ),
        # Every case's holds count on from one another, so that no page of an earlier hold fits a later one.
        UniqueConstraint("case_id", "version"),
        Index("uq_legal_hold_lasts", "case_id", unique=True, **only_where(_LASTS)),
    )

    case_id: Mapped[uuid.UUID] = mapped_column(refers_to("case.id"))
    version: Mapped[int] = mapped_column(default=1)
    reason: Mapped[HoldReason] = mapped_column(CodeOf(HoldReason))
    review_on: Mapped[date | None]
    """When somebody looks at it again; what was set before this was asked has no such day, and is due at once."""
    set_by_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"))
    set_at: Mapped[datetime]
    lifted_by_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("person.id"))
    lifted_at: Mapped[datetime | None]
    lifted_because: Mapped[HoldEnd | None] = mapped_column(CodeOf(HoldEnd))
