"""The code on a poster of one site (拠点コード): typed by whoever writes, it names the company without a pick.

It is no secret and proves nothing. A sign too many catches what is mistyped, before another company is named by it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Thirty signs; none of them looks like another one."""
DRAWN = 5
_BETWEEN = re.compile(r"[\s\-‐−–—ー・]")


def new_site_code(draw: Callable[[str], str]) -> str:
    """Six signs of ``ALPHABET``: five that ``draw`` takes from it one by one, and the one that checks them."""
    drawn = "".join(draw(ALPHABET) for _ in range(DRAWN))
    return drawn + _check_sign(drawn)


def read_site_code(typed: str) -> str | None:
    """The code that was typed in whatever width, case and grouping; None when it cannot be one.

    One wrong sign, or two neighbours that changed places, are always found, but for the first and the last of the alphabet
    changing places.
    """
    code = _BETWEEN.sub("", unicodedata.normalize("NFKC", typed)).upper()
    if len(code) != DRAWN + 1 or any(sign not in ALPHABET for sign in code):
        return None
    return code if _check_sign(code[:-1]) == code[-1] else None


def shown_site_code(code: str) -> str:
    """The code in two groups of three, as a poster shows it."""
    return f"{code[:3]}-{code[3:]}"


def _check_sign(drawn: str) -> str:
    """Luhn's rule over thirty signs: every second one from the right counts twice, with the digits of its double added."""
    base, total = len(ALPHABET), 0
    for place, sign in enumerate(reversed(drawn)):
        value = ALPHABET.index(sign) * (2 if place % 2 == 0 else 1)
        total += value // base + value % base
    return ALPHABET[-total % base]
