"""One day on which somebody's reading was unusual, as the rule found it, and that a person has looked into it."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CodeOf, Identified, Sealed, one_of, refers_to
from models.rules.readings import Unusual


class UnusualReading(Identified):
    __tablename__ = "unusual_reading"
    __table_args__ = (
        one_of("unusual", Unusual),
        UniqueConstraint("person_id", "day", "unusual"),
        CheckConstraint("looked_into_by_id IS NULL OR looked_into_by_id <> person_id", name="not_by_herself"),
        CheckConstraint("(looked_into_at IS NULL) = (looked_into_by_id IS NULL)", name="looked_into_by_somebody"),
        CheckConstraint("(looked_into_at IS NULL) = (sealed_remark IS NULL)", name="looked_into_with_a_remark"),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"))
    """Who read."""
    day: Mapped[date]
    unusual: Mapped[Unusual] = mapped_column(CodeOf(Unusual))
    version: Mapped[int] = mapped_column(default=1)
    found_at: Mapped[datetime]
    looked_into_at: Mapped[datetime | None]
    looked_into_by_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("person.id"))
    sealed_remark: Mapped[bytes | None] = mapped_column(Sealed)

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012 - read by SQLAlchemy
