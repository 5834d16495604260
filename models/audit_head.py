"""A signed head that gathers all chains, so that a removed tail or a removed chain shows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, Token


class AuditHead(Identified):
    __tablename__ = "audit_head"

    at: Mapped[datetime] = mapped_column(index=True)
    chains: Mapped[int]
    digest: Mapped[bytes] = mapped_column(Token(32))
    signature: Mapped[bytes]
    public_key: Mapped[bytes]
