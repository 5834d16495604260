"""A file that nobody can open any more, until its sealed bytes are taken from the store too: the work list for that."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, refers_to


class FileToRemove(Identified):
    __tablename__ = "file_to_remove"

    case_id: Mapped[uuid.UUID] = mapped_column(refers_to("case.id"), index=True)
    stored_as: Mapped[str] = mapped_column(String(32), unique=True)
    ordered_at: Mapped[datetime] = mapped_column(index=True)
    is_erasure: Mapped[bool]
    """Whether the whole case was erased, which the record then tells with how many files that were."""
