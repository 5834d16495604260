"""Officers, deputies and representatives: how their address is verified, and how often they say that they still serve.

Source: domain, 1.2 (pledge 2: two-step verification of the address) and 4.2 (a verified business address, confirmed again
every six months). First a link by mail shows that she reads the address; then a code that the secretariat has spoken or
posted to her, over a way that it knew before, shows that it is she. Whoever does not confirm is passed over for somebody
who has (``routing``); when nobody has, matters go on as before, and the secretariat sees it.

Who is addressed when the officer has gone (the deputy, then the representative): ``routing``. The post that nobody holds:
``deadlines`` (VACANCY) and ``company_duties``. Who may see what was forwarded from the day of a hand-over:
``people.standing_towards``; that the one before sees nothing from that minute: ``app/people/actions`` (end_service). No
clock restarts: ``case_clocks``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models.rules.dated import row_at
from models.rules.second_factor import CODE_SIGNS, folded_code

SIGNS_OF_A_CODE = 8


@dataclass(frozen=True, slots=True)
class OfficersRule:
    """What holds from a day on, until a later row takes over."""

    version: str
    valid_from: date
    code_holds: timedelta
    tries: int
    """So many wrong codes void the code."""
    months: int
    """So long after the last time she is asked whether she still serves."""
    reminded_after: timedelta
    passed_over_after: timedelta
    """Both from the day she was asked."""


# A change is a new row with its own day; a row that has been in force is never edited.
# fmt: off
OFFICERS_RULES: tuple[OfficersRule, ...] = (
    #            version    valid from         code holds           tries months reminded after       passed over after
    OfficersRule("2026-11", date(2025, 10, 1), timedelta(days=14),  5,    6,     timedelta(days=14),  timedelta(days=30)),
)
# fmt: on


def officers_rule_at(moment: datetime, rules: Iterable[OfficersRule] = OFFICERS_RULES) -> OfficersRule:
    """The row in force at a moment."""
    return row_at(moment, rules)


def address_code(drawn: bytes) -> str:
    """A code to be spoken or posted, made of random bytes: eight signs, none of which looks like another."""
    signs = "".join(CODE_SIGNS[byte % len(CODE_SIGNS)] for byte in drawn[:SIGNS_OF_A_CODE])
    return f"{signs[:4]}-{signs[4:]}"


def folded_address_code(typed: str) -> str:
    """A code as it is compared."""
    return folded_code(typed)
