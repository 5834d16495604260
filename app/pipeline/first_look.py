"""A first look: which of many pieces of work have anything to do, asked of the database in one question.

Nearly always nothing of most of them is due. Each would take the pen and open a transaction to find that out, and ask
in a sentence that is put together anew; the first look is put together once, takes no pen, and is one statement.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any, TypeAlias

from sqlalchemy import BindParameter, Date, Select, bindparam, literal, select

from app.pipeline.clock import now, today
from app.pipeline.transaction import db
from models.base import UtcMoment

Moment: TypeAlias = datetime | BindParameter[datetime]
Day: TypeAlias = date | BindParameter[date]
AT: BindParameter[datetime] = bindparam("at", type_=UtcMoment())
"""The moment of the look, in a query that is made before anybody looks."""
DAY: BindParameter[date] = bindparam("day", type_=Date())
"""The day of the look, likewise."""
Waiting: TypeAlias = Select[*tuple[Any, ...]]
"""What finds the things that wait for a piece of work, by AT or DAY."""


def at_rest(waiting: Mapping[str, Waiting]) -> frozenset[str]:
    """Of these, by their names, those for which nothing waits at this moment."""
    if not waiting:
        return frozenset()
    found = db().execute(_question(tuple(waiting.items())), {"at": now(), "day": today()}).one()
    return frozenset(name for name, waits in zip(waiting, found, strict=True) if not waits)


@lru_cache(maxsize=2)
def _question(waiting: tuple[tuple[str, Waiting], ...]) -> Waiting:
    one = literal(1, literal_execute=True)
    return select(
        *(query.with_only_columns(one, maintain_column_froms=True).exists().label(name) for name, query in waiting)
    )
