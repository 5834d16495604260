"""A day on which the association is closed beside weekends, holidays and the year-end."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class ClosureDay(Base):
    __tablename__ = "closure_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(String(80))
    entered_at: Mapped[datetime]
