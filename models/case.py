"""A consultation (相談) as the association keeps it: its state, its clocks and nothing that anyone wrote."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CodeOf, Identified, Token, index_where_given, one_of, only_where, refers_to
from models.rules.case_lifecycle import CaseState
from models.rules.consent import ConsentLevel
from models.rules.deadlines import ClockKind

_KEPT_AND_OVER = text("erased_at IS NULL AND closed_at IS NOT NULL")


class Case(Identified):
    __tablename__ = "case"
    __table_args__ = (
        one_of("state", CaseState),
        one_of("consent_level", ConsentLevel),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_has_a_closing_time"),
        CheckConstraint("(state = 'closed') = (outcome_token IS NOT NULL)", name="closed_has_an_outcome"),
        CheckConstraint("state <> 'withdrawn' OR withdrawn_at IS NOT NULL", name="withdrawn_has_a_time"),
        CheckConstraint(
            "state NOT IN ('routed', 'reroute', 'acked', 'in_action', 'responded', 'reported', 'review') "
            "OR (routed_at IS NOT NULL AND consent_level <> 'CN-0')",
            name="with_the_company_only_by_consent",
        ),
        CheckConstraint(
            "state IN ('received', 'triage', 'need_info', 'closed', 'withdrawn', 'advice') "
            "OR severity_token IS NOT NULL",
            name="past_triage_has_a_severity",
        ),
        Index("ix_case_board", "is_open", "is_crisis", "next_due_at", "id"),
        Index("ix_case_assignee", "assignee_id", "is_open", "is_crisis", "next_due_at", "id"),
        Index("ix_case_received", "received_at", "id"),
        Index(
            "ix_case_to_erase",
            "closed_at",
            **only_where(_KEPT_AND_OVER),
        ),
        index_where_given("case", "erased_at"),
        CheckConstraint("erased_at IS NULL OR NOT is_open", name="only_what_is_over_is_erased"),
        *(
            index_where_given("case", f"{facet}_token")
            for facet in ("channel", "severity", "outcome", "employer", "workplace", "client")
        ),
    )

    number: Mapped[str] = mapped_column(String(16), unique=True)
    """Random, such as K-7Q4M-92XT: it tells neither order nor count."""
    state: Mapped[CaseState] = mapped_column(CodeOf(CaseState))
    is_open: Mapped[bool] = mapped_column(default=True)
    is_crisis: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    received_at: Mapped[datetime]
    consent_level: Mapped[ConsentLevel] = mapped_column(CodeOf(ConsentLevel))
    assignee_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("person.id"))
    next_due_at: Mapped[datetime | None]
    next_due_kind: Mapped[ClockKind | None] = mapped_column(CodeOf(ClockKind))
    channel_token: Mapped[bytes | None] = mapped_column(Token(16))
    severity_token: Mapped[bytes | None] = mapped_column(Token(16))
    outcome_token: Mapped[bytes | None] = mapped_column(Token(16))
    employer_token: Mapped[bytes | None] = mapped_column(Token(16))
    workplace_token: Mapped[bytes | None] = mapped_column(Token(16))
    client_token: Mapped[bytes | None] = mapped_column(Token(16))
    approved_at: Mapped[datetime | None]
    routed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    closing_asked_by_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("person.id"))
    """S3 and S4 are closed by two: who asked for it, until the second person agrees."""
    closing_outcome_token: Mapped[bytes | None] = mapped_column(Token(16))
    erased_at: Mapped[datetime | None]
    """When its shred key was gone and what was written with it; this row is what is left."""

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012 - read by SQLAlchemy
