"""What a passkey has signed once, kept until it would be too old anyway, so that it is not taken a second time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, Token


class UsedChallenge(Identified):
    __tablename__ = "used_challenge"

    digest: Mapped[bytes] = mapped_column(Token(32), unique=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
