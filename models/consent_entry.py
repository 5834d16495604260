"""One line of the consent ledger: what may be told to the company, from when, by whose act."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CodeOf, Identified, one_of, refers_to
from models.rules.consent import ConsentLevel
from models.rules.keyed_intake import ReadBack
from models.rules.known_by import PROVED_AT_THE_PAGE, KnownBy


class ConsentEntry(Identified):
    __tablename__ = "consent_entry"
    __table_args__ = (
        one_of("level", ConsentLevel),
        Index("uq_consent_entry_number", "case_id", "number", unique=True),
        one_of("caller_check", PROVED_AT_THE_PAGE),
        CheckConstraint(
            "caller_check IS NULL OR (keyed_by_id IS NOT NULL AND read_back IS NOT NULL)",
            name="a_caller_is_heard_by_somebody",
        ),
        CheckConstraint("act IN ('given', 'raised', 'lowered', 'withdrawn')", name="act_is_known"),
    )

    case_id: Mapped[uuid.UUID] = mapped_column(refers_to("case.id"))
    number: Mapped[int]
    """The place in the ledger of the case, from 1: lines of one moment have an order too."""
    company_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("company.id"))
    level: Mapped[ConsentLevel] = mapped_column(CodeOf(ConsentLevel))
    options: Mapped[str] = mapped_column(String(60), default="")
    """Codes of the further options, joined by spaces."""
    act: Mapped[str] = mapped_column(String(12))
    text_version: Mapped[str] = mapped_column(String(20))
    given_at: Mapped[datetime]
    keyed_by_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("person.id"))
    """Who of the desk keyed it; None when the consulter gave it herself."""
    read_back: Mapped[ReadBack | None] = mapped_column(CodeOf(ReadBack))
    """How what the desk keyed was confirmed with her."""
    caller_check: Mapped[KnownBy | None] = mapped_column(CodeOf(KnownBy))
    """How she was found to be herself, when she said it by telephone after she had consulted."""
