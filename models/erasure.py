"""What of a case was erased, or is being: ordered first, then its keys are destroyed, then its rows go."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CodeOf, Identified, one_of, only_where, refers_to
from models.rules.erasure import ErasedPart, ErasureCause
from models.rules.retention import DataKind

_UNDONE = text("done_at IS NULL")


class Erasure(Identified):
    __tablename__ = "erasure"
    __table_args__ = (
        UniqueConstraint("case_id", "part"),
        one_of("part", ErasedPart),
        one_of("cause", ErasureCause),
        one_of("rule", DataKind),
        CheckConstraint("(cause = 'term') = (rule IS NOT NULL)", name="a_term_has_its_rule"),
        CheckConstraint(
            "(cause = 'term') = (asked_by_id IS NULL) AND (cause = 'term') = (agreed_by_id IS NULL)",
            name="before_its_time_by_two",
        ),
        CheckConstraint("agreed_by_id IS NULL OR agreed_by_id <> asked_by_id", name="takes_two"),
        Index("ix_erasure_undone", "ordered_at", **only_where(_UNDONE)),
        Index("ix_erasure_done", "done_at"),
    )

    case_id: Mapped[uuid.UUID] = mapped_column(refers_to("case.id"))
    part: Mapped[ErasedPart] = mapped_column(CodeOf(ErasedPart))
    cause: Mapped[ErasureCause] = mapped_column(CodeOf(ErasureCause))
    rule: Mapped[DataKind | None] = mapped_column(CodeOf(DataKind))
    """Whose term was over."""
    asked_by_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("person.id"))
    agreed_by_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("person.id"))
    ordered_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    """When its keys were gone and its rows with them."""
