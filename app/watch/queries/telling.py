"""What each company of a case was told when, and whether it has said since that it began."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select

from app.clocks.queries import calendar
from app.pipeline.clock import now, today
from app.pipeline.transaction import db
from models.action_entry import ActionEntry
from models.company import Company
from models.exchange import Exchange
from models.rules.after_telling import (
    CLOSED_UNHEARD,
    WordOfAnInquiry,
    is_reminded,
    reminded_until,
    word_of_an_inquiry,
)


@dataclass(frozen=True)
class Told:
    """One company that was told, by its present name."""

    company: str
    word: WordOfAnInquiry


def told_companies(case_id: uuid.UUID) -> list[Told]:
    """The companies that were told of a case and from which something is, or was, expected."""
    first_act = select(func.min(ActionEntry.done_on)).where(ActionEntry.exchange_id == Exchange.id).scalar_subquery()
    rows = db().execute(
        select(Exchange, Company, first_act)
        .join(Company, Company.id == Exchange.company_id)
        .where(
            Exchange.case_id == case_id,
            Exchange.routed_at.is_not(None),
            or_(Exchange.closed_because.is_(None), Exchange.closed_because.not_in(CLOSED_UNHEARD)),
        )
        .order_by(Exchange.routed_at, Exchange.id)
    )
    return [Told(company.name_on(today()).name, _word(exchange, began_on)) for exchange, company, began_on in rows]


def _word(exchange: Exchange, began_on: date | None) -> WordOfAnInquiry:
    if exchange.routed_at is None:
        raise ValueError("only a company that was told is looked at")
    return word_of_an_inquiry(exchange.routed_at, began_on=began_on, now=now(), calendar=calendar())


def reminded_month(exchange: Exchange) -> date | None:
    """Until which month this company is reminded of what it must not do; nothing when the month is over."""
    if exchange.routed_at is None or not is_reminded(exchange.routed_at, now=now(), calendar=calendar()):
        return None
    return reminded_until(exchange.routed_at, now=now(), calendar=calendar())
