"""Company files: found by number or company, with their requests and what lies before the board."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Select, false, func, literal, or_, select, tuple_

from app.pipeline.identity import Actor
from app.pipeline.made_once import made_once
from app.pipeline.standing import visible_company_files
from app.pipeline.transaction import db
from models.base import UtcMoment
from models.board_item import BoardItem
from models.company import Company
from models.company_file import CompanyFile
from models.formal_request import FormalRequest
from models.resolution import Resolution
from models.rules.board import BoardOption
from models.rules.company_file_lifecycle import FileState
from models.rules.people import SECRETARIAT
from models.rules.permissions import Permission
from models.rules.request_lifecycle import RequestState

NOTHING_DUE = datetime(9999, 1, 1, tzinfo=UTC)
PAGE = 25
Position = tuple[str, str]


@dataclass(frozen=True)
class ListedFile:
    """One line of the list of company files."""

    file: CompanyFile
    company: Company

    @property
    def position(self) -> Position:
        return ((self.file.next_due_at or NOTHING_DUE).isoformat(), self.file.number)


def at_the_desk(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """The files for the secretariat, which works with them; a company reads its letters, and never the file itself."""
    return visible_company_files(actor, permission) if actor.role in SECRETARIAT else false()


def file_numbered(number: str, actor: Actor, permission: Permission) -> CompanyFile | None:
    return db().scalar(select(CompanyFile).where(CompanyFile.number == number, at_the_desk(actor, permission)))


def file_of_company(company_id: uuid.UUID) -> CompanyFile | None:
    """The file that a company's conduct is followed in; one that ended in a revocation is over for good."""
    return _newest_file.scalar(company_id)


@made_once
def _newest_file(company_id: uuid.UUID) -> Select[CompanyFile]:
    return (
        select(CompanyFile)
        .where(CompanyFile.company_id == company_id, CompanyFile.state != FileState.EFFECTIVE)
        .order_by(CompanyFile.opened_at.desc())
        .limit(1)
    )


def listed_files(
    actor: Actor, *, ended: bool = False, after: Position | None = None, before: Position | None = None
) -> Sequence[ListedFile]:
    """A page of files and one more, by what is due first; those with nothing due come last."""
    due = func.coalesce(CompanyFile.next_due_at, literal(NOTHING_DUE, UtcMoment()), type_=UtcMoment())
    in_hand = or_(CompanyFile.is_open, CompanyFile.next_step.is_not(None))
    query = (
        select(CompanyFile, Company)
        .join(Company, Company.id == CompanyFile.company_id)
        .where(at_the_desk(actor, Permission.ESCALATION_LIST), ~in_hand if ended else in_hand)
        .limit(PAGE + 1)
    )
    place = tuple_(due, CompanyFile.number)
    if before is not None:
        query = query.where(place < _at(before)).order_by(due.desc(), CompanyFile.number.desc())
    else:
        query = query.order_by(due, CompanyFile.number)
        if after is not None:
            query = query.where(place > _at(after))
    return [ListedFile(file, company) for file, company in db().execute(query)]


def _at(position: Position) -> ColumnElement[tuple[datetime, str]]:
    try:
        due = datetime.fromisoformat(position[0])
    except ValueError:
        due = NOTHING_DUE
    return tuple_(literal(due if due.tzinfo else NOTHING_DUE, UtcMoment()), literal(position[1]))


def requests_of(file: CompanyFile) -> Sequence[FormalRequest]:
    """A file's requests, the oldest first; a draft comes last."""
    return _requests.scalars(file.id).all()


@made_once
def _requests(file_id: uuid.UUID) -> Select[FormalRequest]:
    return (
        select(FormalRequest)
        .where(FormalRequest.company_file_id == file_id)
        .order_by(FormalRequest.drafted_at, FormalRequest.id)
    )


def draft_of(file: CompanyFile) -> FormalRequest | None:
    """The request that is being drafted; there is at most one."""
    return _draft.scalar(file.id)


@made_once
def _draft(file_id: uuid.UUID) -> Select[FormalRequest]:
    return select(FormalRequest).where(
        FormalRequest.company_file_id == file_id, FormalRequest.state == RequestState.DRAFTED
    )


def latest_request(file: CompanyFile) -> FormalRequest | None:
    """The request that was served last and still stands."""
    return _served_last.scalar(file.id)


@made_once
def _served_last(file_id: uuid.UUID) -> Select[FormalRequest]:
    return (
        select(FormalRequest)
        .where(
            FormalRequest.company_file_id == file_id,
            FormalRequest.served_at.is_not(None),
            FormalRequest.state != RequestState.VOID,
        )
        .order_by(FormalRequest.served_at.desc())
        .limit(1)
    )


def open_item_of(file: CompanyFile) -> BoardItem | None:
    """The item by which the file lies before the board now."""
    return _open_item.scalar(file.id)


@made_once
def _open_item(file_id: uuid.UUID) -> Select[BoardItem]:
    return select(BoardItem).where(
        BoardItem.company_file_id == file_id, BoardItem.state.not_in(("decided", "undecided"))
    )


def newest_item_of(file: CompanyFile) -> BoardItem | None:
    return next(reversed(items_of(file)), None)


def items_of(file: CompanyFile) -> Sequence[BoardItem]:
    """Everything by which a file lay before the board, the oldest first."""
    return _items.scalars(file.id).all()


@made_once
def _items(file_id: uuid.UUID) -> Select[BoardItem]:
    return select(BoardItem).where(BoardItem.company_file_id == file_id).order_by(BoardItem.proposed_at)


def is_revocation_decided(file: CompanyFile) -> bool:
    """Whether the board decided to revoke and the day of it lies ahead: taken up again, it is not decided any more."""
    item = newest_item_of(file) if file.state is FileState.DECIDED else None
    if item is None:
        return False
    option = db().scalar(select(Resolution.option).where(Resolution.board_item_id == item.id))
    return option is BoardOption.REVOKE
