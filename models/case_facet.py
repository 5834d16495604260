"""A coded fact of a case as a keyed token, so that lists and statistics can group what a thief cannot read."""

from __future__ import annotations

import uuid

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, Token, refers_to


class CaseFacet(Identified):
    __tablename__ = "case_facet"
    __table_args__ = (
        UniqueConstraint("case_id", "field", "token"),
        Index("ix_case_facet_value", "field", "token"),
    )

    case_id: Mapped[uuid.UUID] = mapped_column(refers_to("case.id"))
    field: Mapped[str] = mapped_column(String(40))
    """Such as harassment_type, organisational_issue, requested_help, employment, actor_relation, intake_route, site."""
    token: Mapped[bytes] = mapped_column(Token(16))
