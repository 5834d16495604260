"""The numbers of the control room, all in one question; and one page of a list."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select

from app.control.listings import (
    IN_THE_QUEUE,
    ON_THE_LADDER,
    AtTheBoard,
    Listing,
    Posts,
    Shape,
    listings_for,
)
from app.custody.queries import who_asks_colleagues
from app.joint_acts.queries import how_many_wait
from app.people.queries import name_of
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.transaction import db
from app.pledges.queries import ShownCompanies
from app.presentation.pagination import Page, decode_position, forward_page
from app.resolutions.queries import meetings_to_come
from models.rules.board import MeetingMode
from models.rules.control_room import Deadlines, Window
from models.rules.escalation_ladder import REQUESTS

ROWS = 50
NO_DAY = ""


@dataclass(frozen=True)
class Figure:
    """A number with the list behind it."""

    listing: Listing
    number: int

    @property
    def tone(self) -> str:
        if not self.number:
            return "neutral"
        return {Window.OVERDUE: "danger", Window.TODAY: "warning", Window.WEEK: "info"}.get(
            self.listing.window or Window.WEEK, "info"
        )


def room(actor: Actor) -> dict[str, Any]:
    """Everything on one page."""
    at = now()
    numbers = counted(listings_for(actor))

    def figures(*names: str) -> list[Figure]:
        return [numbers[name] for name in names if name in numbers]

    meeting = next(iter(meetings_to_come(at)), None)
    return {
        "due": [
            (kind, figures(*(f"{kind.value}-{window.value}" for window in Window)))
            for kind in Deadlines
            if f"{kind.value}-{Window.TODAY.value}" in numbers
        ],
        "windows": list(Window),
        "officers": figures(*(f"officer-{post.value}" for post in Posts)),
        "steps": figures(*(f"step-{step.code}" for step in REQUESTS)),
        "files": figures(*(f"file-{state.value}" for state in ON_THE_LADDER)),
        "pledges": figures(*(f"pledges-{which.value}" for which in ShownCompanies)),
        "board": figures(*(f"board-{which.value}" for which in AtTheBoard)),
        "meeting": meeting,
        "mode": MeetingMode(meeting.mode) if meeting else None,
        "applications": figures(*(f"application-{state.value}" for state in IN_THE_QUEUE)),
        "colleagues": [(one.id, name_of(one)) for one in who_asks_colleagues(actor)],
        "two_persons": how_many_wait(),
        "at": at,
    }


def counted(listings: Mapping[str, Listing]) -> dict[str, Figure]:
    """Every number, however many lists there are, in one question to the database."""
    columns = [_count(listing).label(f"n{place}") for place, listing in enumerate(listings.values())]
    row = db().execute(select(*columns)).one()
    return {name: Figure(listing, int(number)) for (name, listing), number in zip(listings.items(), row, strict=True)}


def _count(listing: Listing) -> Any:
    return (
        listing.statement.with_only_columns(func.count(), maintain_column_froms=True).order_by(None).scalar_subquery()
    )


def page_of(listing: Listing, after: str | None) -> Page[Any]:
    """One page of a list, by its own order."""
    by, row_id = listing.order
    position = _position(after)
    statement = listing.statement.order_by(by, row_id).limit(ROWS + 1)
    if position is not None:
        value, last = position
        statement = statement.where(or_(by > value, and_(by == value, row_id > last)))
    fetched = db().execute(statement).all()
    began = after if position is not None else None
    return forward_page(fetched, size=ROWS, position_of=lambda row: _place_of(listing, row), began_after=began)


def _place_of(listing: Listing, row: Any) -> tuple[str, str, str]:
    thing = row[0]
    value = row.kana if listing.shape is Shape.COMPANY else getattr(thing, listing.order[0].key)
    if isinstance(value, datetime):
        return ("moment", value.isoformat(), thing.id.hex)
    return ("words", str(value), thing.id.hex)


def _position(after: str | None) -> tuple[Any, uuid.UUID] | None:
    """A cursor comes from an address, which anybody may write: what does not fit means the first page."""
    found = decode_position(after, str, str, str)
    if found is None:
        return None
    kind, value, row_id = (str(part) for part in found)
    try:
        return (datetime.fromisoformat(value) if kind == "moment" else value), uuid.UUID(hex=row_id)
    except ValueError:
        return None
