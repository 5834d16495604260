"""Paging by position: a page begins after the last row seen, so that page 400 costs what page 1 costs."""

import base64
import binascii
import json
import re
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Generic, TypeVar

from app.presentation.typed_text import has_unreadable
from models.rules.typed_day import FIRST_DAY, LAST_DAY

Row = TypeVar("Row")
Position = tuple[str | int, ...]
_LONGEST_CURSOR: Final = 400
_LARGEST_PLACE: Final = 2**31
_LIKE_A_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT")


def encode_position(position: Position) -> str:
    """The position as one short word for an address."""
    return base64.urlsafe_b64encode(json.dumps(position, separators=(",", ":")).encode()).decode().rstrip("=")


def decode_position(cursor: str | None, *kinds: type[str] | type[int]) -> Position | None:
    """The position that a cursor stands for; None for none, and for anything that is not one of these kinds.

    A cursor comes from an address, which anybody may write: what does not fit means the first page.
    """
    if not cursor or len(cursor) > _LONGEST_CURSOR:
        return None
    try:
        read = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        return None
    if not isinstance(read, list) or len(read) != len(kinds):
        return None
    if any(type(part) is not kind for part, kind in zip(read, kinds, strict=True)):
        return None
    return tuple(read) if all(_can_be_asked_for(part) for part in read) else None


def moment_and_row(cursor: str | None) -> tuple[datetime, uuid.UUID] | None:
    """The position by a moment and a row's id, of lists that follow time; None as ``decode_position`` gives it."""
    found = decode_position(cursor, str, str)
    if found is None:
        return None
    try:
        at, row = datetime.fromisoformat(str(found[0])), uuid.UUID(hex=str(found[1]))
    except ValueError:
        return None
    return (at, row) if at.tzinfo is not None else None


def _can_be_asked_for(part: str | int) -> bool:
    """Whether the database can be asked for this at all; a moment it can keep has a zone and lies in our centuries."""
    if isinstance(part, int):
        return abs(part) < _LARGEST_PLACE
    if has_unreadable(part):
        return False
    if not _LIKE_A_MOMENT.match(part):
        return True
    try:
        moment = datetime.fromisoformat(part)
    except ValueError:
        return False
    return moment.tzinfo is not None and FIRST_DAY.year <= moment.year <= LAST_DAY.year


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of rows, with the cursors of its neighbours where there are any."""

    rows: tuple[Row, ...]
    previous: str | None
    next: str | None


def forward_page(
    fetched: Sequence[Row], *, size: int, position_of: Callable[[Row], Position], began_after: str | None
) -> Page[Row]:
    """The page made of up to ``size + 1`` rows fetched in order after the position ``began_after``.

    The one row too many only tells that there is a next page.
    """
    rows = tuple(fetched[:size])
    more = len(fetched) > size
    return Page(
        rows=rows,
        previous=encode_position(position_of(rows[0])) if began_after and rows else None,
        next=encode_position(position_of(rows[-1])) if more else None,
    )


def backward_page(fetched: Sequence[Row], *, size: int, position_of: Callable[[Row], Position]) -> Page[Row]:
    """The page made of up to ``size + 1`` rows fetched in *reverse* order before some position."""
    rows = tuple(reversed(fetched[:size]))
    more = len(fetched) > size
    return Page(
        rows=rows,
        previous=encode_position(position_of(rows[0])) if more else None,
        next=encode_position(position_of(rows[-1])) if rows else None,
    )
