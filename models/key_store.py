"""The shred keys, in a database of their own: destroying one erases its case everywhere, restored backups included."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, MetaData, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from models.base import NAMES, Sealed, UtcMoment, only_where


class KeyStoreBase(DeclarativeBase):
    """A table of the key store; never in the main database."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: UtcMoment()}  # noqa: RUF012 - SQLAlchemy reads it as a class attribute


_UNFOLLOWED = text("destroyed_at IS NOT NULL AND followed_at IS NULL")


class ShredKey(KeyStoreBase):
    """A subject's shred key, sealed under the key ring; after destruction only the moment remains."""

    __tablename__ = "shred_key"
    __table_args__ = (
        CheckConstraint("(sealed_key IS NULL) = (destroyed_at IS NOT NULL)", name="destroyed_keeps_no_key"),
        CheckConstraint("followed_at IS NULL OR destroyed_at IS NOT NULL", name="followed_once_destroyed"),
        Index("ix_shred_key_unfollowed", "destroyed_at", **only_where(_UNFOLLOWED)),
    )

    subject_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    sealed_key: Mapped[bytes | None] = mapped_column(Sealed)
    created_at: Mapped[datetime]
    destroyed_at: Mapped[datetime | None]
    followed_at: Mapped[datetime | None]
    """When what lies elsewhere and opens no more, such as files, was put on the list of what is to be removed."""
