"""How many consumers' complaints were diverted on a day: a number, and nothing of anybody."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class ComplaintCount(Base):
    __tablename__ = "complaint_count"
    __table_args__ = (CheckConstraint("number > 0", name="counts_something"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    number: Mapped[int]
