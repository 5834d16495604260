"""A person to whom a formal request was addressed; who read it, and when, is in the record."""

from __future__ import annotations

import uuid

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, refers_to


class RequestAddressee(Identified):
    __tablename__ = "request_addressee"
    __table_args__ = (UniqueConstraint("formal_request_id", "person_id"),)

    formal_request_id: Mapped[uuid.UUID] = mapped_column(refers_to("formal_request.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"), index=True)
