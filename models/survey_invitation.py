"""One company that was asked to answer a survey, and whether it has."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, refers_to


class SurveyInvitation(Identified):
    __tablename__ = "survey_invitation"
    __table_args__ = (
        UniqueConstraint("survey_id", "company_id"),
        CheckConstraint("NOT is_exempt OR answered_on IS NULL", name="is_answered_or_exempt"),
    )

    survey_id: Mapped[uuid.UUID] = mapped_column(refers_to("survey.id"))
    company_id: Mapped[uuid.UUID] = mapped_column(refers_to("company.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)
    answered_on: Mapped[date | None]
    is_exempt: Mapped[bool] = mapped_column(default=False)

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012 - read by SQLAlchemy
