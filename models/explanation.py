"""A company's written explanation (弁明書) to the board."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, Sealed, refers_to


class Explanation(Identified):
    __tablename__ = "explanation"

    board_item_id: Mapped[uuid.UUID] = mapped_column(refers_to("board_item.id"), index=True)
    compartment_id: Mapped[uuid.UUID] = mapped_column(refers_to("compartment.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"))
    sealed_text: Mapped[bytes] = mapped_column(Sealed)
    wants_to_attend: Mapped[bool]
    submitted_at: Mapped[datetime]
