"""A one-time link by which a registered person sets a password; once its mail has left, only its digest is kept."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, Sealed, Token, refers_to


class SignUpLink(Identified):
    __tablename__ = "sign_up_link"

    person_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"), index=True)
    digest: Mapped[bytes] = mapped_column(Token(32), unique=True)
    digest_key: Mapped[bytes | None] = mapped_column(LargeBinary(8))
    """The id of the ring's key by which the digest was made; without one it is the first key there was."""
    sealed_link: Mapped[bytes | None] = mapped_column(Sealed)
    """Until the mail that carries it has left, or it was used."""
    accepts_loss: Mapped[bool] = mapped_column(default=False)
    """Whether whoever sent it knew that the person alone holds a seat, whose keys a new password would lose."""
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
