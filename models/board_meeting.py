"""A meeting of the board (理事会)."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, refers_to


class BoardMeeting(Identified):
    __tablename__ = "board_meeting"
    __table_args__ = (CheckConstraint("mode IN ('in_person', 'online', 'written')", name="mode_is_known"),)

    held_at: Mapped[datetime]
    mode: Mapped[str] = mapped_column(String(12))
    called_by_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"))
    called_at: Mapped[datetime]
    minutes_reference: Mapped[str | None] = mapped_column(String(40))
    """The number of the minutes in the association's own book; each entry of it is a MinutesNumber."""
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012 - read by SQLAlchemy
