"""The list of certified companies with their yearly confirmation: which it shows, and in which order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, true
from sqlalchemy.orm import aliased

from app.clocks.queries import calendar
from app.pipeline.clock import now, today
from app.pipeline.transaction import db
from app.pledges.queries import AWAITED
from app.presentation.due import TimeLeft, time_left
from app.presentation.pagination import Page, decode_position, forward_page
from models.certification import Certification
from models.clock import Clock
from models.company import Company
from models.company_name import CompanyName
from models.confirmed_pledge import ConfirmedPledge
from models.pledge_confirmation import PledgeConfirmation
from models.rules.certification_lifecycle import HELD
from models.rules.deadlines import ClockKind
from models.rules.labelled import Labelled
from models.rules.pledge_confirmation import SAYS_WHAT

ROWS = 25


class ShownCompanies(Labelled):
    """Which companies the list shows."""

    # fmt: off
    ALL       = "all",       "認定のある会社すべて",   "All certified"
    AWAITED   = "awaited",   "確認を待っている",       "Confirmation awaited"
    OVERDUE   = "overdue",   "確認の期限を過ぎた",     "Confirmation overdue"
    DIFFERENT = "different", "変化・不足の申出あり",   "Something changed or missing"
    # fmt: on

    @classmethod
    def of(cls, typed: str | None) -> ShownCompanies:
        """The part that an address names; the first for anything else."""
        return cls(typed) if typed in {one.value for one in cls} else cls.ALL


@dataclass(frozen=True)
class ListedCompany:
    """One line of the list."""

    company: Company
    name: str
    kana: str
    confirmed_at: datetime | None
    due_at: datetime | None
    left: TimeLeft | None


def companies_shown(which: ShownCompanies) -> ColumnElement[bool]:
    """The condition of a list, which its number is counted by as well."""
    held = Company.id.in_(select(Certification.company_id).where(Certification.state.in_(HELD)))
    awaited = exists().where(PledgeConfirmation.company_id == Company.id, AWAITED)
    later = aliased(PledgeConfirmation)
    different = exists().where(
        PledgeConfirmation.company_id == Company.id,
        ConfirmedPledge.confirmation_id == PledgeConfirmation.id,
        ConfirmedPledge.keeping.in_(SAYS_WHAT),
        ~exists().where(
            later.company_id == Company.id,
            later.confirmed_at.is_not(None),
            later.asked_for > PledgeConfirmation.asked_for,
        ),
    )
    more: dict[ShownCompanies, ColumnElement[bool]] = {
        ShownCompanies.ALL: true(),
        ShownCompanies.AWAITED: awaited,
        ShownCompanies.OVERDUE: and_(awaited, exists().where(*_clock(), Clock.due_at < now())),
        ShownCompanies.DIFFERENT: different,
    }
    return and_(held, more[which])


def count_shown(which: ShownCompanies) -> int:
    return db().scalar(select(func.count()).select_from(Company).where(companies_shown(which))) or 0


def page_of_standings(which: ShownCompanies, args: Mapping[str, str]) -> Page[ListedCompany]:
    """One page of companies by their reading."""
    after = args.get("after")
    position = decode_position(after, str, str)
    confirmed = (
        select(func.max(PledgeConfirmation.confirmed_at))
        .where(PledgeConfirmation.company_id == Company.id)
        .scalar_subquery()
    )
    due = select(Clock.due_at).where(*_clock()).limit(1).scalar_subquery()
    query = (
        select(Company, CompanyName.name, CompanyName.kana, confirmed, due)
        .join(CompanyName, CompanyName.company_id == Company.id)
        .where(CompanyName.valid_from <= today(), or_(CompanyName.valid_to.is_(None), CompanyName.valid_to >= today()))
        .where(companies_shown(which))
        .order_by(CompanyName.kana, CompanyName.name)
        .limit(ROWS + 1)
    )
    if position is not None:
        kana, name = str(position[0]), str(position[1])
        query = query.where(or_(CompanyName.kana > kana, and_(CompanyName.kana == kana, CompanyName.name > name)))
    at = now()

    def listed(row: Any) -> ListedCompany:
        company, name, kana, said, due_at = row
        left = time_left(due_at, at=at, calendar=calendar()) if due_at else None
        return ListedCompany(company, name, kana, said, due_at, left)

    rows = [listed(row) for row in db().execute(query)]
    began = after if position is not None else None
    return forward_page(rows, size=ROWS, position_of=lambda one: (one.kana, one.name), began_after=began)


def _clock() -> tuple[ColumnElement[bool], ...]:
    return (
        Clock.subject_id == Company.id,
        Clock.kind == ClockKind.PLEDGE_CONFIRMATION,
        Clock.met_at.is_(None),
        Clock.stopped_at.is_(None),
    )
