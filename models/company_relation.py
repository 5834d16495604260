"""A client (委託元) and its agency (受託先), for a time."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, refers_to


class CompanyRelation(Identified):
    __tablename__ = "company_relation"
    __table_args__ = (CheckConstraint("client_id <> agency_id", name="joins_two_companies"),)

    client_id: Mapped[uuid.UUID] = mapped_column(refers_to("company.id"), index=True)
    agency_id: Mapped[uuid.UUID] = mapped_column(refers_to("company.id"), index=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
