"""That the desk keyed a consultation: who did, when what it came from had arrived, and how the words were confirmed."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy.orm import Mapped, mapped_column

from models.base import CodeOf, Identified, one_of, refers_to
from models.rules.keyed_intake import ReadBack


class KeyedIntake(Identified):
    __tablename__ = "keyed_intake"
    __table_args__ = (one_of("read_back", ReadBack),)

    case_id: Mapped[uuid.UUID] = mapped_column(refers_to("case.id"), unique=True)
    """By which way it came is a facet of the case."""
    keyed_by_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"))
    keyed_at: Mapped[datetime]
    arrived_on: Mapped[date]
    read_back: Mapped[ReadBack] = mapped_column(CodeOf(ReadBack))
