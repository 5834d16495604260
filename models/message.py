"""A message between the consulter and the desk, or an officer's reply to the worker."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, Sealed, only_where, refers_to


class Message(Identified):
    __tablename__ = "message"
    __table_args__ = (
        CheckConstraint("author IN ('consulter', 'desk', 'officer')", name="author_is_known"),
        CheckConstraint("(author = 'officer') = (exchange_id IS NOT NULL)", name="officers_write_in_an_exchange"),
        CheckConstraint("copy_id IS NULL OR purpose = 'consent'", name="a_word_on_a_copy_is_about_consent"),
        Index("ix_message_case", "case_id", "sent_at"),
        Index("ix_message_copy", "copy_id", **only_where(text("copy_id IS NOT NULL"))),
    )

    case_id: Mapped[uuid.UUID] = mapped_column(refers_to("case.id"))
    compartment_id: Mapped[uuid.UUID] = mapped_column(refers_to("compartment.id"))
    exchange_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("exchange.id"), index=True)
    author: Mapped[str] = mapped_column(String(12))
    purpose: Mapped[str] = mapped_column(String(20))
    """note, question, answer, advice, feedback, reply, dissatisfied, consent: what it is for, never what it says."""
    person_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("person.id"))
    sealed_text: Mapped[bytes] = mapped_column(Sealed)
    sent_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    copy_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("forwarded_copy.id"))
    """The version of a copy that it was said of; the words lie where no company's key reaches."""
