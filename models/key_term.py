"""Since when a key that lies outside of this installation is in use, and when it was last reminded of any kind."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class KeyTerm(Base):
    __tablename__ = "key_term"

    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    began_at: Mapped[datetime]
    """When it was renewed, as somebody noted; at first, when it was seen to be in use. The ring knows its own day."""
    reminded_at: Mapped[datetime | None]
