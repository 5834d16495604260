"""How each row of a list reads: what it is about, where it leads, and until when it waits."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy import select

from app.clocks.queries import calendar
from app.control.listings import Listing, Shape
from app.pipeline.clock import now, today
from app.pipeline.identity import Actor
from app.pipeline.transaction import db
from app.presentation.due import TimeLeft, time_left
from app.presentation.filters import label
from models.board_item import BoardItem
from models.case import Case
from models.certification import Certification
from models.clock import Clock
from models.company import Company
from models.company_file import CompanyFile
from models.exchange import Exchange
from models.formal_request import FormalRequest
from models.leak import Leak
from models.rules.board import ItemState
from models.rules.control_room import Deadlines
from models.rules.people import standing_towards
from models.rules.permissions import Permission, decide
from models.survey import SurveyRound
from models.survey_invitation import SurveyInvitation


@dataclass(frozen=True)
class ShownRow:
    """One line of a list."""

    words: str
    url: str | None
    about: str
    due_at: datetime | None = None
    left: TimeLeft | None = None


def shown(listing: Listing, rows: Sequence[Any], actor: Actor) -> list[ShownRow]:
    """The rows of one page; what lies behind them is asked for together, and not row by row."""
    things = [row[0] for row in rows]
    if listing.shape is Shape.CASE:
        return [_case(case, actor) for case in things]
    if listing.shape is Shape.CLOCK:
        return _clocks(Deadlines(listing.words.value), things, actor)
    if listing.shape is Shape.COMPANY:
        return [ShownRow(row.name, url_for("pledges.company", company_id=row[0].id), row.kana) for row in rows]
    if listing.shape is Shape.FILE:
        names = _names(file.company_id for file in things)
        return [_file(file, names[file.company_id]) for file in things]
    if listing.shape is Shape.ITEM:
        return _items(things)
    names = _names(one.company_id for one in things)
    return [
        ShownRow(one.number, url_for("applications.application", number=one.number), names[one.company_id])
        for one in things
    ]


def _left(due_at: datetime | None) -> TimeLeft | None:
    return time_left(due_at, at=now(), calendar=calendar()) if due_at is not None else None


def _case(case: Case, actor: Actor) -> ShownRow:
    # Whoever is excluded is not on the list at all: the statement that found the case saw to that.
    standing = standing_towards(
        actor.role, is_assigned=case.assignee_id == actor.id, has_assignee=case.assignee_id is not None
    )
    opens = decide(Permission.CASE_READ, role=actor.role, standing=standing)
    url = url_for("cases.case", number=case.number) if opens else None
    about = label(case.next_due_kind) if case.next_due_kind else ""
    return ShownRow(case.number, url, str(about), case.next_due_at, _left(case.next_due_at))


def _file(file: CompanyFile, name: str) -> ShownRow:
    url = url_for("escalations.file", number=file.number)
    return ShownRow(file.number, url, name, file.next_due_at, _left(file.next_due_at))


def _items(items: Sequence[BoardItem]) -> list[ShownRow]:
    files = db().scalars(select(CompanyFile).where(CompanyFile.id.in_([item.company_file_id for item in items])))
    owners = {file.id: file.company_id for file in files}
    names = _names(owners.values())
    return [
        ShownRow(
            names[owners[item.company_file_id]],
            url_for("resolutions.item", item_id=item.id),
            str(label(ItemState(item.state))),
        )
        for item in items
    ]


def _clocks(kind: Deadlines, clocks: Sequence[Clock], actor: Actor) -> list[ShownRow]:
    places = {
        Deadlines.COMPANIES: _of_exchanges,
        Deadlines.REQUESTS: _of_requests,
        Deadlines.DUTIES: _of_companies,
        Deadlines.SURVEYS: _of_surveys,
        Deadlines.BOARD: _of_items,
        Deadlines.MARKS: _of_certifications,
        Deadlines.LEAKS: _of_leaks,
    }[kind]([clock.subject_id for clock in clocks], actor)
    rows = []
    for clock in clocks:
        words, url = places[clock.subject_id]
        rows.append(ShownRow(words, url, str(label(clock.kind)), clock.due_at, _left(clock.due_at)))
    return rows


Places = dict[uuid.UUID, tuple[str, str | None]]


def _of_exchanges(ids: Sequence[uuid.UUID], actor: Actor) -> Places:
    both = select(Exchange, Case).join(Case, Case.id == Exchange.case_id).where(Exchange.id.in_(ids))
    found = db().execute(both).all()
    names = _names(exchange.company_id for exchange, _case in found)
    places: Places = {}
    for exchange, case in found:
        url = _case(case, actor).url
        # Whoever may list a case and not open it does not learn here to which company it went.
        places[exchange.id] = (f"{case.number} {names[exchange.company_id]}" if url else case.number, url)
    return places


def _of_requests(ids: Sequence[uuid.UUID], _actor: Actor) -> Places:
    found = (
        db()
        .execute(
            select(FormalRequest.id, FormalRequest.number, CompanyFile)
            .join(CompanyFile, CompanyFile.id == FormalRequest.company_file_id)
            .where(FormalRequest.id.in_(ids))
        )
        .all()
    )
    names = _names(file.company_id for _id, _number, file in found)
    return {
        request_id: (f"{number} {names[file.company_id]}", url_for("escalations.file", number=file.number))
        for request_id, number, file in found
    }


def _of_companies(ids: Sequence[uuid.UUID], _actor: Actor) -> Places:
    return {
        company_id: (name, url_for("pledges.company", company_id=company_id))
        for company_id, name in _names(ids).items()
    }


def _of_items(ids: Sequence[uuid.UUID], _actor: Actor) -> Places:
    items = db().scalars(select(BoardItem).where(BoardItem.id.in_(ids))).all()
    return {item.id: (row.words, row.url) for item, row in zip(items, _items(items), strict=True)}


def _of_certifications(ids: Sequence[uuid.UUID], _actor: Actor) -> Places:
    found = db().scalars(select(Certification).where(Certification.id.in_(ids))).all()
    names = _names(one.company_id for one in found)
    return {
        one.id: (
            f"{one.number} {names[one.company_id]}",
            url_for("certifications.certification", number=one.number) if one.number else None,
        )
        for one in found
    }


def _of_leaks(ids: Sequence[uuid.UUID], _actor: Actor) -> Places:
    found = db().scalars(select(Leak).where(Leak.id.in_(ids)))
    return {leak.id: (leak.number, url_for("leaks.leak", number=leak.number)) for leak in found}


def _of_surveys(ids: Sequence[uuid.UUID], _actor: Actor) -> Places:
    found = db().execute(
        select(SurveyInvitation, SurveyRound.title)
        .join(SurveyRound, SurveyRound.id == SurveyInvitation.survey_id)
        .where(SurveyInvitation.id.in_(ids))
    )
    asked = [(one, title) for one, title in found]
    names = _names(one.company_id for one, _title in asked)
    return {
        one.id: (f"{names[one.company_id]} {title}", url_for("surveys.survey", survey_id=one.survey_id))
        for one, title in asked
    }


def _names(company_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    day = today()
    found = db().scalars(select(Company).where(Company.id.in_(set(company_ids))))
    return {company.id: company.name_on(day).name for company in found}
