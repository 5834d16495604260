"""The company file (会社ファイル) in which unmet requests to one company are followed."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CodeOf, Identified, one_of, only_where, refers_to
from models.rules.company_file_lifecycle import FileState


class CompanyFile(Identified):
    __tablename__ = "company_file"
    __table_args__ = (
        one_of("state", FileState),
        CheckConstraint("(closed_at IS NULL) = (is_open)", name="open_until_it_is_closed"),
        Index(
            "uq_company_file_open",
            "company_id",
            unique=True,
            **only_where(text("is_open")),
        ),
        Index("ix_company_file_due", "is_open", "next_due_at"),
    )

    company_id: Mapped[uuid.UUID] = mapped_column(refers_to("company.id"), index=True)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    state: Mapped[FileState] = mapped_column(CodeOf(FileState))
    is_open: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    opened_at: Mapped[datetime]
    next_due_at: Mapped[datetime | None]
    next_step: Mapped[str | None] = mapped_column(String(4))
    """The step of the ladder that the sweep has opened for people to take, such as E2."""
    next_step_opened_at: Mapped[datetime | None]
    complied_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012 - read by SQLAlchemy
