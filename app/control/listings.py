"""The lists behind the numbers: one statement for each, by which it is both counted and shown.

Everything is narrowed to what the reader may see: who is kept from a case finds it in no list and no number.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select, true

from app.applications.queries import submitted_within_reach
from app.escalations.queries import invitations_that_bind
from app.pipeline.clock import now, today
from app.pipeline.identity import Actor
from app.pipeline.standing import visible_cases, visible_company_files, visible_leaks
from app.pledges.queries import ShownCompanies, companies_shown
from app.resolutions.queries import OPEN_STATES, meetings_to_come, visible_items
from models.board_item import BoardItem
from models.case import Case
from models.certification import Certification
from models.certification_application import CertificationApplication
from models.clock import Clock
from models.company import Company
from models.company_file import CompanyFile
from models.company_name import CompanyName
from models.exchange import Exchange
from models.formal_request import FormalRequest
from models.leak import Leak
from models.person import Person
from models.post_confirmation import PostConfirmation
from models.rules.certification_lifecycle import HELD, CertificationState
from models.rules.company_file_lifecycle import FileState
from models.rules.control_room import CLOCKS_OF, SEEN_WITH, SUBJECT_OF, Deadlines, Window, bounds
from models.rules.deadlines import OFFICERS_CLOCKS
from models.rules.escalation_ladder import REQUESTS, Step
from models.rules.labelled import Labelled
from models.rules.people import Role
from models.rules.permissions import Permission, may_ever

RUNNING = and_(Clock.met_at.is_(None), Clock.stopped_at.is_(None))
ON_THE_LADDER = (FileState.REQUESTING, FileState.IMPROVEMENT, FileState.PROPOSED, FileState.HEARING, FileState.DECIDED)
IN_THE_QUEUE = (
    CertificationState.SUBMITTED,
    CertificationState.UNDER_REVIEW,
    CertificationState.RETURNED,
    CertificationState.BOARD_PENDING,
    CertificationState.RENEWAL_REVIEW,
    CertificationState.RENEWAL_OPEN,
)


class Posts(Labelled):
    """How the post of a certified company's officer is wanting."""

    # fmt: off
    SILENT     = "silent",     "会社の期限を過ぎた相談がある", "Something forwarded is overdue"
    VACANT     = "vacant",     "責任者が空席",                 "The officer's post is vacant"
    UNVERIFIED = "unverified", "責任者の登録・確認待ち",       "The officer is not verified yet"
    SILENT_POST = "silent_post", "いまも担当かの返事がない責任者", "The officer has not confirmed that she still serves"
    # fmt: on


class AtTheBoard(Labelled):
    """What lies before the board."""

    # fmt: off
    NEXT_ITEMS        = "next_items",        "次の理事会の議案(取消審査)",   "Items of the next meeting"
    NEXT_APPLICATIONS = "next_applications", "次の理事会の議案(認定)",       "Applications of the next meeting"
    UNPLACED          = "unplaced",          "まだ会議の決まらない取消審査", "Items without a meeting"
    # fmt: on


class Shape(Enum):
    """What a row of a list is about, and with it how it is shown."""

    CASE = "case"
    CLOCK = "clock"
    COMPANY = "company"
    FILE = "file"
    ITEM = "item"
    APPLICATION = "application"


@dataclass(frozen=True)
class Listing:
    """One list: under which name it is asked for, of what, and by which order its pages go on."""

    name: str
    shape: Shape
    words: Labelled
    statement: Select[*tuple[Any, ...]]
    order: tuple[Any, Any]
    window: Window | None = None


def listings_for(actor: Actor) -> dict[str, Listing]:
    """Every list that somebody may see, by its name."""
    at = now()
    found = [
        *(_deadlines(kind, window, actor, at) for kind in Deadlines for window in Window if _sees(actor, kind)),
        *(_posts(post, actor, at) for post in Posts),
        *(_step(step, actor) for step in REQUESTS),
        *(_file(state, actor) for state in ON_THE_LADDER),
        *(_pledges(which) for which in ShownCompanies if which is not ShownCompanies.ALL),
        *_board(actor, at),
        *(_application(state, actor) for state in IN_THE_QUEUE),
    ]
    return {listing.name: listing for listing in found}


def _sees(actor: Actor, kind: Deadlines) -> bool:
    return may_ever(SEEN_WITH[kind], actor.role)


def _within(column: Any, window: Window, at: datetime) -> ColumnElement[bool]:
    since, until = bounds(window, at)
    before: ColumnElement[bool] = column < until
    return before if since is None else and_(column >= since, before)


def _deadlines(kind: Deadlines, window: Window, actor: Actor, at: datetime) -> Listing:
    name = f"{kind.value}-{window.value}"
    if kind is Deadlines.DESK:
        cases = select(Case).where(
            visible_cases(actor, Permission.CASE_LIST),
            Case.is_open,
            # In danger or not: so that the board's index leads to the day.
            Case.is_crisis.in_((True, False)),
            _within(Case.next_due_at, window, at),
        )
        return Listing(name, Shape.CASE, kind, cases, (Case.next_due_at, Case.id), window)
    clocks = select(Clock).where(
        Clock.subject_kind == SUBJECT_OF[kind],
        Clock.kind.in_(CLOCKS_OF[kind]),
        RUNNING,
        _within(Clock.due_at, window, at),
        _is_there(kind, actor),
    )
    return Listing(name, Shape.CLOCK, kind, clocks, (Clock.due_at, Clock.id), window)


