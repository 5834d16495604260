"""A dated change of a rule: what it amends, from which day, by whom and why; nothing is ever taken out of the list."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CodeOf, Identified, one_of, only_where, refers_to
from models.rules.rule_change import RuleKind


class RuleChange(Identified):
    __tablename__ = "rule_change"
    __table_args__ = (
        one_of("kind", RuleKind),
        CheckConstraint("ended_at IS NOT NULL OR ended_by_id IS NULL", name="is_ended_by_somebody_when_it_is"),
        Index(
            "uq_rule_change_in_force",
            "kind",
            "key",
            "valid_from",
            unique=True,
            **only_where(text("ended_at IS NULL")),
        ),
    )

    kind: Mapped[RuleKind] = mapped_column(CodeOf(RuleKind))
    key: Mapped[str] = mapped_column(String(60))
    value: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[date]
    reason: Mapped[str] = mapped_column(String(200))
    entered_by_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("person.id"))
    entered_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("person.id"))
