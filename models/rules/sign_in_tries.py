"""How failed attempts at a password slow the ones that follow, for one account and for nobody else.

Source: ASVS 5.0, 6.1.1 and 6.3.1. Nothing is counted by network address: behind one address sits a whole office. The wait
is told to nobody, because it would tell who has an account; during it the right password is answered like a wrong one.
What is tried during a wait does not lengthen it, so that it cannot be made endless.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models.rules.dated import row_at


@dataclass(frozen=True, slots=True)
class TriesRule:
    """How many failures are free, how long each one after them makes everybody wait, and when all are forgotten."""

    version: str
    valid_from: date
    free: int
    waits: tuple[timedelta, ...]
    """After the first failure that is not free, the second, and so on; the last one stays."""
    forgotten_after: timedelta
    told_from: int
    """So many failures since the last sign-in are told to the person who then comes in."""


def _waits(*seconds: int) -> tuple[timedelta, ...]:
    return tuple(timedelta(seconds=each) for each in seconds)


# A change is a new row with its own day; a row that has been in force is never edited.
# fmt: off
TRIES_RULES: tuple[TriesRule, ...] = (
    #         version    valid from         free  waits in seconds                   forgotten after      told from
    TriesRule("2025-10", date(2025, 10, 1), 4,    _waits(30, 60, 120, 300, 600, 900), timedelta(hours=24), 3),
)
# fmt: on


@dataclass(frozen=True, slots=True)
class Tries:
    """What is kept of the failures of one account."""

    failed: int = 0
    last_failed_at: datetime | None = None
    waits_until: datetime | None = None

    def waits_at(self, moment: datetime) -> bool:
        """Whether nothing is let in at this moment, whatever was typed."""
        return self.waits_until is not None and moment < self.waits_until


NO_TRIES = Tries()


def tries_rule_at(moment: datetime, rules: Iterable[TriesRule] = TRIES_RULES) -> TriesRule:
    """The row in force at a moment."""
    return row_at(moment, rules)


def after_a_failure(before: Tries, *, at: datetime, rule: TriesRule) -> Tries:
    """What is kept after one more failure; what failed during a wait changes nothing."""
    if before.waits_at(at):
        return before
    forgotten = before.last_failed_at is None or at - before.last_failed_at >= rule.forgotten_after
    failed = 1 if forgotten else before.failed + 1
    if failed <= rule.free:
        return Tries(failed, at)
    return Tries(failed, at, at + rule.waits[min(failed - rule.free, len(rule.waits)) - 1])