def _is_there(kind: Deadlines, actor: Actor) -> ColumnElement[bool]:
    """That the thing behind a clock lies within the reader's reach, and is one that is still waited for."""
    conditions: dict[Deadlines, Callable[[], ColumnElement[bool]]] = {
        Deadlines.COMPANIES: lambda: Clock.subject_id.in_(_routed(actor)),
        Deadlines.REQUESTS: lambda: Clock.subject_id.in_(
            select(FormalRequest.id)
            .join(CompanyFile, CompanyFile.id == FormalRequest.company_file_id)
            .where(visible_company_files(actor, Permission.ESCALATION_LIST))
        ),
        Deadlines.DUTIES: lambda: Clock.subject_id.in_(select(Company.id)),
        Deadlines.SURVEYS: lambda: Clock.subject_id.in_(invitations_that_bind()),
        Deadlines.BOARD: lambda: Clock.subject_id.in_(
            select(BoardItem.id).where(visible_items(actor, Permission.RESOLUTION_LIST))
        ),
        Deadlines.MARKS: lambda: Clock.subject_id.in_(select(Certification.id)),
        Deadlines.LEAKS: lambda: Clock.subject_id.in_(
            select(Leak.id).where(visible_leaks(actor, Permission.LEAK_LIST))
        ),
    }
    return conditions[kind]()


def _routed(actor: Actor) -> Select[uuid.UUID]:
    return (
        select(Exchange.id)
        .join(Case, Case.id == Exchange.case_id)
        .where(Exchange.state == "routed", visible_cases(actor, Permission.CASE_LIST))
    )


def _companies(name: str, words: Labelled, condition: ColumnElement[bool]) -> Listing:
    """Companies under the name of today, by their reading."""
    in_force = and_(
        CompanyName.company_id == Company.id,
        CompanyName.valid_from <= today(),
        or_(CompanyName.valid_to.is_(None), CompanyName.valid_to >= today()),
    )
    named = select(Company, CompanyName.name, CompanyName.kana).join(CompanyName, in_force).where(condition)
    return Listing(name, Shape.COMPANY, words, named, (CompanyName.kana, Company.id))


def _posts(post: Posts, actor: Actor, at: datetime) -> Listing:
    held = Company.id.in_(select(Certification.company_id).where(Certification.state.in_(HELD)))
    serves = and_(
        Person.company_id == Company.id,
        Person.role == Role.OFFICER,
        Person.starts_at <= at,
        or_(Person.ends_at.is_(None), Person.ends_at > at),
    )
    overdue = select(Exchange.company_id).where(
        Exchange.id.in_(_routed(actor)),
        exists().where(Clock.subject_id == Exchange.id, Clock.kind.in_(OFFICERS_CLOCKS), RUNNING, Clock.due_at < at),
    )
    conditions: dict[Posts, ColumnElement[bool]] = {
        Posts.SILENT: Company.id.in_(overdue),
        Posts.VACANT: and_(held, ~exists().where(serves)),
        Posts.SILENT_POST: and_(
            held,
            exists().where(
                serves,
                PostConfirmation.person_id == Person.id,
                PostConfirmation.lapsed_at.is_not(None),
                PostConfirmation.confirmed_at.is_(None),
            ),
        ),
        Posts.UNVERIFIED: and_(held, exists().where(serves), ~exists().where(serves, Person.verified_at.is_not(None))),
    }
    return _companies(f"officer-{post.value}", post, conditions[post])


def _files(name: str, words: Labelled, actor: Actor, condition: ColumnElement[bool]) -> Listing:
    statement = select(CompanyFile).where(visible_company_files(actor, Permission.ESCALATION_LIST), condition)
    return Listing(name, Shape.FILE, words, statement, (CompanyFile.number, CompanyFile.id))


def _step(step: Step, actor: Actor) -> Listing:
    return _files(f"step-{step.code}", step, actor, CompanyFile.next_step == step.code)


def _file(state: FileState, actor: Actor) -> Listing:
    return _files(f"file-{state.value}", state, actor, CompanyFile.state == state)


def _pledges(which: ShownCompanies) -> Listing:
    return _companies(f"pledges-{which.value}", which, companies_shown(which))


def _board(actor: Actor, at: datetime) -> list[Listing]:
    """What goes to the next meeting, for those who may list what lies before the board."""
    meeting = next(iter(meetings_to_come(at)), None)
    found = []
    if may_ever(Permission.RESOLUTION_LIST, actor.role):
        visible = visible_items(actor, Permission.RESOLUTION_LIST)
        next_one = BoardItem.meeting_id == meeting.id if meeting else false()
        unplaced = and_(BoardItem.meeting_id.is_(None), BoardItem.state.in_(OPEN_STATES))
        for which, condition in ((AtTheBoard.NEXT_ITEMS, next_one), (AtTheBoard.UNPLACED, unplaced)):
            statement = select(BoardItem).where(visible, condition)
            order = (BoardItem.proposed_at, BoardItem.id)
            found.append(Listing(f"board-{which.value}", Shape.ITEM, which, statement, order))
    of_meeting = CertificationApplication.meeting_id == meeting.id if meeting else false()
    which = AtTheBoard.NEXT_APPLICATIONS
    return [*found, _applications(f"board-{which.value}", which, actor, of_meeting)]


def _applications(name: str, words: Labelled, actor: Actor, condition: ColumnElement[bool]) -> Listing:
    statement = (
        submitted_within_reach(actor)
        .join(Certification, Certification.id == CertificationApplication.certification_id)
        .where(CertificationApplication.ended_at.is_(None), condition)
    )
    order = (CertificationApplication.submitted_at, CertificationApplication.id)
    return Listing(name, Shape.APPLICATION, words, statement, order)


def _application(state: CertificationState, actor: Actor) -> Listing:
    return _applications(f"application-{state.value}", state, actor, and_(true(), Certification.state == state))
