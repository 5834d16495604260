"""A dated row of the places to turn to: what it puts in a line's place, from which day, by whom and why."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, only_where, refers_to


class ReferralRow(Identified):
    __tablename__ = "referral_row"
    __table_args__ = (
        CheckConstraint("ended_at IS NOT NULL OR ended_by_id IS NULL", name="is_ended_by_somebody_when_it_is"),
        CheckConstraint("(checked_on IS NULL) = (source IS NULL)", name="was_checked_on_a_day_and_somewhere"),
        CheckConstraint(
            "NOT is_shown OR number IS NOT NULL OR find_ja IS NOT NULL", name="shows_a_number_or_how_to_find_one"
        ),
        Index(
            "uq_referral_row_in_force",
            "key",
            "valid_from",
            unique=True,
            **only_where(text("ended_at IS NULL")),
        ),
    )

    key: Mapped[str] = mapped_column(String(60))
    prefecture: Mapped[str | None] = mapped_column(String(10))
    is_shown: Mapped[bool]
    ja: Mapped[str] = mapped_column(String(80))
    en: Mapped[str] = mapped_column(String(120))
    number: Mapped[str | None] = mapped_column(String(20))
    when_ja: Mapped[str] = mapped_column(String(120))
    when_en: Mapped[str] = mapped_column(String(160))
    find_ja: Mapped[str | None] = mapped_column(String(200))
    find_en: Mapped[str | None] = mapped_column(String(200))
    checked_on: Mapped[date | None]
    source: Mapped[str | None] = mapped_column(String(200))
    valid_from: Mapped[date]
    reason: Mapped[str] = mapped_column(String(200))
    entered_by_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"))
    entered_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("person.id"))
