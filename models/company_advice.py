"""A company's request for advice: a thread between its office and the desk, apart from every consultation."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CodeOf, Identified, one_of, refers_to
from models.rules.company_advice import AdviceState, AdviceTopic


class CompanyAdvice(Identified):
    __tablename__ = "company_advice"
    __table_args__ = (
        one_of("topic", AdviceTopic),
        one_of("state", AdviceState),
        CheckConstraint("(closed_at IS NOT NULL) = (state = 'closed')", name="closed_when_it_ended"),
        Index("ix_company_advice_company", "company_id", "asked_at"),
        Index("ix_company_advice_state", "state", "moved_at"),
    )

    number: Mapped[str] = mapped_column(String(16), unique=True)
    company_id: Mapped[uuid.UUID] = mapped_column(refers_to("company.id"))
    topic: Mapped[AdviceTopic] = mapped_column(CodeOf(AdviceTopic))
    state: Mapped[AdviceState] = mapped_column(CodeOf(AdviceState))
    version: Mapped[int] = mapped_column(default=1)
    by_telephone: Mapped[bool] = mapped_column(default=False)
    """The desk keyed it from a call."""
    asks_who: Mapped[bool] = mapped_column(default=False)
    """Something in it seems to ask who consulted; a hint for the desk, no verdict."""
    asked_at: Mapped[datetime]
    moved_at: Mapped[datetime]
    """When somebody last wrote in it."""
    closed_at: Mapped[datetime | None]

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012 - read by SQLAlchemy
