"""The ladder of an absorbed company, which goes on with its successor: what fell due before the day."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from app.escalations.queries.files import file_of_company
from app.pipeline.transaction import db
from app.successions.queries import mergers_into, standing_company
from models.company import Company
from models.company_file import CompanyFile
from models.formal_request import FormalRequest
from models.rules.board import start_of_day
from models.rules.request_lifecycle import RequestState


def inherited_requests(company_id: uuid.UUID) -> list[FormalRequest]:
    """Requests to absorbed companies that count as if they had been made to this one; what was not due falls away."""
    found: list[FormalRequest] = []
    for merger in mergers_into([company_id])[company_id]:
        requests = (
            select(FormalRequest)
            .join(CompanyFile, CompanyFile.id == FormalRequest.company_file_id)
            .where(
                CompanyFile.company_id == merger.predecessor_id,
                FormalRequest.served_at.is_not(None),
                FormalRequest.due_at < start_of_day(merger.effective_on),
                FormalRequest.state != RequestState.SERVED,
            )
        )
        found.extend(db().scalars(requests))
    return sorted(found, key=lambda request: (request.drafted_at, request.id))


def followed_in(file: CompanyFile) -> CompanyFile:
    """The file in which what was asked in this one is followed now: its own, or that of the successor."""
    company = standing_company(db().get_one(Company, file.company_id))
    return file if company.id == file.company_id else file_of_company(company.id) or file


def last_request_followed(file: CompanyFile) -> FormalRequest | None:
    """The request that was served last and still stands, one to an absorbed company included."""
    own = db().scalars(
        select(FormalRequest).where(
            FormalRequest.company_file_id == file.id,
            FormalRequest.served_at.is_not(None),
            FormalRequest.state != RequestState.VOID,
        )
    )
    standing = [one for one in inherited_requests(file.company_id) if one.state is not RequestState.VOID]
    served = [(one.served_at, one) for one in (*own, *standing) if one.served_at is not None]
    return max(served, key=lambda pair: pair[0])[1] if served else None
