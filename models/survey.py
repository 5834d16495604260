"""A survey that the association asks its certified companies to answer; the answers themselves are kept elsewhere."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, refers_to


class SurveyRound(Identified):
    __tablename__ = "survey"
    __table_args__ = (CheckConstraint("closes_on > asked_on", name="closes_after_it_is_asked"),)

    title: Mapped[str] = mapped_column(String(120))
    asked_on: Mapped[date]
    closes_on: Mapped[date]
    opened_by_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"))
    opened_at: Mapped[datetime]
