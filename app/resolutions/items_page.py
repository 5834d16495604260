"""The list of the board's items, the newest proposal first, as far as each reader sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, or_, select

from app.clocks.queries import calendar
from app.pipeline.clock import now, today
from app.pipeline.identity import Actor
from app.pipeline.transaction import db
from app.presentation.due import TimeLeft, time_left
from app.presentation.pagination import Page, forward_page, moment_and_row
from app.resolutions.queries import file_of, meeting_of, visible_items
from models.board_item import BoardItem
from models.board_meeting import BoardMeeting
from models.company import Company
from models.rules.board import ItemState
from models.rules.permissions import Permission

PAGE = 25


@dataclass(frozen=True)
class Line:
    """One line of the list of items."""

    item: BoardItem
    company: str
    state: ItemState
    meeting: BoardMeeting | None
    time_left: TimeLeft | None


def page_of_items(actor: Actor, *, after: str | None) -> Page[Line]:
    """One page of the items that somebody may see."""
    query = select(BoardItem).where(visible_items(actor, Permission.RESOLUTION_LIST))
    last_seen = moment_and_row(after)
    if last_seen is not None:
        at, item_id = last_seen
        same_moment = and_(BoardItem.proposed_at == at, BoardItem.id < item_id)
        query = query.where(or_(BoardItem.proposed_at < at, same_moment))
    rows = db().scalars(query.order_by(BoardItem.proposed_at.desc(), BoardItem.id.desc()).limit(PAGE + 1)).all()
    return forward_page(
        _lines_of(rows),
        size=PAGE,
        position_of=lambda line: (line.item.proposed_at.isoformat(), line.item.id.hex),
        began_after=after if last_seen else None,
    )


def _lines_of(items: Sequence[BoardItem]) -> list[Line]:
    """The list's lines, without opening anything."""
    day, at = today(), now()
    files = {item.id: file_of(item) for item in items}
    wanted = {file.company_id for file in files.values()}
    names = {
        company.id: company.name_on(day).name for company in db().scalars(select(Company).where(Company.id.in_(wanted)))
    }
    return [
        Line(
            item=item,
            company=names[files[item.id].company_id],
            state=ItemState(item.state),
            meeting=meeting_of(item),
            time_left=time_left(item.explanation_due_at, at=at, calendar=calendar())
            if item.state == ItemState.HEARING.value and item.explanation_due_at
            else None,
        )
        for item in items
    ]
