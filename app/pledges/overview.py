"""The list of certified companies with their yearly confirmation: which it shows, and in which order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select

from app.clocks.queries import calendar
from app.pipeline.clock import now, today
from app.pipeline.transaction import db
from app.pledges.queries import ShownCompanies, companies_shown, runs_for_company
from app.presentation.due import TimeLeft, time_left
from app.presentation.pagination import Page, decode_position, forward_page
from models.clock import Clock
from models.company import Company
from models.company_name import CompanyName
from models.pledge_confirmation import PledgeConfirmation

ROWS = 25


@dataclass(frozen=True)
class ListedCompany:
    """One line of the list."""

    company: Company
    name: str
    kana: str
    confirmed_at: datetime | None
    due_at: datetime | None
    left: TimeLeft | None


def page_of_standings(which: ShownCompanies, args: Mapping[str, str]) -> Page[ListedCompany]:
    """One page of companies by their reading."""
    after = args.get("after")
    position = decode_position(after, str, str)
    confirmed = (
        select(func.max(PledgeConfirmation.confirmed_at))
        .where(PledgeConfirmation.company_id == Company.id)
        .scalar_subquery()
    )
    due = select(Clock.due_at).where(*runs_for_company()).limit(1).scalar_subquery()
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
