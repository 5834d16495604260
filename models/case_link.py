"""That two cases have to do with each other, what they are to each other, and why somebody thought so."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CodeOf, Identified, Sealed, one_of, only_where, refers_to
from models.rules.case_links import CaseLinkKind

STANDS = text("ended_at IS NULL")


class CaseLink(Identified):
    __tablename__ = "case_link"
    __table_args__ = (
        one_of("kind", CaseLinkKind),
        CheckConstraint("case_id <> other_case_id", name="leads_to_another_case"),
        CheckConstraint("(sealed_reason IS NULL) = (compartment_id IS NULL)", name="reason_lies_in_a_compartment"),
        CheckConstraint("linked_by_id IS NULL OR sealed_reason IS NOT NULL", name="who_links_says_why"),
        Index(
            "uq_case_link_standing",
            "case_id",
            "other_case_id",
            "kind",
            unique=True,
            **only_where(STANDS),
        ),
        Index("ix_case_link_other", "other_case_id"),
    )

    case_id: Mapped[uuid.UUID] = mapped_column(refers_to("case.id"))
    """The case at which the link was made; its kind is said from here."""
    other_case_id: Mapped[uuid.UUID] = mapped_column(refers_to("case.id"))
    kind: Mapped[CaseLinkKind] = mapped_column(CodeOf(CaseLinkKind))
    compartment_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("compartment.id"))
    sealed_reason: Mapped[bytes | None] = mapped_column(Sealed)
    linked_by_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("person.id"))
    """Nobody, where the consulter herself gave the earlier code."""
    linked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
