"""The report of a fiscal year that is over, made once: its numbers as they may be shown, and no others ever."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, refers_to


class YearlyReport(Identified):
    __tablename__ = "yearly_report"

    year: Mapped[int] = mapped_column(unique=True)
    """The year in which the fiscal year begins; each has one report."""
    content: Mapped[str] = mapped_column(Text)
    """Canonical JSON of what is shown: words and counts of which the small ones are gone before they are kept."""
    made_at: Mapped[datetime]
    made_by_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"))
    layout: Mapped[int]
    file_digest: Mapped[bytes]
    """SHA-256 of the report as a PDF in Japanese; in the record of its making as well."""
