"""That one company follows another: by merger, split or the transfer of a business, from a day on."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CodeOf, Identified, one_of, only_where, refers_to
from models.rules.succession import MergerCase, SuccessionKind, SuccessionState

STANDS = text("state <> 'cancelled'")
ABSORBS = text("kind = 'merger' AND state <> 'cancelled'")


class Succession(Identified):
    __tablename__ = "succession"
    __table_args__ = (
        one_of("kind", SuccessionKind),
        one_of("state", SuccessionState),
        one_of("merger_case", MergerCase),
        CheckConstraint("predecessor_id <> successor_id", name="joins_two_companies"),
        CheckConstraint("confirmed_by_id IS NULL OR confirmed_by_id <> entered_by_id", name="takes_two"),
        CheckConstraint("(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", name="confirmed_by_somebody"),
        CheckConstraint("(state = 'cancelled') = (cancelled_at IS NOT NULL)", name="cancelled_has_a_time"),
        CheckConstraint(
            "(state IN ('in_effect', 'handed_over')) = (took_effect_at IS NOT NULL AND merger_case IS NOT NULL)",
            name="in_effect_by_a_rule",
        ),
        CheckConstraint(
            "state NOT IN ('confirmed', 'in_effect', 'handed_over') OR confirmed_at IS NOT NULL",
            name="nothing_follows_unconfirmed",
        ),
        CheckConstraint("(state = 'handed_over') = (handed_over_at IS NOT NULL)", name="handed_over_has_a_time"),
        Index(
            "uq_succession_entered",
            "predecessor_id",
            "successor_id",
            "kind",
            "effective_on",
            unique=True,
            **only_where(STANDS),
        ),
        # A company ceases to exist once.
        Index("uq_succession_absorbed", "predecessor_id", unique=True, **only_where(ABSORBS)),
        Index("ix_succession_due", "state", "effective_on"),
    )

    kind: Mapped[SuccessionKind] = mapped_column(CodeOf(SuccessionKind))
    state: Mapped[SuccessionState] = mapped_column(CodeOf(SuccessionState))
    version: Mapped[int] = mapped_column(default=1)
    predecessor_id: Mapped[uuid.UUID] = mapped_column(refers_to("company.id"), index=True)
    successor_id: Mapped[uuid.UUID] = mapped_column(refers_to("company.id"), index=True)
    effective_on: Mapped[date]
    entered_by_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"))
    entered_at: Mapped[datetime]
    confirmed_by_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("person.id"))
    confirmed_at: Mapped[datetime | None]
    cancelled_by_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("person.id"))
    cancelled_at: Mapped[datetime | None]
    took_effect_at: Mapped[datetime | None]
    merger_case: Mapped[MergerCase | None] = mapped_column(CodeOf(MergerCase))
    """The line of the table that held on the day."""
    handed_over_at: Mapped[datetime | None]
    handed_over_by_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("person.id"))
    scope_confirmed_at: Mapped[datetime | None]

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012 - read by SQLAlchemy
