"""How much may be written from one mailbox, so that nobody buries the desk, and herself, under pages.

Source: domain, 4.2 (flood or bot: limits for each code, and no hard block of the first word). Whoever is in need writes
more than others; the numbers lie far beyond what anybody typed by hand in any case. Lines of consent are bounded too, for
every page of a case reads its ledger; what is bounded is widening alone, and a consent is taken back at any time.
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
    """How many messages go from one consultation's mailbox to the desk, and how often its consent is widened."""

    version: str
    valid_from: date
    in_a_day: int
    in_all: int
    consents_in_a_day: int
    """After so many lines of her own nothing is widened before the next day; less may be told at any time."""


# A change is a new row with its own day; a row that has been in force is never edited.
# fmt: off
WRITING_RULES: tuple[WritingRule, ...] = (
    #           version    valid from         in a day  in all  consents in a day
    WritingRule("2025-10", date(2025, 10, 1), 60,       1_000,  24),
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


def may_widen(moment: datetime, *, in_a_day: int, rules: Iterable[WritingRule] = WRITING_RULES) -> Decision:
    """Whether a company may be told more by one more line, when so many were before it. To tell less is never asked."""
    rule = row_at(moment, rules)
    return refused("too_many_today") if in_a_day >= rule.consents_in_a_day else ALLOWED
