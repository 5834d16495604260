"""Which unmet duty a formal request is about."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CodeOf, Identified, one_of, refers_to
from models.rules.company_duties import Duty


class RequestMatter(Identified):
    __tablename__ = "request_matter"
    __table_args__ = (
        one_of("duty", Duty),
        UniqueConstraint("formal_request_id", "exchange_id", "duty"),
    )

    formal_request_id: Mapped[uuid.UUID] = mapped_column(refers_to("formal_request.id"))
    exchange_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("exchange.id"), index=True)
    duty: Mapped[Duty] = mapped_column(CodeOf(Duty))
    owed_since: Mapped[datetime]
    """The day on which it fell due, or on which the last report was returned."""
    settled_at: Mapped[datetime | None]
    """When the company did it, in time or late; what is done stays done when the sweep looks later."""
