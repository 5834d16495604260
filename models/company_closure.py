"""A day on which a company is closed by itself; clocks of its officer that start afterwards pass over a few of them."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, only_where, refers_to


class CompanyClosure(Identified):
    __tablename__ = "company_closure"
    __table_args__ = (
        Index(
            "uq_company_closure_day",
            "company_id",
            "day",
            unique=True,
            **only_where(text("removed_at IS NULL")),
        ),
    )

    company_id: Mapped[uuid.UUID] = mapped_column(refers_to("company.id"))
    day: Mapped[date]
    reason: Mapped[str] = mapped_column(String(80))
    entered_by_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"))
    entered_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
