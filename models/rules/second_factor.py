"""The second step of signing in: who must take it, which codes count, and why somebody's may be taken away.

Source: ASVS 5.0, 6.3.3, 6.5 and 6.4; RFC 6238 (six digits, SHA-1, thirty seconds, which every authenticator app can). The
codes for emergencies are for the day on which the telephone is lost: each works once.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from models.rules.dated import row_at
from models.rules.labelled import Labelled
from models.rules.people import WITHOUT_ACCOUNT, Role

DIGITS = 6
SECONDS_OF_A_STEP = 30


class Awaits(Labelled):
    """What a sign-in still waits for after the password; until then its session opens nothing."""

    # fmt: off
    CODE      = "code",      "確認コードの入力",   "The code"
    ENROLMENT = "enrolment", "確認コードの登録",   "Setting up the code"
    # fmt: on


class Ceremony(Enum):
    """What a passkey is asked to sign for; what was signed for one counts for no other."""

    REGISTER = "register"
    SECOND_STEP = "second_step"
    SIGN_IN = "sign_in"


class ResetReason(Labelled):
    """Why somebody who manages people takes away another person's second step."""

    # fmt: off
    LOST    = "lost",    "スマートフォンをなくした、壊した",       "The telephone is lost or broken"
    CHANGED = "changed", "機種を変え、前のものがもうない",         "A new telephone, and the old one is gone"
    STOLEN  = "stolen",  "ほかの人に使われたおそれがある",         "Somebody else may have used it"
    # fmt: on


@dataclass(frozen=True, slots=True)
class SecondFactorRule:
    """Who must have a second step from a day on, until a later row takes over; everybody may."""

    version: str
    valid_from: date
    required_of: frozenset[Role]
    drift: int
    """So many steps before and after the present one count, for clocks that are not quite right."""
    codes: int
    half_open: timedelta
    """How long a sign-in waits for its second step."""


_EVERYBODY = frozenset(Role) - WITHOUT_ACCOUNT

# A change is a new row with its own day; a row that has been in force is never edited.
# fmt: off
SECOND_FACTOR_RULES: tuple[SecondFactorRule, ...] = (
    #                version    valid from         required of  drift  codes  half open
    SecondFactorRule("2025-10", date(2025, 10, 1), _EVERYBODY,  1,     10,    timedelta(minutes=10)),
)
# fmt: on

# Crockford's letters: none looks like another, and what is typed for one that is missing is understood.
CODE_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 10
_TAKEN_FOR = str.maketrans({"O": "0", "I": "1", "L": "1"})


def second_factor_rule_at(
    moment: datetime, rules: Iterable[SecondFactorRule] = SECOND_FACTOR_RULES
) -> SecondFactorRule:
    """The row in force at a moment."""
    return row_at(moment, rules)


def steps_that_count(at: datetime, *, drift: int, after: int | None) -> range:
    """The numbers of the time steps whose codes count at a moment: never one at or before the last that was used."""
    step = int(at.timestamp()) // SECONDS_OF_A_STEP
    first = step - drift if after is None else max(step - drift, after + 1)
    return range(first, step + drift + 1)


def folded_code(typed: str) -> str:
    """A code as it is compared: width, case, spaces and dashes make no difference, nor do letters that look alike."""
    plain = unicodedata.normalize("NFKC", typed).upper()
    return "".join(sign for sign in plain if sign.isalnum()).translate(_TAKEN_FOR)


MOST_PASSKEYS = 10
CHALLENGE_HOLDS = timedelta(minutes=15)


def may_be_a_copy(*, counted: int, counts: int) -> bool:
    """Whether a passkey's counter says that another one signs beside it: it stands still or goes back.

    An authenticator that does not count says nought each time, and nothing can be told from it (W3C Web Authentication
    Level 3, section 6.1.1).
    """
    return (counted > 0 or counts > 0) and counts <= counted


def is_of_the_app(folded: str) -> bool:
    """Whether a folded code is one that an authenticator app shows."""
    return len(folded) == DIGITS and folded.isascii() and folded.isdigit()


def emergency_code(number: int, signs: str) -> str:
    """A code for emergencies as it is shown; it begins with its number, so that one hash alone is compared with it."""
    return f"{CODE_SIGNS[number]}-{signs[:5]}-{signs[5:]}"


def number_of(folded: str) -> int | None:
    """Which of a person's codes for emergencies this would be; None for what is none."""
    if len(folded) != 1 + CODE_LENGTH or any(sign not in CODE_SIGNS for sign in folded):
        return None
    return CODE_SIGNS.index(folded[0])
