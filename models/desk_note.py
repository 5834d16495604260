"""A note among the desk about a case."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, Sealed, refers_to


class DeskNote(Identified):
    __tablename__ = "desk_note"

    case_id: Mapped[uuid.UUID] = mapped_column(refers_to("case.id"), index=True)
    compartment_id: Mapped[uuid.UUID] = mapped_column(refers_to("compartment.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"))
    sealed_text: Mapped[bytes] = mapped_column(Sealed)
    written_at: Mapped[datetime]
