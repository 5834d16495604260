"""One message of a company's request for advice."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, Sealed, refers_to


class AdviceMessage(Identified):
    __tablename__ = "advice_message"
    __table_args__ = (
        CheckConstraint("author IN ('company', 'desk')", name="author_is_known"),
        Index("ix_advice_message_advice", "advice_id", "sent_at"),
    )

    advice_id: Mapped[uuid.UUID] = mapped_column(refers_to("company_advice.id"))
    compartment_id: Mapped[uuid.UUID] = mapped_column(refers_to("compartment.id"))
    author: Mapped[str] = mapped_column(String(12))
    person_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"))
    sealed_text: Mapped[bytes] = mapped_column(Sealed)
    sent_at: Mapped[datetime]
