"""Which unmet duty a formal request is about."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CodeOf, Identified, one_of, only_where, refers_to
from models.rules.company_duties import Duty


class RequestMatter(Identified):
    __tablename__ = "request_matter"
    __table_args__ = (
        one_of("duty", Duty),
        UniqueConstraint("formal_request_id", "exchange_id", "duty"),
        CheckConstraint(
            "(duty = 'survey' AND survey_invitation_id IS NOT NULL)"
            " OR (duty <> 'survey' AND survey_invitation_id IS NULL)",
            name="names_its_survey",
        ),
        Index(
            "uq_request_matter_survey",
            "survey_invitation_id",
            "formal_request_id",
            unique=True,
            **only_where(text("survey_invitation_id IS NOT NULL")),
        ),
    )

    formal_request_id: Mapped[uuid.UUID] = mapped_column(refers_to("formal_request.id"))
    exchange_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("exchange.id"), index=True)
    survey_invitation_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("survey_invitation.id"))
    duty: Mapped[Duty] = mapped_column(CodeOf(Duty))
    owed_since: Mapped[datetime]
    """The day on which it fell due, or on which the last report was returned."""
    settled_at: Mapped[datetime | None]
    """When the company did it, in time or late; what is done stays done when the sweep looks later."""
