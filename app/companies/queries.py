"""What is asked of companies: found by any name they ever had, and counted among the members."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from app.pipeline.transaction import db
from models.company import Company
from models.company_name import CompanyName
from models.rules.company_search import folded

MOST_FOUND = 8


def find_companies(words: str, *, most: int = MOST_FOUND) -> Sequence[Company]:
    """Companies whose name, kana, English or former name holds what was typed; the closest first."""
    wanted = folded(words)
    if not wanted:
        return []
    pattern = wanted.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    names = (
        db()
        .execute(select(CompanyName.company_id, CompanyName.search_key).where(CompanyName.search_key.contains(pattern)))
        .all()
    )
    ranked = sorted(names, key=lambda row: (wanted not in row.search_key.split("|"), len(row.search_key)))
    ids = list(dict.fromkeys(row.company_id for row in ranked))[:most]
    found = {company.id: company for company in db().scalars(select(Company).where(Company.id.in_(ids)))}
    return [found[company_id] for company_id in ids]


def company_named(company_id: uuid.UUID | None) -> Company | None:
    return db().get(Company, company_id) if company_id else None


def name_on(company: Company, day: date) -> str:
    return company.name_on(day).name
