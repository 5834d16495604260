"""What is asked of companies: found by any name they ever had, and counted among the members."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, and_, or_, select

from app.pipeline.clock import today
from app.pipeline.made_once import made_once
from app.pipeline.transaction import db
from app.presentation.pagination import Page, decode_position, forward_page
from app.successions.queries import absorbed, predecessors_of, standing_company
from models.company import Company
from models.company_name import CompanyName
from models.company_relation import CompanyRelation
from models.rules.company_search import folded
from models.rules.site_code import read_site_code
from models.site import Site

MOST_FOUND = 8
ROWS = 25


def find_companies(words: str, *, most: int = MOST_FOUND) -> Sequence[Company]:
    """Companies whose name, kana, English or former name holds what was typed; the closest first."""
    wanted = folded(words)
    if not wanted:
        return []
    pattern = wanted.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    ranked = sorted(
        _names_that_hold.rows(pattern), key=lambda row: (wanted not in row.search_key.split("|"), len(row.search_key))
    )
    ids = list(dict.fromkeys(row.company_id for row in ranked))[:most]
    found = {company.id: company for company in _companies.scalars(ids)} if ids else {}
    return [found[company_id] for company_id in ids]


@made_once
def _names_that_hold(pattern: str) -> Select[uuid.UUID, str]:
    return select(CompanyName.company_id, CompanyName.search_key).where(CompanyName.search_key.contains(pattern))


@made_once
def _companies(ids: Sequence[uuid.UUID]) -> Select[Company]:
    return select(Company).where(Company.id.in_(ids))


def find_standing_companies(words: str, *, most: int = MOST_FOUND) -> list[Company]:
    """The same for choosing whom a matter is about: for a company that was absorbed, the one that stands for it."""
    found = [standing_company(company) for company in find_companies(words, most=most)]
    return list({company.id: company for company in found}.values())


def former_names(company: Company, day: date) -> list[str]:
    """Every other name under which a company is found: its own of before, and those of companies that it absorbed."""
    named = company.name_on(day).name
    predecessors = predecessors_of(company.id)
    absorbed = _names_of.scalars(predecessors) if predecessors else ()
    return [name for name in dict.fromkeys((*(one.name for one in company.names), *absorbed)) if name != named]


@made_once
def _names_of(company_ids: Sequence[uuid.UUID]) -> Select[str]:
    return select(CompanyName.name).where(CompanyName.company_id.in_(company_ids)).order_by(CompanyName.valid_from)


def company_named(company_id: uuid.UUID | None) -> Company | None:
    return db().get(Company, company_id) if company_id else None


def name_on(company: Company, day: date) -> str:
    return company.name_on(day).name


def all_companies() -> list[tuple[Company, str]]:
    """Every company with its present name, by its reading; for choosing one."""
    day = today()
    companies = [(company, company.name_on(day)) for company in db().scalars(select(Company))]
    return [(company, name.name) for company, name in sorted(companies, key=lambda pair: (pair[1].kana, pair[1].name))]


def standing_companies() -> list[tuple[Company, str]]:
    """The same without those that a merger has ended, for whom nobody acts any more."""
    gone = set(db().scalars(select(Company.id).where(absorbed())))
    return [(company, name) for company, name in all_companies() if company.id not in gone]


def page_of_companies(after: str | None = None) -> Page[Company]:
    """One page of companies, by the reading of the newest name."""
    position = decode_position(after, str, str)
    query = (
        select(Company, CompanyName.kana)
        .join(CompanyName, CompanyName.company_id == Company.id)
        .where(CompanyName.valid_to.is_(None))
        .order_by(CompanyName.kana, Company.id)
        .limit(ROWS + 1)
    )
    if position is not None:
        kana, company_id = str(position[0]), _identifier(str(position[1]))
        query = query.where(or_(CompanyName.kana > kana, and_(CompanyName.kana == kana, Company.id > company_id)))
    fetched = db().execute(query).all()
    began = after if position is not None else None
    page = forward_page(fetched, size=ROWS, position_of=lambda row: (row.kana, row.Company.id.hex), began_after=began)
    return Page(tuple(row.Company for row in page.rows), page.previous, page.next)


def sites_of(company: Company) -> Sequence[Site]:
    return db().scalars(select(Site).where(Site.company_id == company.id).order_by(Site.name, Site.id)).all()


def site_with(typed: str) -> tuple[Site, Company] | None:
    """The site whose poster shows this code, with its company; None for what is no code, or nobody's."""
    code = read_site_code(typed)
    if code is None:
        return None
    found = db().execute(select(Site, Company).join(Company, Company.id == Site.company_id).where(Site.code == code))
    row = found.one_or_none()
    return None if row is None else (row.Site, row.Company)


@dataclass(frozen=True)
class Related:
    """A client or an agency of a company."""

    relation: CompanyRelation
    other: Company
    is_client: bool
    """Whether the other one is the client."""


def relations_of(company: Company) -> list[Related]:
    """A company's clients and agencies, of today and of before."""
    relations = db().scalars(
        select(CompanyRelation)
        .where(or_(CompanyRelation.client_id == company.id, CompanyRelation.agency_id == company.id))
        .order_by(CompanyRelation.valid_from, CompanyRelation.id)
    )
    return [
        Related(
            relation,
            db().get_one(Company, relation.agency_id if relation.client_id == company.id else relation.client_id),
            relation.client_id != company.id,
        )
        for relation in relations
    ]


def number_taken(corporate_number: str) -> bool:
    """Whether a corporate number is registered already."""
    return db().scalar(select(Company.id).where(Company.corporate_number == corporate_number)) is not None


def _identifier(typed: str) -> uuid.UUID:
    try:
        return uuid.UUID(hex=typed)
    except ValueError:
        return uuid.UUID(int=0)
