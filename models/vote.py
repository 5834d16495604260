"""A director's vote on an item."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CodeOf, Identified, one_of, refers_to
from models.rules.board import BoardOption


class Vote(Identified):
    __tablename__ = "vote"
    __table_args__ = (UniqueConstraint("board_item_id", "person_id"), one_of("option", BoardOption))

    board_item_id: Mapped[uuid.UUID] = mapped_column(refers_to("board_item.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"))
    option: Mapped[BoardOption] = mapped_column(CodeOf(BoardOption))
    cast_at: Mapped[datetime]
