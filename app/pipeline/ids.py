"""Random ids of new rows: those that one request makes lie beside each other, and tell neither order nor count.

Where ids are scattered at random, every row of a new thing falls on another page of each index, and all those pages are
written before the answer leaves. What is made together therefore begins alike.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterator

from flask import g, has_app_context

READABLE = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Thirty signs that nobody mistakes for each other."""
_LETTERS = 8
_SHARED_BYTES = 6
_DRAWN_AT_ONCE = 32
_ID_BYTES = 16


def new_number(prefix: str) -> str:
    """Two random groups of four from thirty letters: no order, no count, and one chance in 650 thousand million."""
    drawn = secrets.randbelow(len(READABLE) ** _LETTERS)
    letters = "".join(READABLE[drawn // len(READABLE) ** place % len(READABLE)] for place in range(_LETTERS))
    return f"{prefix}-{letters[:4]}-{letters[4:]}"


def new_id() -> uuid.UUID:
    """A random id; within one request or command all of them share their beginning."""
    if not has_app_context():
        return uuid.uuid4()
    drawn: Iterator[uuid.UUID] | None = g.get("ids")
    if drawn is None:
        drawn = g.ids = _ids()
    return next(drawn)


def _ids() -> Iterator[uuid.UUID]:
    # Many are drawn at once: with every single drawing another thread would take the interpreter.
    begin, own = secrets.token_bytes(_SHARED_BYTES), _ID_BYTES - _SHARED_BYTES
    while True:
        many = secrets.token_bytes(_DRAWN_AT_ONCE * own)
        for start in range(0, len(many), own):
            yield uuid.UUID(bytes=begin + many[start : start + own], version=4)
