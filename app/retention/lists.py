"""The lists of keeping and erasing, a page at a time, narrowed to the cases that their reader may see."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import and_, func, or_, select

from app.pipeline.identity import Actor
from app.pipeline.standing import visible_cases
from app.pipeline.transaction import db
from app.presentation.pagination import Page, decode_position, forward_page
from models.case import Case
from models.legal_hold import LegalHold
from models.rules.permissions import Permission

ROWS = 50
DUE_AT_ONCE = date(1900, 1, 1)


def page_of_holds(actor: Actor, after: str | None) -> Page[tuple[LegalHold, str]]:
    """One page of the holds that last on cases within reach, with the case's number; what is to be reviewed first."""
    # What has no day of review is due at once, and stands before every day.
    day = func.coalesce(LegalHold.review_on, DUE_AT_ONCE)
    query = (
        select(LegalHold, Case.number)
        .join(Case, Case.id == LegalHold.case_id)
        .where(LegalHold.lifted_at.is_(None), visible_cases(actor, Permission.RETENTION_LIST))
        .order_by(day, LegalHold.id)
        .limit(ROWS + 1)
    )
    position = _position_of_hold(after)
    if position is not None:
        query = query.where(or_(day > position[0], and_(day == position[0], LegalHold.id > position[1])))
    rows = [(hold, number) for hold, number in db().execute(query)]
    return forward_page(
        rows,
        size=ROWS,
        position_of=lambda row: ((row[0].review_on or DUE_AT_ONCE).isoformat(), row[0].id.hex),
        began_after=after if position is not None else None,
    )


def _position_of_hold(after: str | None) -> tuple[date, uuid.UUID] | None:
    """A cursor comes from an address, which anybody may write: what does not fit means the first page."""
    found = decode_position(after, str, str)
    try:
        return (date.fromisoformat(str(found[0])), uuid.UUID(hex=str(found[1]))) if found else None
    except ValueError:
        return None
