"""A numbered formal request (E1-E4) to a company."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CodeOf, Identified, Sealed, one_of, only_where, refers_to
from models.rules.request_lifecycle import RequestState


class FormalRequest(Identified):
    __tablename__ = "formal_request"
    __table_args__ = (
        one_of("state", RequestState),
        CheckConstraint("step IN ('E1', 'E2', 'E3', 'E4')", name="step_is_known"),
        CheckConstraint(
            "state = 'drafted' OR state = 'void' OR (number IS NOT NULL AND issued_at IS NOT NULL)",
            name="issued_has_a_number",
        ),
        CheckConstraint("(state = 'met') = (met_at IS NOT NULL)", name="met_has_a_time"),
        CheckConstraint("(state = 'unmet') = (unmet_at IS NOT NULL)", name="unmet_has_a_time"),
        CheckConstraint("(void_at IS NULL) = (void_reason IS NULL)", name="void_has_a_reason"),
        Index(
            "uq_formal_request_draft",
            "company_file_id",
            unique=True,
            **only_where(text("state = 'drafted'")),
        ),
        Index("ix_formal_request_due", "state", "due_at"),
    )

    company_file_id: Mapped[uuid.UUID] = mapped_column(refers_to("company_file.id"), index=True)
    compartment_id: Mapped[uuid.UUID] = mapped_column(refers_to("compartment.id"))
    step: Mapped[str] = mapped_column(String(4))
    state: Mapped[RequestState] = mapped_column(CodeOf(RequestState))
    version: Mapped[int] = mapped_column(default=1)
    number: Mapped[str | None] = mapped_column(String(24), unique=True)
    sealed_matter: Mapped[bytes] = mapped_column(Sealed)
    """The letter's text as it was issued."""
    letter_digest: Mapped[bytes | None]
    """SHA-256 of the letter as issued; named in the audit record."""
    drafted_by_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"))
    drafted_at: Mapped[datetime]
    issued_by_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("person.id"))
    issued_at: Mapped[datetime | None]
    served_at: Mapped[datetime | None]
    service: Mapped[str | None] = mapped_column(String(20))
    """system, registered_post: how it was served; proof_reference holds the post's number."""
    proof_reference: Mapped[str | None] = mapped_column(String(40))
    due_at: Mapped[datetime | None]
    met_at: Mapped[datetime | None]
    unmet_at: Mapped[datetime | None]
    void_at: Mapped[datetime | None]
    void_reason: Mapped[str | None] = mapped_column(String(40))
    """The code of the reason for which it no longer counts."""

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012 - read by SQLAlchemy
