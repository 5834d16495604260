"""What passes between the association and one addressed company about one case, until it is over."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CodeOf, Identified, only_where, refers_to
from models.rules.deadlines import ClockKind


class Exchange(Identified):
    __tablename__ = "exchange"
    __table_args__ = (
        CheckConstraint("state IN ('preparing', 'routed', 'closed')", name="state_is_known"),
        CheckConstraint(
            "state <> 'routed' OR (routed_at IS NOT NULL AND seat_id IS NOT NULL AND addressee_id IS NOT NULL)",
            name="routed_has_an_addressee",
        ),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_has_a_closing_time"),
        # One at a time: what is closed stays as it was, and what is sent anew is another one beside it.
        Index(
            "uq_exchange_one_at_a_time",
            "case_id",
            "company_id",
            unique=True,
            **only_where(text("state <> 'closed'")),
        ),
        Index("ix_exchange_case", "case_id"),
        # The clock looks for what is held, and for what is owed, among those that are open.
        Index("ix_exchange_held", "state", "hold_until"),
        Index("ix_exchange_office", "seat_id", "state", "next_due_at", "id"),
        Index("ix_exchange_over", "seat_id", "closed_at", "id"),
    )

    case_id: Mapped[uuid.UUID] = mapped_column(refers_to("case.id"))
    company_id: Mapped[uuid.UUID] = mapped_column(refers_to("company.id"), index=True)
    state: Mapped[str] = mapped_column(String(12))
    version: Mapped[int] = mapped_column(default=1)
    reference: Mapped[str] = mapped_column(String(16), unique=True)
    """What the company sees instead of the case number."""
    feeds_ladder: Mapped[bool]
    """A member that is not certified gets a request without a ladder."""
    seat_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("seat.id"))
    addressee_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("person.id"))
    via: Mapped[str | None] = mapped_column(String(16))
    """officer, deputy or representative."""
    next_due_at: Mapped[datetime | None]
    next_due_kind: Mapped[ClockKind | None] = mapped_column(CodeOf(ClockKind))
    arranged_by_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("person.id"))
    hold_until: Mapped[datetime | None]
    """Sending was arranged and waits until then; the company sees nothing before."""
    routed_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("person.id"))
    responded_at: Mapped[datetime | None]
    responded_how: Mapped[str | None] = mapped_column(String(20))
    reported_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_because: Mapped[str | None] = mapped_column(String(20))
    """finished, consent_withdrawn, withdrawn, rerouted, recalled, no_answer, advised."""
    succession_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("succession.id"))
    """The merger by which it came, or is to come, to another company; ``company_id`` says whether it has."""
    search_noticed_at: Mapped[datetime | None]
    """When the company last wrote something that seems to ask who the worker is."""

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012 - read by SQLAlchemy
