"""What the board decided on an application, with the count that carried it."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CodeOf, Identified, Sealed, one_of, refers_to
from models.rules.approvals import ApprovalDecision


class Approval(Identified):
    __tablename__ = "approval"
    __table_args__ = (
        UniqueConstraint("application_id"),
        one_of("decision", ApprovalDecision),
        CheckConstraint("votes_for > 0 AND votes_for <= present AND present <= eligible", name="counts_hang_together"),
        CheckConstraint("(decision = 'approved') = (valid_to IS NOT NULL)", name="approved_has_a_term"),
        CheckConstraint("decision = 'approved' OR sealed_reasons IS NOT NULL", name="rejection_has_reasons"),
    )

    application_id: Mapped[uuid.UUID] = mapped_column(refers_to("certification_application.id"))
    meeting_id: Mapped[uuid.UUID] = mapped_column(refers_to("board_meeting.id"))
    compartment_id: Mapped[uuid.UUID] = mapped_column(refers_to("compartment.id"))
    number: Mapped[str] = mapped_column(String(24), unique=True)
    decision: Mapped[ApprovalDecision] = mapped_column(CodeOf(ApprovalDecision))
    eligible: Mapped[int]
    present: Mapped[int]
    votes_for: Mapped[int]
    sealed_reasons: Mapped[bytes | None] = mapped_column(Sealed)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"))
    resolved_at: Mapped[datetime]
