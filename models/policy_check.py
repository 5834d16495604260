"""One look at the page on which a company has published its policy; dated, and never by itself a consequence."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CodeOf, Identified, one_of, refers_to
from models.rules.policy_page import PageFound


class PolicyCheck(Identified):
    __tablename__ = "policy_check"
    __table_args__ = (
        one_of("found", PageFound),
        Index("ix_policy_check_company", "company_id", "checked_at"),
    )

    company_id: Mapped[uuid.UUID] = mapped_column(refers_to("company.id"))
    address: Mapped[str] = mapped_column(String(300))
    """As it was then; an address that was changed since is another page."""
    checked_at: Mapped[datetime]
    found: Mapped[PageFound] = mapped_column(CodeOf(PageFound))
    status: Mapped[int | None]
    """The number of the other server's answer, where there was one."""
    digest: Mapped[bytes | None]
    """SHA-256 of the page as far as it was read, which shows that it has changed."""
