"""Which unmet duty a formal request is about."""

from __future__ import annotations

import uuid

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, refers_to


class RequestMatter(Identified):
    __tablename__ = "request_matter"
    __table_args__ = (
        CheckConstraint(
            "duty IN ('acknowledge', 'initial_report', 'report', 'vacancy', 'poor_report')", name="duty_is_known"
        ),
        UniqueConstraint("formal_request_id", "exchange_id", "duty"),
    )

    formal_request_id: Mapped[uuid.UUID] = mapped_column(refers_to("formal_request.id"), index=True)
    exchange_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("exchange.id"), index=True)
    duty: Mapped[str] = mapped_column(String(20))
