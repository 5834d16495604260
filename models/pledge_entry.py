"""What a company says and shows for one pledge, and what the reviewer found about it."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CodeOf, Identified, Sealed, one_of, refers_to
from models.rules.pledges import Pledge, ReviewMark


class PledgeEntry(Identified):
    __tablename__ = "pledge_entry"
    __table_args__ = (
        one_of("pledge", Pledge),
        one_of("mark", ReviewMark),
        UniqueConstraint("application_id", "pledge"),
        CheckConstraint("mark <> 'not_met' OR sealed_note IS NOT NULL", name="correction_says_what"),
    )

    application_id: Mapped[uuid.UUID] = mapped_column(refers_to("certification_application.id"))
    compartment_id: Mapped[uuid.UUID] = mapped_column(refers_to("compartment.id"))
    pledge: Mapped[Pledge] = mapped_column(CodeOf(Pledge))
    agreed: Mapped[bool] = mapped_column(default=False)
    sealed_answers: Mapped[bytes] = mapped_column(Sealed)
    written_by_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"))
    written_at: Mapped[datetime]
    mark: Mapped[ReviewMark | None] = mapped_column(CodeOf(ReviewMark))
    """Taken away as soon as the company writes the pledge anew."""
    sealed_note: Mapped[bytes | None] = mapped_column(Sealed)
    marked_by_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("person.id"))
