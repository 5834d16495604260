"""A session: the keys of the one who is present, sealed under a key that only the browser's cookie carries."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CodeOf, Identified, Sealed, Token, one_of, refers_to
from models.rules.device_names import Device
from models.rules.second_factor import Awaits


class Visit(Identified):
    __tablename__ = "visit"
    __table_args__ = (
        CheckConstraint("(person_id IS NULL) <> (receipt_id IS NULL)", name="is_of_one_visitor"),
        one_of("awaits", Awaits),
        one_of("device", Device),
        CheckConstraint("device IS NULL OR person_id IS NOT NULL", name="no_consulters_device_is_kept"),
        CheckConstraint("awaits IS NULL OR person_id IS NOT NULL", name="only_a_person_awaits"),
    )

    locator: Mapped[bytes] = mapped_column(Token(32), unique=True)
    person_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("person.id"), index=True)
    receipt_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("receipt.id"), index=True)
    sealed_private_key: Mapped[bytes] = mapped_column(Sealed)
    awaits: Mapped[Awaits | None] = mapped_column(CodeOf(Awaits))
    """What the sign-in still waits for; until then the session opens nothing."""
    device: Mapped[Device | None] = mapped_column(CodeOf(Device))
    began_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    idle_ends_at: Mapped[datetime]
    absolute_ends_at: Mapped[datetime]

    @property
    def ends_at(self) -> datetime:
        """When it ends unless it is used before; however much it is used, it ends at its absolute end."""
        return min(self.idle_ends_at, self.absolute_ends_at)
