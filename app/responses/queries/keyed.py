"""What is asked of keyed entries: who may speak for a company now, and what the desk keyed for it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from app.people.queries import name_of, officers_of
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.standing import towards_exchange
from app.pipeline.transaction import db
from models.exchange import Exchange
from models.person import Person
from models.proxy_entry import ProxyEntry
from models.rules.people import Standing
from models.rules.proxy import ProxyAct, ProxyWay


@dataclass(frozen=True)
class KeyedEntry:
    """One entry that the desk made in the company's stead."""

    act: ProxyAct
    way: ProxyWay
    told_on: date
    told_by: str
    keyed_by: str
    keyed_at: datetime
    report_id: uuid.UUID | None


def speakers(exchange: Exchange) -> Sequence[Person]:
    """Who acts for the company in this matter now: whoever may do so on the page may also say it to the desk."""
    people = officers_of(exchange.company_id, at=now())
    return [
        person
        for person in people
        if towards_exchange(Actor(person.role, person=person), exchange) is Standing.ADDRESSEE
    ]


def keyed_entries(exchange: Exchange) -> list[KeyedEntry]:
    """What the desk keyed for this company, oldest first."""
    rows = db().scalars(
        select(ProxyEntry).where(ProxyEntry.exchange_id == exchange.id).order_by(ProxyEntry.keyed_at, ProxyEntry.id)
    )
    return [
        KeyedEntry(
            row.act,
            row.way,
            row.told_on,
            name_of(db().get(Person, row.told_by_id)),
            name_of(db().get(Person, row.keyed_by_id)),
            row.keyed_at,
            row.report_id,
        )
        for row in rows.all()
    ]
