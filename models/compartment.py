"""One part of a case or of another matter of the association that is sealed under its own key."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CodeOf, Identified, index_where_given, one_of, refers_to
from models.rules.people import CompartmentKind


class Compartment(Identified):
    __tablename__ = "compartment"
    __table_args__ = (
        one_of("kind", CompartmentKind),
        CheckConstraint(
            "CASE WHEN case_id IS NULL THEN 0 ELSE 1 END + CASE WHEN company_file_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN advice_id IS NULL THEN 0 ELSE 1 END + CASE WHEN leak_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN application_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN confirmation_id IS NULL THEN 0 ELSE 1 END = 1",
            name="belongs_to_one_subject",
        ),
        CheckConstraint(
            "kind NOT IN ('forwarded', 'report', 'drafts') OR exchange_id IS NOT NULL",
            name="exchange_parts_have_an_exchange",
        ),
        Index("ix_compartment_case", "case_id", "kind"),
        index_where_given("compartment", "company_file_id", "kind", name="ix_compartment_company_file"),
        index_where_given("compartment", "exchange_id"),
        index_where_given("compartment", "advice_id"),
        index_where_given("compartment", "leak_id"),
        index_where_given("compartment", "application_id"),
        index_where_given("compartment", "confirmation_id"),
    )

    kind: Mapped[CompartmentKind] = mapped_column(CodeOf(CompartmentKind))
    case_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("case.id"))
    company_file_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("company_file.id"))
    advice_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("company_advice.id"))
    leak_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("leak.id"))
    application_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("certification_application.id"))
    confirmation_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("pledge_confirmation.id"))
    exchange_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("exchange.id"))
    created_at: Mapped[datetime]
    has_own_key: Mapped[bool] = mapped_column(default=False)
    """Whether its key is bound to a shred key of its own, under its own id: a name can be erased before the rest."""

    @property
    def subject_id(self) -> uuid.UUID:
        """What this compartment's key is bound to: that subject's shred key, or one of its own."""
        if self.has_own_key:
            return self.id
        subject = self.case_id or self.company_file_id or self.advice_id or self.leak_id
        subject = subject or self.application_id or self.confirmation_id
        if subject is None:
            raise ValueError(
                "a compartment belongs to a case, a company file, advice, a leak, an application or a year"
            )
        return subject
