"""A receipt (受付コード): what a consulter returns with; the code itself is kept nowhere."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, Sealed, Token, refers_to


class Receipt(Identified):
    __tablename__ = "receipt"

    case_id: Mapped[uuid.UUID] = mapped_column(refers_to("case.id"), index=True)
    locator: Mapped[bytes] = mapped_column(Token(16), unique=True)
    public_key: Mapped[bytes]
    locked_private_key: Mapped[bytes] = mapped_column(Sealed)
    created_at: Mapped[datetime]
    repeated_back_at: Mapped[datetime | None]
    """When somebody to whom it was read out or handed had repeated its last group."""
    ended_at: Mapped[datetime | None]
