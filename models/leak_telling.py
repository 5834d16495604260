"""That somebody was told of a leak: who, when, what; a report to the authority names the version that it stands on."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CodeOf, Identified, Sealed, one_of, refers_to
from models.rules.leak import LeakTold


class LeakTelling(Identified):
    __tablename__ = "leak_telling"
    __table_args__ = (
        one_of("told", LeakTold),
        CheckConstraint("told NOT IN ('speedy', 'final') OR sheet_id IS NOT NULL", name="a_report_names_its_version"),
        CheckConstraint("told_at <= recorded_at", name="is_told_before_it_is_recorded"),
        Index("ix_leak_telling_leak", "leak_id", "told_at"),
    )

    leak_id: Mapped[uuid.UUID] = mapped_column(refers_to("leak.id"))
    compartment_id: Mapped[uuid.UUID] = mapped_column(refers_to("compartment.id"))
    told: Mapped[LeakTold] = mapped_column(CodeOf(LeakTold))
    told_at: Mapped[datetime]
    sealed_words: Mapped[bytes] = mapped_column(Sealed)
    """Whom exactly, by which way, what was said, and a number that was received."""
    sheet_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("leak_sheet.id"))
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"))
    recorded_at: Mapped[datetime]
