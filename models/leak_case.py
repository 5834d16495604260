"""One consultation that a leak concerns, and the exchange with the company whose copy it was, where there is one."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, refers_to


class LeakCase(Identified):
    __tablename__ = "leak_case"
    __table_args__ = (UniqueConstraint("leak_id", "case_id"),)

    leak_id: Mapped[uuid.UUID] = mapped_column(refers_to("leak.id"))
    case_id: Mapped[uuid.UUID] = mapped_column(refers_to("case.id"), index=True)
    exchange_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("exchange.id"))
    named_at: Mapped[datetime]
