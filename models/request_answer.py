"""What a company answered to a formal request."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, Sealed, refers_to


class RequestAnswer(Identified):
    __tablename__ = "request_answer"

    formal_request_id: Mapped[uuid.UUID] = mapped_column(refers_to("formal_request.id"), index=True)
    compartment_id: Mapped[uuid.UUID] = mapped_column(refers_to("compartment.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"))
    sealed_text: Mapped[bytes] = mapped_column(Sealed)
    answered_at: Mapped[datetime]
