"""A calendar day as people write it: 2026-11-22, 2026/11/22 and 2026年11月22日."""

from __future__ import annotations

import re
from datetime import date

# Further away there is no calendar, and a moment beside the year 1 or 9999 cannot even be counted on from.
FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2099, 12, 31)
_A_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")


def read_day(written: str) -> date | None:
    """The day that half-width words name; None when there is no such day."""
    found = _A_DAY.fullmatch(written.replace(" ", ""))
    if found is None:
        return None
    try:
        return date(*(int(part) for part in found.groups()))
    except ValueError:
        return None
