"""The last call: from when on somebody is told that what she wrote will soon be out of her reach, or gone.

That a session is about to end is said by ``app/static/js/session_warning.js``.

Source: domain, 6.7 (lower table) and 3 (former worker: "own record export"). The term is a proposal of the product.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models.rules.dated import row_at
from models.rules.working_days import in_japan


@dataclass(frozen=True, slots=True)
class LastCallRule:
    """For how many days before its day it is said, from a day on."""

    version: str
    valid_from: date
    days: int


# A change is a new row with its own day; a row that has been in force is never edited.
LAST_CALL_RULES: tuple[LastCallRule, ...] = (LastCallRule("2026-11", date(2025, 10, 1), 60),)


@dataclass(frozen=True, slots=True)
class LastDays:
    """The last day on which her code opens the page, and the last day on which the content is kept; None where none is."""

    opens: date | None
    kept: date | None

    @property
    def earlier(self) -> date | None:
        """What comes first: from then on she can take nothing along any more."""
        return min((day for day in (self.opens, self.kept) if day is not None), default=None)


def is_last_call(days: LastDays, *, at: datetime, rules: Iterable[LastCallRule] = LAST_CALL_RULES) -> bool:
    """Whether it is so near that she is told, and not gone yet."""
    if days.earlier is None:
        return False
    return in_japan(at).date() + timedelta(days=row_at(at, rules).days) >= days.earlier
