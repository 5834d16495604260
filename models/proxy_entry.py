"""That the desk keyed something in a company's stead: who of the company said it, when and how, and who keyed it."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CodeOf, Identified, one_of, refers_to
from models.rules.proxy import ProxyAct, ProxyWay


class ProxyEntry(Identified):
    __tablename__ = "proxy_entry"
    __table_args__ = (
        one_of("act", ProxyAct),
        one_of("way", ProxyWay),
        CheckConstraint("(act = 'report') = (report_id IS NOT NULL)", name="a_report_is_named"),
        CheckConstraint("(act = 'extension') = (extension_id IS NOT NULL)", name="an_extension_is_named"),
    )

    exchange_id: Mapped[uuid.UUID] = mapped_column(refers_to("exchange.id"), index=True)
    act: Mapped[ProxyAct] = mapped_column(CodeOf(ProxyAct))
    way: Mapped[ProxyWay] = mapped_column(CodeOf(ProxyWay))
    told_on: Mapped[date]
    told_by_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"))
    keyed_by_id: Mapped[uuid.UUID] = mapped_column(refers_to("person.id"))
    keyed_at: Mapped[datetime]
    report_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("report.id"))
    extension_id: Mapped[uuid.UUID | None] = mapped_column(refers_to("extension.id"))
