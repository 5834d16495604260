"""The corporate number (法人番号): thirteen digits, of which the first checks the other twelve."""

from __future__ import annotations

import re
import unicodedata

DIGITS = 13


def read_corporate_number(typed: str) -> str | None:
    """The thirteen digits of what was typed in whatever width and grouping; None when they are no corporate number.

    The first digit is 9 less the remainder by 9 of the other twelve, counted from the right, each second one taken twice
    (法人番号の指定等に関する省令 第二条).
    """
    digits = re.sub(r"[\s\-‐−–ー]", "", unicodedata.normalize("NFKC", typed))
    if len(digits) != DIGITS or not (digits.isascii() and digits.isdigit()):
        return None
    total = sum(int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits[1:])))
    return digits if int(digits[0]) == 9 - total % 9 else None
