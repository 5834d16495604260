"""A consultation that belongs to a group; it keeps its own receipt, key and consent, and may go on alone again."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CodeOf, Identified, one_of, refers_to
from models.rules.consent import Party
from models.rules.mass_incident import GroupWord


class IncidentMember(Identified):
    __tablename__ = "incident_member"
    __table_args__ = (
        one_of("party", Party),
        one_of("word", GroupWord),
        CheckConstraint("(word IS NULL) = (word_at IS NULL)", name="her_word_has_a_time"),
        CheckConstraint("(left_at IS NULL) = (left_by_id IS NULL)", name="taken_out_by_somebody"),
        CheckConstraint("NOT is_counted OR left_at IS NULL", name="who_is_taken_out_is_not_counted"),
    )

    group_id: Mapped[uuid.UUID] = mapped_column(refers_to("incident_group.id"), index=True)
    case_id: Mapped[uuid.UUID] = mapped_column(refers_to("case.id"), unique=True)
    """In one group at most, ever: nobody is counted in two copies."""
    party: Mapped[Party] = mapped_column(CodeOf(Party))
    """The part that the company plays for her."""
    joined_at: Mapped[datetime]
    word: Mapped[GroupWord | None] = mapped_column(CodeOf(GroupWord))
    word_at: Mapped[datetime | None]
    is_counted: Mapped[bool] = mapped_column(default=False)
    """One of the numbers in the copy that was approved last; she may read that copy."""
    left_at: Mapped[datetime | None]
    left_by_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("person.id"))
