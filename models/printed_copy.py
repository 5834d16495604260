"""That somebody of a company put the forwarded copy on paper: who, when, why, and as which number."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CodeOf, Identified, one_of, refers_to
from models.rules.printing import PrintReason


class PrintedCopy(Identified):
    __tablename__ = "printed_copy"
    __table_args__ = (
        one_of("reason", PrintReason),
        CheckConstraint("number > 0", name="counts_from_one"),
        UniqueConstraint("exchange_id", "number"),
    )

    exchange_id: Mapped[uuid.UUID] = mapped_column(refers_to("exchange.id"))
    copy_id: Mapped[uuid.UUID] = mapped_column(refers_to("forwarded_copy.id"))
    number: Mapped[int]
    reason: Mapped[PrintReason] = mapped_column(CodeOf(PrintReason))
    person_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"))
    printed_at: Mapped[datetime]
