"""A place where a company's workers sit."""

from __future__ import annotations

import uuid

from sqlalchemy import Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, only_where, refers_to


class Site(Identified):
    __tablename__ = "site"
    __table_args__ = (
        UniqueConstraint("company_id", "name"),
        Index(
            "uq_site_code",
            "code",
            unique=True,
            **only_where(text("code IS NOT NULL")),
        ),
    )

    company_id: Mapped[uuid.UUID] = mapped_column(refers_to("company.id"))
    name: Mapped[str] = mapped_column(String(120))
    prefecture: Mapped[str] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(String(200))
    code: Mapped[str | None] = mapped_column(String(6))
    """What its poster shows, see ``models.rules.site_code``; None until a poster was made."""
