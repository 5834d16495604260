"""A place where a company's workers sit."""

from __future__ import annotations

import uuid

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, refers_to


class Site(Identified):
    __tablename__ = "site"

    company_id: Mapped[uuid.UUID] = mapped_column(refers_to("company.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    prefecture: Mapped[str] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(String(200))
