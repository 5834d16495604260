"""One year's question to a company: whether it still keeps each of the nine pledges."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CodeOf, Identified, one_of, only_where, refers_to
from models.rules.pledge_confirmation import ConfirmationEnd


class PledgeConfirmation(Identified):
    __tablename__ = "pledge_confirmation"
    __table_args__ = (
        one_of("ended_because", ConfirmationEnd),
        CheckConstraint("(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", name="confirmed_by_somebody"),
        CheckConstraint("(ended_at IS NULL) = (ended_because IS NULL)", name="ended_has_a_reason"),
        CheckConstraint("ended_at IS NULL OR confirmed_at IS NULL", name="is_confirmed_or_ended"),
        UniqueConstraint("certification_id", "asked_for"),
        Index(
            "uq_pledge_confirmation_awaited",
            "company_id",
            unique=True,
            **only_where(text("confirmed_at IS NULL AND ended_at IS NULL")),
        ),
        Index("ix_pledge_confirmation_company", "company_id", "asked_for"),
    )

    company_id: Mapped[uuid.UUID] = mapped_column(refers_to("company.id"))
    certification_id: Mapped[uuid.UUID] = mapped_column(refers_to("certification.id"))
    version: Mapped[int] = mapped_column(default=1)
    asked_for: Mapped[date]
    """The anniversary of the certification."""
    asked_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    """When all nine were said for the first time; what is said anew later has its own day beside each."""
    confirmed_by_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("person.id"))
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[ConfirmationEnd | None] = mapped_column(CodeOf(ConfirmationEnd))

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012 - read by SQLAlchemy

    @property
    def is_awaited(self) -> bool:
        return self.confirmed_at is None and self.ended_at is None
