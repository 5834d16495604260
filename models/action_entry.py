"""One line of the officer's action log."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, Sealed, refers_to


class ActionEntry(Identified):
    __tablename__ = "action_entry"

    exchange_id: Mapped[uuid.UUID] = mapped_column(refers_to("exchange.id"), index=True)
    compartment_id: Mapped[uuid.UUID] = mapped_column(refers_to("compartment.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"))
    done_on: Mapped[date]
    sealed_note: Mapped[bytes] = mapped_column(Sealed)
    """JSON: the action's code (AC-) and a note."""
    entered_at: Mapped[datetime]
