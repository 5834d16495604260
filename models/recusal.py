"""A director who is excluded from an item: by the register of companies or by own declaration."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, refers_to


class Recusal(Identified):
    __tablename__ = "recusal"
    __table_args__ = (
        UniqueConstraint("board_item_id", "person_id"),
        CheckConstraint("ground IN ('own_company', 'related_company', 'declared')", name="ground_is_known"),
    )

    board_item_id: Mapped[uuid.UUID] = mapped_column(refers_to("board_item.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"))
    ground: Mapped[str] = mapped_column(String(20))
    declared_at: Mapped[datetime]
