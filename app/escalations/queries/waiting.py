"""The companies for which the ladder has nothing to do by itself: they still have time, or what follows is people's."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select

from app.escalations.queries.facts import MAY_BE_SETTLED
from app.escalations.queries.history import BEFORE_THE_BOARD_NOW
from app.pipeline.first_look import Day
from app.pipeline.made_once import made_once
from models.board_item import BoardItem
from models.company import Company
from models.company_file import CompanyFile
from models.formal_request import FormalRequest
from models.request_matter import RequestMatter
from models.rules.company_file_lifecycle import FileState
from models.rules.request_lifecycle import RequestState
from models.rules.working_days import in_japan


def is_member_on(day: Day) -> ColumnElement[bool]:
    """Whether a company is a member on a day, which is never unknown: one that never joined is none."""
    still = or_(Company.left_on.is_(None), Company.left_on >= day)
    return and_(Company.joined_on.is_not(None), Company.joined_on <= day, still)


def has_open_matters() -> ColumnElement[bool]:
    """Whether a letter of the file asks for something that is not settled."""
    return exists().where(
        FormalRequest.company_file_id == CompanyFile.id,
        FormalRequest.state.in_(MAY_BE_SETTLED),
        RequestMatter.formal_request_id == FormalRequest.id,
        RequestMatter.settled_at.is_(None),
    )


def companies_that_wait(among: Collection[uuid.UUID], at: datetime) -> set[uuid.UUID]:
    """Which of these companies, while they are members, have time left, are frozen, or lie before the board.

    Nothing opens for them, whatever else they owe; of one that has time left no step may be open either, because that
    is closed first.
    """
    if not among:
        return set()
    # A company may have files that ended before: the newest is the one that is followed.
    newest = dict(_waiting.rows(among, at, in_japan(at).date()).all())
    return {company_id for company_id, waiting in newest.items() if waiting}


@made_once
def _waiting(among: Collection[uuid.UUID], at: datetime, day: date) -> Select[uuid.UUID, bool]:
    last = (
        select(FormalRequest.id)
        .where(
            FormalRequest.company_file_id == CompanyFile.id,
            FormalRequest.served_at.is_not(None),
            FormalRequest.state != RequestState.VOID,
        )
        .order_by(FormalRequest.served_at.desc())
        .limit(1)
        .correlate(CompanyFile)
        .scalar_subquery()
    )
    has_time = exists().where(
        FormalRequest.id == last, FormalRequest.state == RequestState.SERVED, FormalRequest.due_at >= at
    )
    never_proposed = ~exists().where(BoardItem.company_file_id == CompanyFile.id)
    waits = or_(
        CompanyFile.state.in_((*BEFORE_THE_BOARD_NOW, FileState.FROZEN)),
        and_(CompanyFile.next_step.is_(None), never_proposed, has_time),
    )
    return (
        select(CompanyFile.company_id, waits)
        .join(Company, Company.id == CompanyFile.company_id)
        .where(CompanyFile.company_id.in_(among), CompanyFile.state != FileState.EFFECTIVE, is_member_on(day))
        .order_by(CompanyFile.opened_at)
    )
