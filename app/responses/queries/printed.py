"""What is asked of copies on paper: which there are, for both sides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.people.queries import name_of
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.transaction import db
from models.exchange import Exchange
from models.person import Person
from models.printed_copy import PrintedCopy
from models.rules.printing import PrintReason, is_open


@dataclass(frozen=True)
class OnPaper:
    """One copy on paper."""

    number: int
    by: str
    at: datetime
    reason: PrintReason


def copies_on_paper(exchange: Exchange) -> list[OnPaper]:
    """Every copy that was put on paper, the first first."""
    rows = db().scalars(select(PrintedCopy).where(PrintedCopy.exchange_id == exchange.id).order_by(PrintedCopy.number))
    return [
        OnPaper(row.number, name_of(db().get(Person, row.person_id)), row.printed_at, row.reason) for row in rows.all()
    ]


def copy_to_print(exchange: Exchange, number: int, *, actor: Actor) -> PrintedCopy | None:
    """The copy of this number, while its page still opens for the one who gave the reason."""
    found = db().scalar(
        select(PrintedCopy).where(
            PrintedCopy.exchange_id == exchange.id, PrintedCopy.number == number, PrintedCopy.person_id == actor.id
        )
    )
    return found if found is not None and is_open(found.printed_at, now=now()) else None
