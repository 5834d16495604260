"""The newest link of each subject's chain; the row that its writers queue behind."""

from __future__ import annotations

import uuid

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Token


class AuditChain(Base):
    __tablename__ = "audit_chain"

    subject_kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    subject_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int]
    link: Mapped[bytes] = mapped_column(Token(32))
