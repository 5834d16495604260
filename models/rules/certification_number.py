"""How a certification is numbered: letters, digits and hyphens, so that it can be read aloud and typed."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{2,23}")


def is_certification_number(words: str) -> bool:
    """Whether these words may be a certification's number."""
    return _NUMBER.fullmatch(words) is not None
