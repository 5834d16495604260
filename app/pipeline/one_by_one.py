"""Work on many things where one must not undo the others: each has a savepoint, what fails is logged and counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

import structlog
from flask import g
from sqlalchemy.exc import DisconnectionError, InterfaceError, OperationalError

from app.pipeline.transaction import db
from models.base import Base

log = structlog.get_logger()
Thing = TypeVar("Thing", bound=Base | tuple[Base, ...])
# When the database itself is gone or full, the next thing would fare no better: the whole work stops and is undone.
THE_DATABASE_ITSELF = (OperationalError, InterfaceError, DisconnectionError)


def one_by_one(things: Iterable[Thing], do: Callable[[Thing], object], *, work: str) -> int:
    """Do something with each of these; returns for how many it answered yes.

    One that raises is undone by itself and logged by its kind and its row, and the others are done. Nothing is
    committed here: killed in the middle, all of it is undone and done again the next time.
    """
    done = 0
    for thing in list(things):
        row = _name_of(thing)
        try:
            with db().begin_nested():
                answer = do(thing)
        except THE_DATABASE_ITSELF:
            raise
        except Exception as failure:  # noqa: BLE001 - whatever one of them meets must not stop the others
            log.error("item_failed", name=work, kind=type(failure).__name__, row=row)  # noqa: TRY400 - a trace may hold words
            count_failed()
        else:
            done += bool(answer)
    return done


def count_failed() -> None:
    """Note that one thing failed."""
    g.failed_items = failed_items() + 1


def failed_items() -> int:
    """How many things failed in this piece of work."""
    return int(g.get("failed_items", 0))


def _name_of(thing: Base | tuple[Base, ...]) -> str:
    first = thing[0] if isinstance(thing, tuple) else thing
    return f"{first.__tablename__}:{first.id.hex}" if hasattr(first, "id") else first.__tablename__
