"""A person who must not see a case: declared by the consulter found by the conflict screen, or told before."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, refers_to

ASKED_BEFORE = "asked_before"
"""Told of an earlier case for which this one tells of retaliation: kept from it until the consulter was asked."""


class Exclusion(Identified):
    __tablename__ = "exclusion"
    __table_args__ = (
        UniqueConstraint("case_id", "person_id"),
        CheckConstraint("declared_by IN ('consulter', 'desk', 'asked_before')", name="declared_by_is_known"),
    )

    case_id: Mapped[uuid.UUID] = mapped_column(refers_to("case.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"), index=True)
    declared_by: Mapped[str] = mapped_column(String(12))
    declared_at: Mapped[datetime]
