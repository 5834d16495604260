"""An act that takes two persons: asked by one, decided by another, used once, within its time."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CodeOf, Identified, Sealed, one_of, only_where, refers_to
from models.rules.joint_acts import JointKind, JointState

STANDS_OPEN = text("state IN ('asked', 'approved')")


class JointAct(Identified):
    __tablename__ = "joint_act"
    __table_args__ = (
        one_of("kind", JointKind),
        one_of("state", JointState),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> asked_by_id", name="takes_two"),
        CheckConstraint(
            "decided_by_id IS NULL OR concerns_id IS NULL OR decided_by_id <> concerns_id",
            name="decided_by_nobody_concerned",
        ),
        CheckConstraint("(decided_at IS NULL) = (decided_by_id IS NULL)", name="decided_by_somebody"),
        CheckConstraint(
            "state NOT IN ('approved', 'declined', 'used') OR decided_at IS NOT NULL", name="nothing_follows_undecided"
        ),
        CheckConstraint("state <> 'asked' OR decided_at IS NULL", name="asked_is_undecided"),
        CheckConstraint("(state IN ('withdrawn', 'lapsed', 'used')) = (ended_at IS NOT NULL)", name="over_has_a_time"),
        # The same is asked once at a time.
        Index(
            "uq_joint_act_open",
            "kind",
            "subject_id",
            unique=True,
            **only_where(STANDS_OPEN),
        ),
        Index("ix_joint_act_due", "state", "lapses_at"),
    )

    kind: Mapped[JointKind] = mapped_column(CodeOf(JointKind))
    state: Mapped[JointState] = mapped_column(CodeOf(JointState))
    version: Mapped[int] = mapped_column(default=1)
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[uuid.UUID]
    """What it is about, such as a seat or a case; whoever uses it says it again."""
    concerns_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("person.id"))
    """Whom it concerns, who never decides about it."""
    code: Mapped[str | None] = mapped_column(String(40))
    """What exactly was asked for and approved, where the rules name it: the ground, or the reason, by its code."""
    sealed_reason: Mapped[bytes] = mapped_column(Sealed)
    asked_by_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"))
    asked_at: Mapped[datetime]
    lapses_at: Mapped[datetime]
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("person.id"))
    decided_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012 - read by SQLAlchemy
