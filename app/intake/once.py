"""The check page's own secret, from which its one receipt follows: made by us, dated, and good for twelve hours."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from app.pipeline.clock import now
from app.pipeline.secrets import ring
from crypto import RECEIPT_SECRET_BYTES, keyed_token, new_receipt_secret, same

GOOD_FOR = timedelta(hours=12)
_STAMP_BYTES = 8
_PAYLOAD_BYTES = RECEIPT_SECRET_BYTES + _STAMP_BYTES


@dataclass(frozen=True)
class Once:
    """A secret that came back with its page, and whether the page is still young enough to be sent."""

    secret: bytes = field(repr=False)
    is_fresh: bool


def new_once() -> str:
    """A fresh secret for a check page, with its moment and our mark, as a hidden field carries it."""
    payload = new_receipt_secret() + int(now().timestamp()).to_bytes(_STAMP_BYTES, "big")
    return urlsafe_b64encode(payload + _mark(payload)).decode()


def read_once(carried: str | None) -> Once | None:
    """The secret that a page carried; None when it is not one of ours."""
    try:
        raw = urlsafe_b64decode((carried or "").encode("ascii"))
    except ValueError:
        return None
    payload, mark = raw[:_PAYLOAD_BYTES], raw[_PAYLOAD_BYTES:]
    if len(payload) != _PAYLOAD_BYTES or not same(mark, _mark(payload)):
        return None
    made = datetime.fromtimestamp(int.from_bytes(payload[RECEIPT_SECRET_BYTES:], "big"), UTC)
    return Once(payload[:RECEIPT_SECRET_BYTES], timedelta(0) <= now() - made <= GOOD_FOR)


def _mark(payload: bytes) -> bytes:
    return keyed_token(ring().stable("once"), field="once", value=payload.hex())
