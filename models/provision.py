"""One line of the record of provision to third parties: what went to whom of a company, and on which consent."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CodeOf, Identified, one_of, refers_to
from models.rules.consent import ConsentLevel


class Provision(Identified):
    __tablename__ = "provision"
    __table_args__ = (
        Index("uq_provision_number", "case_id", "number", unique=True),
        one_of("level", ConsentLevel),
        CheckConstraint("(copy_id IS NULL) <> (attachment_id IS NULL)", name="a_copy_or_a_file"),
    )

    case_id: Mapped[uuid.UUID] = mapped_column(refers_to("case.id"))
    number: Mapped[int]
    exchange_id: Mapped[uuid.UUID] = mapped_column(refers_to("exchange.id"), index=True)
    company_id: Mapped[uuid.UUID] = mapped_column(refers_to("company.id"))
    """As it was then; a successor that takes a case over later was not told here."""
    person_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"))
    """To whom it was addressed."""
    via: Mapped[str] = mapped_column(String(16))
    """officer, deputy or representative."""
    copy_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("forwarded_copy.id"))
    attachment_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("attachment.id"))
    level: Mapped[ConsentLevel] = mapped_column(CodeOf(ConsentLevel))
    """How much what was given tells."""
    consent_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("consent_entry.id"))
    """None for a grouped copy, which stands on the ledger of each consulter who is one of its numbers."""
    provided_by_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"))
    """Who of the desk had it sent."""
    provided_at: Mapped[datetime]
