"""What the board decided on an item, with the count that carried it."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CodeOf, Identified, Sealed, one_of, refers_to
from models.rules.board import BoardOption


class Resolution(Identified):
    __tablename__ = "resolution"
    __table_args__ = (
        UniqueConstraint("board_item_id"),
        one_of("option", BoardOption),
        CheckConstraint("votes_for > 0 AND votes_for <= present AND present <= eligible", name="counts_hang_together"),
        CheckConstraint("(option = 'revoke') = (effect_at IS NOT NULL)", name="revocation_has_an_effect_date"),
    )

    board_item_id: Mapped[uuid.UUID] = mapped_column(refers_to("board_item.id"))
    compartment_id: Mapped[uuid.UUID] = mapped_column(refers_to("compartment.id"))
    number: Mapped[str] = mapped_column(String(24), unique=True)
    option: Mapped[BoardOption] = mapped_column(CodeOf(BoardOption))
    eligible: Mapped[int]
    present: Mapped[int]
    votes_for: Mapped[int]
    sealed_reasons: Mapped[bytes] = mapped_column(Sealed)
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"))
    resolved_at: Mapped[datetime]
    effect_at: Mapped[datetime | None]
    immediate_because: Mapped[str | None] = mapped_column(String(20))
    notice_number: Mapped[str | None] = mapped_column(String(24), unique=True)
    notified_at: Mapped[datetime | None]
