"""The second step of verifying an officer's address: a code that is spoken or posted to her, kept as a digest."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, Token, refers_to


class AddressCheck(Identified):
    __tablename__ = "address_check"
    __table_args__ = (CheckConstraint("tries >= 0", name="counts_upwards"),)

    person_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"), index=True)
    digest: Mapped[bytes] = mapped_column(Token(32))
    digest_key: Mapped[bytes] = mapped_column(LargeBinary(8))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    used_at: Mapped[datetime | None]
