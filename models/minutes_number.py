"""The number that a meeting's minutes have in the association's own book, as it was entered; a later one holds."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, refers_to


class MinutesNumber(Identified):
    __tablename__ = "minutes_number"
    __table_args__ = (
        UniqueConstraint("meeting_id", "place"),
        CheckConstraint("place > 0", name="place_begins_with_one"),
    )

    meeting_id: Mapped[uuid.UUID] = mapped_column(refers_to("board_meeting.id"))
    place: Mapped[int]
    """Which entry of the meeting this is; the last one holds."""
    reference: Mapped[str | None] = mapped_column(String(40))
    """Without one, what was entered before belonged elsewhere and was taken back."""
    entered_by_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"))
    entered_at: Mapped[datetime]
