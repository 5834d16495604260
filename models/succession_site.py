"""A site that goes over with a split or the transfer of a business; with a merger all of them do."""

from __future__ import annotations

import uuid

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, refers_to


class SuccessionSite(Identified):
    __tablename__ = "succession_site"
    __table_args__ = (UniqueConstraint("succession_id", "site_id"),)

    succession_id: Mapped[uuid.UUID] = mapped_column(refers_to("succession.id"))
    site_id: Mapped[uuid.UUID] = mapped_column(refers_to("site.id"))
