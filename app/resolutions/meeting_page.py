"""One meeting's page: when it is, what is on its agenda, and which number its minutes have."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app.applications.queries import submitted_within_reach
from app.companies.queries import name_on
from app.people.queries import name_of
from app.pipeline.clock import now, today
from app.pipeline.identity import Actor
from app.pipeline.transaction import db
from app.resolutions.forms import MinutesForm
from app.resolutions.queries import company_of, minutes_numbers_of, visible_items
from models.board_item import BoardItem
from models.board_meeting import BoardMeeting
from models.certification_application import CertificationApplication
from models.company import Company
from models.person import Person
from models.rules.board import ItemState, MeetingMode
from models.rules.permissions import Permission, may_ever


def meeting_page(meeting: BoardMeeting, actor: Actor, *, refused: MinutesForm | None = None) -> dict[str, Any]:
    """What a reader may know of a meeting: of what it dealt with, what lies within the own reach."""
    may_number = may_ever(Permission.RESOLUTION_RECORD, actor.role) and meeting.held_at <= now()
    form = refused or MinutesForm(
        formdata=None, data={"version": meeting.version, "reference": meeting.minutes_reference or ""}
    )
    return {
        "meeting": meeting,
        "mode": MeetingMode(meeting.mode),
        "items": _items(meeting, actor),
        "applications": _applications(meeting, actor),
        "entries": [
            (entry, name_of(db().get(Person, entry.entered_by_id))) for entry in reversed(minutes_numbers_of(meeting))
        ],
        "form": form if may_number else None,
        "now": now(),
    }


def _items(meeting: BoardMeeting, actor: Actor) -> list[tuple[BoardItem, str, ItemState]]:
    found = db().scalars(
        select(BoardItem)
        .where(BoardItem.meeting_id == meeting.id, visible_items(actor, Permission.RESOLUTION_READ))
        .order_by(BoardItem.agenda_at, BoardItem.id)
    )
    return [(item, company_of(item).name_on(today()).name, ItemState(item.state)) for item in found]


def _applications(meeting: BoardMeeting, actor: Actor) -> list[tuple[CertificationApplication, str]]:
    if not may_ever(Permission.CERTIFICATION_READ, actor.role):
        return []
    on_agenda = CertificationApplication.meeting_id == meeting.id
    found = db().scalars(submitted_within_reach(actor).where(on_agenda).order_by(CertificationApplication.number))
    return [(one, name_on(db().get_one(Company, one.company_id), today())) for one in found]
