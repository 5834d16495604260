"""How much may be written from one mailbox, so that nobody buries the desk, and herself, under pages.

Source: domain, 4.2 (flood or bot: limits for each code, and no hard block of the first word). Whoever is in need writes
more than others; the numbers lie far beyond what anybody typed by hand in any case.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models.rules.dated import row_at
from models.rules.decision import ALLOWED, Decision, refused

COUNTED_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class WritingRule:
    """How many messages go from one consultation's mailbox to the desk, within a day and in all."""

    version: str
    valid_from: date
    in_a_day: int
    in_all: int


# A change is a new row with its own day; a row that has been in force is never edited.
# fmt: off
WRITING_RULES: tuple[WritingRule, ...] = (
    #           version    valid from         in a day  in all
    WritingRule("2025-10", date(2025, 10, 1), 60,       1_000),
)
# fmt: on


def may_write(
    moment: datetime, *, in_a_day: int, in_all: int, rules: Iterable[WritingRule] = WRITING_RULES
) -> Decision:
    """Whether one more message is taken, when so many were before it."""
    rule = row_at(moment, rules)
    if in_all >= rule.in_all:
        return refused("full")
    return refused("too_many_today") if in_a_day >= rule.in_a_day else ALLOWED
