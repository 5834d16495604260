"""A company's name for a time; old documents keep the old one and both are found."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, refers_to


class CompanyName(Identified):
    __tablename__ = "company_name"
    __table_args__ = (
        UniqueConstraint("company_id", "valid_from"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="ends_after_it_begins"),
    )

    company_id: Mapped[uuid.UUID] = mapped_column(refers_to("company.id"))
    name: Mapped[str] = mapped_column(String(120))
    kana: Mapped[str] = mapped_column(String(160))
    english: Mapped[str] = mapped_column(String(160))
    search_key: Mapped[str] = mapped_column(String(500), index=True)
    """Name, kana and English folded by models.rules.company_search, for finding and for nothing else."""
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
