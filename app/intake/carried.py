"""What a check page carries to the sending: the checked answers and the page's own secret, under our mark.

The answers lie in the page and nowhere else until they are sent. What comes back under our mark was checked a moment
ago and is not checked again; the companies that were offered are in it too. From the secret follows the one receipt.

The secret follows itself from the sheet on which somebody writes and from what is written there. A browser that repeats
the check page after going back asks for the same one, and can be told that this was sent; other words have another.
"""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from app.pipeline.clock import now
from app.pipeline.secrets import ring
from crypto import RECEIPT_SECRET_BYTES, keyed_token, new_receipt_secret, same

GOOD_FOR = timedelta(hours=12)
Answered = tuple[tuple[str, str], ...]
"""Name and value of every answer, as a form would post them."""
_STAMP_BYTES = 8


@dataclass(frozen=True, repr=False)
class Carried:
    """What came back with a check page; repr shows none of it."""

    answered: Answered
    offered: Mapping[str, frozenset[str]]
    """The companies that the page offered, by the field that asked."""
    sheet: str
    """The name of the sheet on which they were written."""
    secret: bytes
    is_ours: bool
    """Whether every byte is as we made it; otherwise the answers are only what somebody typed."""
    is_fresh: bool
    """Whether the page is still young enough to be sent."""


def new_sheet() -> str:
    """The random name of a sheet to write on, as the form's hidden field carries it."""
    return urlsafe_b64encode(new_receipt_secret()).decode()


def is_sheet(carried: str | None) -> bool:
    """Whether this can be the name of a sheet; whoever makes one up chooses no receipt by it."""
    try:
        return len(urlsafe_b64decode((carried or "").encode("ascii"))) == RECEIPT_SECRET_BYTES
    except ValueError:
        return False


def secret_of(sheet: str, answered: Answered) -> bytes:
    """The secret of the check page that shows these answers of this sheet."""
    written = hashlib.sha256(json.dumps([sheet, answered]).encode("ascii")).hexdigest()
    return keyed_token(ring().stable("once"), field="sheet", value=written)


def carry(answered: Answered, offered: Mapping[str, Iterable[str]], *, sheet: str) -> str:
    """A hidden field's value for a check page, with its secret and its moment."""
    content = [answered, {field: sorted(codes) for field, codes in offered.items()}, sheet]
    payload = b"".join(
        (
            secret_of(sheet, answered),
            int(now().timestamp()).to_bytes(_STAMP_BYTES, "big"),
            json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode(),
        )
    )
    return f"{urlsafe_b64encode(payload).decode()}.{urlsafe_b64encode(_mark(payload)).decode()}"


def read_carried(value: str | None) -> Carried | None:
    """What a page carried; None when nothing can be read from it."""
    sealed, _dot, mark = (value or "").partition(".")
    try:
        payload, mark_bytes = urlsafe_b64decode(sealed.encode("ascii")), urlsafe_b64decode(mark.encode("ascii"))
        secret, rest = payload[:RECEIPT_SECRET_BYTES], payload[RECEIPT_SECRET_BYTES:]
        made = datetime.fromtimestamp(int.from_bytes(rest[:_STAMP_BYTES], "big"), UTC)
        answered, offered, sheet = _content(json.loads(rest[_STAMP_BYTES:]))
    except (ValueError, TypeError, OverflowError, OSError, RecursionError):
        return None
    is_fresh = timedelta(0) <= now() - made <= GOOD_FOR
    return Carried(answered, offered, sheet, secret, is_ours=same(mark_bytes, _mark(payload)), is_fresh=is_fresh)


def _content(found: Any) -> tuple[Answered, Mapping[str, frozenset[str]], str]:
    answered, offered, sheet = found
    pairs = tuple((_text(name), _text(value)) for name, value in answered)
    companies = {_text(field): frozenset(_text(code) for code in codes) for field, codes in offered.items()}
    return pairs, companies, _text(sheet)


def _text(found: Any) -> str:
    if not isinstance(found, str):
        raise TypeError
    return found


def _mark(payload: bytes) -> bytes:
    return keyed_token(ring().stable("once"), field="carried", value=hashlib.sha256(payload).hexdigest())
