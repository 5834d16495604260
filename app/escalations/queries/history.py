"""The ladder's history of a company file, read from what was issued, served, met and put before the board."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Select, select

from app.escalations.queries.duties import OwedDuty, owed_by
from app.escalations.queries.files import items_of, requests_of
from app.escalations.queries.inherited import inherited_requests
from app.escalations.queries.letters import matters_of
from app.escalations.queries.matters import exempted_of, is_moot
from app.pipeline.clock import now
from app.pipeline.made_once import made_once
from app.pipeline.transaction import db
from models.board_item import BoardItem
from models.company import Company
from models.company_file import CompanyFile
from models.formal_request import FormalRequest
from models.request_matter import RequestMatter
from models.resolution import Resolution
from models.rules.board import BoardOption
from models.rules.company_duties import GROUND_OF_DUTY
from models.rules.company_file_lifecycle import FileState
from models.rules.escalation_ladder import (
    CounterSheet,
    LadderEntry,
    LadderHistory,
    OpenDuty,
    Step,
    counts,
    ladder_policy_at,
)
from models.rules.request_lifecycle import RequestState

BEFORE_THE_BOARD_NOW = frozenset({FileState.PROPOSED, FileState.HEARING, FileState.DECIDED, FileState.EFFECTIVE})


def moment_of(file: CompanyFile) -> datetime:
    """The moment at which a file is judged: now, or for a frozen one the moment at which it froze."""
    return file.closed_at if file.state is FileState.FROZEN and file.closed_at else now()


def ladder_history(
    file: CompanyFile | None, company: Company | None = None, *, owed: Sequence[OwedDuty] | None = None
) -> LadderHistory:
    """Everything the ladder knows of a company file; of a company alone while it has no file yet.

    Whoever has just asked what the company owes hands it in.
    """
    owner = company or (db().get_one(Company, file.company_id) if file else None)
    if owner is None:
        raise ValueError("a history is that of a file or of a company")
    at = moment_of(file) if file else now()
    duties = tuple(
        OpenDuty(GROUND_OF_DUTY[one.duty], one.owed_since) for one in (owed_by(owner, at=at) if owed is None else owed)
    )
    steps = history_of_steps(file) if file is not None else LadderHistory(tuple(_inherited_by(owner.id)))
    return replace(steps, duties=duties)


def history_of_steps(file: CompanyFile) -> LadderHistory:
    """What was taken of the ladder, for those who count it; what the company owes now is not looked for."""
    items = items_of(file)
    entries = [
        *_inherited_by(file.company_id),
        *entries_of(requests_of(file)),
        *(entry for item in items for entry in _entries_of_item(item)),
    ]
    ended_at = _ended_at(file, items)
    return LadderHistory(
        tuple(entries), ended_at=ended_at, on_conditions=ended_at is not None and _on_conditions(items[-1])
    )


def _on_conditions(item: BoardItem) -> bool:
    option = db().scalar(select(Resolution.option).where(Resolution.board_item_id == item.id))
    return option is BoardOption.CONDITIONAL


def _inherited_by(company_id: uuid.UUID) -> list[LadderEntry]:
    return [replace(entry, inherited=True) for entry in entries_of(inherited_requests(company_id))]


def entries_of(requests: Sequence[FormalRequest]) -> list[LadderEntry]:
    """One entry for each request that was issued; a draft that was dropped never was one."""
    done, exempted = settled_or_exempted(requests)
    return [
        LadderEntry(
            reference=request.number or "",
            step=Step(request.step),
            served_at=request.served_at,
            due_at=request.due_at,
            met_at=done.get(request.id) or request.met_at,
            reset_reason=request.void_reason,
            taken_back=is_taken_back(request),
            exempted=request.id in exempted,
        )
        for request in requests
        if request.state is not RequestState.VOID or request.number is not None
    ]


def was_let_off(request: FormalRequest) -> bool:
    """Whether the company was exempted from all that a request asked for, before its day or after it."""
    return request.id in settled_or_exempted([request])[1]


def is_taken_back(request: FormalRequest) -> bool:
    """Whether a request that was not marked unmet has nothing left to ask for, because it was all taken back."""
    if request.state is not RequestState.SERVED or request.due_at is None or now() <= request.due_at:
        return False
    open_matters = [pair for pair in matters_of(request) if pair[0].settled_at is None]
    return bool(open_matters) and all(is_moot(matter, exchange) for matter, exchange in open_matters)


def settled_or_exempted(
    requests: Sequence[FormalRequest],
) -> tuple[Mapping[uuid.UUID, datetime], AbstractSet[uuid.UUID]]:
    """When everything that a request asks was done, for those of which it was; the last matter says when.

    And which of them asked for nothing else than what the company was exempted from: of that nothing was ever owed. One
    that ended by it stays so, if the exemption is taken back later.
    """
    if not requests:
        return {}, frozenset()
    ids = [request.id for request in requests]
    exempted = exempted_of(ids)
    moments: dict[uuid.UUID, list[datetime | None]] = {}
    for matter in _matters_of_all.scalars(ids):
        found = moments.setdefault(matter.formal_request_id, [])
        if matter.id not in exempted:
            found.append(matter.settled_at)
    done = {
        request_id: max(moment for moment in found if moment is not None)
        for request_id, found in moments.items()
        if found and None not in found
    }
    waived = {request.id for request in requests if request.state is RequestState.WAIVED}
    return done, waived | {request_id for request_id, found in moments.items() if not found}


@made_once
def _matters_of_all(request_ids: Collection[uuid.UUID]) -> Select[RequestMatter]:
    return select(RequestMatter).where(RequestMatter.formal_request_id.in_(request_ids))


def _entries_of_item(item: BoardItem) -> list[LadderEntry]:
    marks = (
        (Step.E5, item.proposed_at),
        (Step.E6, item.notice_served_at),
        (Step.E7, item.silence_recorded_at),
        (Step.E8, item.decided_at),
    )
    reference = item.notice_number or ""
    return [LadderEntry(reference, step, served_at=at) for step, at in marks if at is not None]


def _ended_at(file: CompanyFile, items: Sequence[BoardItem]) -> datetime | None:
    """When the board's last procedure ended without a revocation; what came before it stays in the count alone."""
    if not items or file.state in BEFORE_THE_BOARD_NOW:
        return None
    last = items[-1]
    return max(at for at in (last.proposed_at, last.notice_served_at, last.silence_recorded_at, last.decided_at) if at)


def counter_sheet(file: CompanyFile) -> CounterSheet:
    """The counter sheet for 再三: every request, counted or not, with the reason."""
    at = moment_of(file)
    return counts(history_of_steps(file), now=at, policy=ladder_policy_at(at))


def is_before_the_board(file: CompanyFile) -> bool:
    """Whether the file is with the board, or through with it."""
    return file.state in BEFORE_THE_BOARD_NOW
