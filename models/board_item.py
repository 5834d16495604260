"""An item before the board: the proposal, the hearing, the vote."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, Sealed, only_where, refers_to


class BoardItem(Identified):
    __tablename__ = "board_item"
    __table_args__ = (
        CheckConstraint(
            "state IN ('proposed', 'hearing', 'ready', 'voting', 'decided', 'undecided')", name="state_is_known"
        ),
        CheckConstraint(
            "state IN ('proposed', 'undecided') OR notice_served_at IS NOT NULL", name="hearing_has_a_notice"
        ),
        CheckConstraint("(state = 'decided') = (decided_at IS NOT NULL)", name="decided_has_a_time"),
        Index(
            "uq_board_item_open",
            "company_file_id",
            unique=True,
            **only_where(text("state NOT IN ('decided', 'undecided')")),
        ),
    )

    company_file_id: Mapped[uuid.UUID] = mapped_column(refers_to("company_file.id"), index=True)
    compartment_id: Mapped[uuid.UUID] = mapped_column(refers_to("compartment.id"))
    """The board packet's compartment, which directors can open."""
    follows_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("board_item.id"))
    """The item that this one takes up again: deferred, undecided, objected to, or to be rescinded."""
    meeting_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("board_meeting.id"), index=True)
    agenda_at: Mapped[datetime | None]
    """When it was put on that meeting's agenda; a week before is the rule."""
    state: Mapped[str] = mapped_column(String(12))
    version: Mapped[int] = mapped_column(default=1)
    proposed_by_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"))
    proposed_at: Mapped[datetime]
    sealed_grounds: Mapped[bytes] = mapped_column(Sealed)
    sealed_packet: Mapped[bytes | None] = mapped_column(Sealed)
    """What directors read: facts by month, the notice and the explanation, without a consulter's words or identity."""
    notice_number: Mapped[str | None] = mapped_column(String(24), unique=True)
    notice_served_at: Mapped[datetime | None]
    explanation_due_at: Mapped[datetime | None]
    silence_recorded_at: Mapped[datetime | None]
    late_compliance_at: Mapped[datetime | None]
    voting_opened_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012 - read by SQLAlchemy
