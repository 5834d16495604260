"""Random ids of new rows: those that one request makes lie beside each other, and tell neither order nor count.

Where ids are scattered at random, every row of a new thing falls on another page of each index, and all those pages are
written before the answer leaves. What is made together therefore begins alike.
"""

from __future__ import annotations

import secrets
import uuid

from flask import g, has_app_context

READABLE = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Thirty signs that nobody mistakes for each other."""
_SHARED_BYTES = 6
_ID_BYTES = 16


def new_number(prefix: str) -> str:
    """Two random groups of four from thirty letters: no order, no count, and one chance in 650 thousand million."""
    letters = "".join(secrets.choice(READABLE) for _ in range(8))
    return f"{prefix}-{letters[:4]}-{letters[4:]}"


def new_id() -> uuid.UUID:
    """A random id; within one request or command all of them share their beginning."""
    if not has_app_context():
        return uuid.uuid4()
    shared: bytes | None = g.get("ids_begin")
    if shared is None:
        shared = g.ids_begin = secrets.token_bytes(_SHARED_BYTES)
    return uuid.UUID(bytes=shared + secrets.token_bytes(_ID_BYTES - _SHARED_BYTES), version=4)
