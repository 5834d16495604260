"""Before which acts somebody who is signed in shows again who she is, and how long that holds.

Source: ASVS 5.0, on sessions. An open screen is found by others. What changes who may come in, and what the board has
decided, is asked for by whoever has just shown password and code, and by nobody who merely found her page open.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models.rules.dated import row_at
from models.rules.permissions import Permission


@dataclass(frozen=True, slots=True)
class AskedAgainRule:
    """Which permissions ask again from a day on, until a later row takes over, and how long an answer holds."""

    version: str
    valid_from: date
    asked_for: frozenset[Permission]
    holds: timedelta


_P = Permission

# A change is a new row with its own day; a row that has been in force is never edited.
# fmt: off
ASKED_AGAIN_RULES: tuple[AskedAgainRule, ...] = (
    AskedAgainRule("2026-11", date(2025, 10, 1), holds=timedelta(minutes=15), asked_for=frozenset({
        _P.PEOPLE_MANAGE,       # who may come in, and whose second step is taken away
        _P.SESSION_SECURE,      # the own password, second step and sessions
        _P.RESOLUTION_RECORD,   # what the board has decided
        _P.KEYS_FIRST_SHARE, _P.KEYS_SECOND_SHARE, _P.KEYS_OPERATE,
    })),
)
# fmt: on


def asks_again(
    permission: Permission,
    *,
    shown_at: datetime,
    moment: datetime,
    rules: Iterable[AskedAgainRule] = ASKED_AGAIN_RULES,
) -> bool:
    """Whether somebody who showed who she is at that time must show it again before she uses this permission."""
    rule = row_at(moment, rules)
    return permission in rule.asked_for and moment - shown_at >= rule.holds
