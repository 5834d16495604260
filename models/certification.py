"""A company's certification (認定)."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CodeOf, Identified, one_of, refers_to
from models.rules.certification_lifecycle import CertificationState


class Certification(Identified):
    __tablename__ = "certification"
    __table_args__ = (
        one_of("state", CertificationState),
        CheckConstraint(
            "state IN ('draft', 'submitted', 'under_review', 'returned', 'board_pending', 'rejected') "
            "OR (number IS NOT NULL AND valid_from IS NOT NULL AND valid_to IS NOT NULL)",
            name="certified_has_number_and_term",
        ),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="ends_after_it_begins"),
        CheckConstraint(
            "ended_in_procedure_on IS NULL OR state IN ('withdrawn', 'lapsed_membership', 'transferred', 'expired')",
            name="left_a_procedure_by_ending",
        ),
    )

    company_id: Mapped[uuid.UUID] = mapped_column(refers_to("company.id"), index=True)
    state: Mapped[CertificationState] = mapped_column(CodeOf(CertificationState))
    version: Mapped[int] = mapped_column(default=1)
    number: Mapped[str | None] = mapped_column(String(24), unique=True)
    is_pre_certified: Mapped[bool] = mapped_column(default=False)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    renewal_filed_on: Mapped[date | None]
    ended_in_procedure_on: Mapped[date | None]
    """審査中辞退 (6.4): the day on which it ended while the board had the matter, by whatever way the company left."""
    resolution_reference: Mapped[str | None] = mapped_column(String(40))

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012 - read by SQLAlchemy
