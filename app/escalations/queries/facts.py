"""What the records show to be done of what was asked: one question, for one request or for all that stand."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import TypeVarTuple

from sqlalchemy import ColumnElement, Select, case, func, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute

from app.pipeline.made_once import made_once
from app.pipeline.transaction import db
from models.base import UtcMoment
from models.clock import Clock
from models.company_file import CompanyFile
from models.exchange import Exchange
from models.formal_request import FormalRequest
from models.report import Report
from models.request_matter import RequestMatter
from models.rules.company_duties import CLOCK_OF_COMPANY, Duty
from models.rules.deadlines import ClockKind
from models.rules.request_lifecycle import RequestState

IdColumn = InstrumentedAttribute[uuid.UUID] | InstrumentedAttribute[uuid.UUID | None]
Asked = TypeVarTuple("Asked")
MAY_BE_SETTLED = (RequestState.SERVED, RequestState.UNMET)


def done_of(request: FormalRequest) -> list[tuple[RequestMatter, datetime]]:
    """The matters of a request that are not settled and that the records show to be done, with the moment."""
    done = _done_at()
    asked = _open_matters(select(RequestMatter, done)).where(FormalRequest.id == request.id, done.is_not(None))
    rows = db().execute(asked.order_by(RequestMatter.id))
    return [(matter, moment) for matter, moment in rows if moment is not None]


def requests_done_of(file: CompanyFile) -> Sequence[FormalRequest]:
    """The requests of a file of which the records show something to be done that nobody has noted yet."""
    return _done_of_file.scalars(file.id).all()


@made_once
def _done_of_file(file_id: uuid.UUID) -> Select[FormalRequest]:
    done = _done_of_what_stands(select(FormalRequest.id)).where(CompanyFile.id == file_id)
    asked = select(FormalRequest).where(FormalRequest.id.in_(done))
    return asked.order_by(FormalRequest.drafted_at, FormalRequest.id)


@made_once
def companies_that_did_something() -> Select[uuid.UUID]:
    """The companies of which the records show something to be done that nobody has noted yet."""
    return _done_of_what_stands(select(CompanyFile.company_id))


def _done_of_what_stands(query: Select[uuid.UUID]) -> Select[uuid.UUID]:
    return _open_matters(query).where(FormalRequest.state.in_(MAY_BE_SETTLED), _done_at().is_not(None))


def _open_matters(query: Select[*Asked]) -> Select[*Asked]:
    return (
        query.select_from(RequestMatter)
        .join(FormalRequest, FormalRequest.id == RequestMatter.formal_request_id)
        .join(CompanyFile, CompanyFile.id == FormalRequest.company_file_id)
        .outerjoin(Exchange, Exchange.id == RequestMatter.exchange_id)
        .where(RequestMatter.settled_at.is_(None))
    )


def _done_at() -> ColumnElement[datetime | None]:
    """When a duty was done after it fell due, as far as the records show; NULL while they show nothing of it."""
    own = [
        (RequestMatter.duty == duty, _met_at(CompanyFile.company_id, kind)) for duty, kind in CLOCK_OF_COMPANY.items()
    ]
    acknowledged = case((Exchange.acknowledged_at > RequestMatter.owed_since, Exchange.acknowledged_at))
    submitted = (
        select(func.min(Report.submitted_at))
        .where(Report.exchange_id == RequestMatter.exchange_id, Report.submitted_at > RequestMatter.owed_since)
        .correlate(RequestMatter)
        .scalar_subquery()
    )
    initially = func.coalesce(submitted, _met_at(RequestMatter.exchange_id, ClockKind.INITIAL_REPORT))
    return type_coerce(
        case(
            *own,
            (RequestMatter.duty == Duty.POOR_REPORT, Exchange.accepted_at),
            (RequestMatter.duty == Duty.ACKNOWLEDGE, acknowledged),
            (RequestMatter.duty == Duty.INITIAL_REPORT, initially),
            else_=submitted,
        ),
        UtcMoment(),
    )


def _met_at(subject_id: IdColumn, kind: ClockKind) -> ColumnElement[datetime | None]:
    return (
        select(func.min(Clock.met_at))
        .where(Clock.subject_id == subject_id, Clock.kind == kind, Clock.met_at > RequestMatter.owed_since)
        .correlate(RequestMatter, CompanyFile)
        .scalar_subquery()
    )
