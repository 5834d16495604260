"""What was done or read, by whom and when: identifiers and codes, chained per subject, never changed."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, Token, index_where_given


class AuditRecord(Identified):
    __tablename__ = "audit_record"
    __table_args__ = (
        UniqueConstraint("subject_kind", "subject_id", "number"),
        index_where_given("audit_record", "actor_id", "at", name="ix_audit_record_actor"),
        Index("ix_audit_record_at", "at", "id"),
    )

    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[uuid.UUID]
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(60))
    facts: Mapped[str] = mapped_column(Text)
    """Canonical JSON of exactly the facts of models.rules.audit_events."""
    actor_role: Mapped[str] = mapped_column(String(20))
    actor_id: Mapped[uuid.UUID | None]
    at: Mapped[datetime]
    key_id: Mapped[bytes] = mapped_column(Token(8))
    link: Mapped[bytes] = mapped_column(Token(32))
