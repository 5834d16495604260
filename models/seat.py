"""A post (席), not a person: what is sealed for a post is read by whoever holds it."""

from __future__ import annotations

import uuid

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CodeOf, Identified, one_of, only_where, refers_to
from models.rules.people import SeatKind


class Seat(Identified):
    __tablename__ = "seat"
    __table_args__ = (
        one_of("kind", SeatKind),
        Index(
            "uq_seat_of_a_company",
            "kind",
            "company_id",
            unique=True,
            **only_where(text("company_id IS NOT NULL")),
        ),
        Index(
            "uq_seat_of_the_association",
            "kind",
            unique=True,
            **only_where(text("company_id IS NULL")),
        ),
        CheckConstraint(
            "(kind IN ('company_office', 'company_representative')) = (company_id IS NOT NULL)",
            name="company_seats_have_a_company",
        ),
    )

    kind: Mapped[SeatKind] = mapped_column(CodeOf(SeatKind))
    company_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("company.id"))
