"""A company file on its way to the board, for tests: as the ladder would have left it, and then step by step."""

from __future__ import annotations

import uuid
from datetime import timedelta

from app.custody.actions import make_compartment
from app.pipeline.clock import FixedClock, now
from app.pipeline.secrets import key_store
from app.pipeline.transaction import begin_writing, commit, db
from app.resolutions.actions import (
    call_meeting,
    cast_vote,
    open_item,
    open_vote,
    put_on_agenda,
    record_silences,
    serve_notice,
)
from app.resolutions.queries import eligible_directors
from models.board_item import BoardItem
from models.board_meeting import BoardMeeting
from models.company_file import CompanyFile
from models.formal_request import FormalRequest
from models.request_matter import RequestMatter
from models.rules.board import BoardOption, MeetingMode
from models.rules.company_duties import Duty
from models.rules.company_file_lifecycle import FileState
from models.rules.people import CompartmentKind, Role
from models.rules.request_lifecycle import RequestState
from models.sealed import seal_into
from tests.support.beginnings import taken_once_and_written_on
from tests.support.present import company, person, present
from tests.support.world import MEMBERS

GROUNDS = "三回の要請に応じていません。"
MATTER = "転送番号X7の件について、いつまでに何をするかを求めた文面"
LADDER = (("E1", 130), ("E2", 100), ("E3", 60))
"""Each unmet request, and how many days ago it was served."""


def keep() -> None:
    """Make what was done last, as the end of a request does, and go on writing as the next one."""
    commit()
    begin_writing()


def unmet_file(key: str = "alpha") -> CompanyFile:
    """A company file with three unmet requests, one of them for improvement. Commit is the caller's."""
    begin_writing()
    addressed = company(key)
    file = CompanyFile(
        id=uuid.uuid4(),
        company_id=addressed.id,
        number=f"F-{uuid.uuid4().hex[:6]}",
        state=FileState.IMPROVEMENT,
        opened_at=now() - timedelta(days=140),
    )
    key_store().make(file.id, at=now())
    head = present("head")
    db().add(file)
    compartment, _ = make_compartment(
        CompartmentKind.COMPANY_FILE, company_file=file, company_id=addressed.id, actor=head
    )
    for step, days in LADDER:
        served = now() - timedelta(days=days)
        request = FormalRequest(
            id=uuid.uuid4(),
            company_file_id=file.id,
            compartment_id=compartment.id,
            step=step,
            state=RequestState.UNMET,
            number=f"KY-{uuid.uuid4().hex[:8]}",
            drafted_by_id=person("counselor").id,
            drafted_at=served,
            issued_at=served,
            served_at=served,
            due_at=served + timedelta(days=7),
            unmet_at=served + timedelta(days=8),
        )
        seal_into(request, "sealed_matter", MATTER, key=head.held.compartment_key(compartment))
        db().add(request)
        db().add(RequestMatter(id=uuid.uuid4(), formal_request_id=request.id, duty=Duty.REPORT, owed_since=served))
    db().flush()
    return file


@taken_once_and_written_on
def proposed(key: str = "alpha") -> BoardItem:
    """A file that the head put before the board."""
    item = open_item(unmet_file(key), grounds=GROUNDS, actor=present("head"))
    keep()
    return item


@taken_once_and_written_on
def in_hearing(key: str = "alpha") -> BoardItem:
    """The company has its notice."""
    item = proposed(key)
    serve_notice(item, actor=present("manager"))
    keep()
    return item


@taken_once_and_written_on
def ready(clock: FixedClock, key: str = "alpha") -> BoardItem:
    """The company said nothing, and its time is over."""
    item = in_hearing(key)
    assert item.explanation_due_at is not None
    clock.move(to=item.explanation_due_at + timedelta(minutes=1))
    record_silences()
    keep()
    return item


def on_agenda(item: BoardItem, clock: FixedClock, *, mode: MeetingMode = MeetingMode.IN_PERSON) -> BoardMeeting:
    """A meeting ten days from now has the item."""
    meeting = call_meeting(held_at=now() + timedelta(days=10), mode=mode, actor=present("manager"))
    put_on_agenda(item, meeting, actor=present("manager"))
    keep()
    return meeting


@taken_once_and_written_on
def voting(clock: FixedClock, key: str = "alpha", *, mode: MeetingMode = MeetingMode.IN_PERSON) -> BoardItem:
    """The meeting has begun and the vote is open."""
    item = ready(clock, key)
    return begin_vote(item, clock, mode=mode)


def begin_vote(item: BoardItem, clock: FixedClock, *, mode: MeetingMode = MeetingMode.IN_PERSON) -> BoardItem:
    """Put a ready item on an agenda, let the meeting begin and open the vote."""
    meeting = on_agenda(item, clock, mode=mode)
    clock.move(to=meeting.held_at + timedelta(minutes=5))
    open_vote(item, actor=present("manager"))
    keep()
    return item


def vote(item: BoardItem, **options: BoardOption) -> None:
    """Each named director votes."""
    for key, option in options.items():
        cast_vote(item, option, actor=present(key))
    keep()


def all_vote(item: BoardItem, option: BoardOption) -> None:
    """Every director who may take part votes alike."""
    by_id = {person(key).id: key for key in DIRECTORS}
    for director in eligible_directors(item, now()):
        cast_vote(item, option, actor=present(by_id[director.id]))
    keep()


DIRECTORS = tuple(member.key for member in MEMBERS.values() if member.role is Role.DIRECTOR)
