"""A public entry about a revocation, from the fixed text, until it expires or is withdrawn."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, refers_to


class Publication(Identified):
    __tablename__ = "publication"
    __table_args__ = (CheckConstraint("expires_at > published_from", name="expires_after_it_begins"),)

    certification_id: Mapped[uuid.UUID] = mapped_column(refers_to("certification.id"), index=True)
    resolution_id: Mapped[uuid.UUID] = mapped_column(refers_to("resolution.id"), unique=True)
    published_from: Mapped[datetime]
    expires_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
