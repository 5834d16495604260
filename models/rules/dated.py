"""Rules that change on a day: rows with the day from which each holds, until a later one takes over."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Protocol, TypeVar

from models.rules.working_days import in_japan


class Dated(Protocol):
    """A row that holds from a day on, by the date in Japan."""

    @property
    def valid_from(self) -> date:
        """The first day."""


Row = TypeVar("Row", bound=Dated)


def row_at(moment: datetime, rows: Iterable[Row]) -> Row:
    """The row in force at a moment, which is aware. Before the first row the first one holds."""
    day = in_japan(moment).date()
    in_order = sorted(rows, key=lambda row: row.valid_from)
    in_force = [row for row in in_order if row.valid_from <= day]
    return in_force[-1] if in_force else in_order[0]
