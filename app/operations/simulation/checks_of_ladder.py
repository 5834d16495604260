"""The ladder: what is counted, in which order requests came, what fell due, and whose ladder stands still."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from flask import current_app
from sqlalchemy import ColumnElement, and_, func, or_, select

from app.escalations.queries import counter_sheet
from app.pipeline.clock import TOKYO, now
from app.pipeline.transaction import db
from models.board_item import BoardItem
from models.clock import Clock
from models.company import Company
from models.company_file import CompanyFile
from models.exchange import Exchange
from models.formal_request import FormalRequest
from models.request_matter import RequestMatter
from models.rules.request_lifecycle import RequestState
from models.succession import Succession

NEEDED = 3
BELOW = {"E2": "E1", "E3": "E2", "E4": "E3"}
LEAST_DAYS = {"E1": 7, "E2": 7, "E3": 14, "E4": 14}
"""Five business days are never fewer than seven days, and ten never fewer than fourteen."""
FOLLOWED = ("requesting", "improvement", "proposed", "hearing", "decided")
RUNNING = and_(Clock.met_at.is_(None), Clock.stopped_at.is_(None))
OF_THE_LADDER = ("request_e1", "request_e2", "request_e3", "request_e3_proof", "request_e4", "explanation", "vacancy")

_ASKED = select(
    FormalRequest.id,
    FormalRequest.company_file_id,
    FormalRequest.number,
    FormalRequest.step,
    FormalRequest.state,
    FormalRequest.version,
    FormalRequest.issued_at,
    FormalRequest.served_at,
    FormalRequest.due_at,
    FormalRequest.void_at,
)


class Asked(NamedTuple):
    """What is stored of a request, without its words."""

    id: uuid.UUID
    file_id: uuid.UUID
    number: str | None
    step: str
    state: RequestState
    version: int
    issued_at: datetime | None
    served_at: datetime | None
    due_at: datetime | None
    void_at: datetime | None


def _asked(*where: ColumnElement[bool]) -> list[Asked]:
    return [Asked._make(row) for row in db().execute(_ASKED.where(*where).order_by(FormalRequest.issued_at))]


def counted_steps_lie_in_their_window() -> Iterator[tuple[uuid.UUID | None, str]]:
    """The counter sheet of each file that is followed, counted anew; and each proposal by what counted on its day.

    The product is asked for a sheet whenever anything that it is made of has changed, and around the days on which
    time alone changes it.
    """
    at = now()
    files = db().scalars(select(CompanyFile).where(CompanyFile.state.in_(FOLLOWED))).all()
    unmet = _by_file(_asked(FormalRequest.state == "unmet"))
    absorbed = _absorbed_into()
    asked_before = _asked_before()
    for file in files:
        own = [*unmet[file.id], *_inherited(file.company_id, absorbed, unmet)]
        made_of = (file.version, [(one.id, one.version, _a_year_before(at) < _due(one) < at) for one in own])
        if not own or (asked_before.get(file.id) == made_of and not any(_at_an_edge(_due(one), at) for one in own)):
            continue
        asked_before[file.id] = made_of
        sheet = [line.entry.reference for line in counter_sheet(file).lines if line.counted]
        expected = {str(one.number) for one in own if _a_year_before(at) < _due(one) < at}
        for reference, times in Counter(sheet).items():
            if times > 1:
                yield file.company_id, f"{reference} counts {times} times"
            if reference not in expected:
                yield file.company_id, f"{reference} counts, and its window or its end says otherwise"
        for reference in expected - set(sheet):
            yield file.company_id, f"{reference} was not met and does not count"
    annulled = _by_file(_asked(FormalRequest.void_at.is_not(None)))
    proposals = (
        select(BoardItem.proposed_at, CompanyFile.id, CompanyFile.company_id, CompanyFile.number)
        .join(CompanyFile, CompanyFile.id == BoardItem.company_file_id)
        .where(BoardItem.follows_id.is_(None))
    )
    for proposed_at, file_id, company_id, number in db().execute(proposals):
        later = [one for one in annulled[file_id] if one.void_at is not None and one.void_at > proposed_at]
        own = [*unmet[file_id], *_inherited(company_id, absorbed, unmet), *later]
        own = [one for one in own if _a_year_before(proposed_at) < _due(one) < proposed_at]
        if len({one.number for one in own}) < NEEDED or not {one.step for one in own} & {"E3", "E4"}:
            yield company_id, f"{number} was put before the board with {len(own)} that count"


def _asked_before() -> dict[uuid.UUID, object]:
    """What was asked of which file before: kept with the application, and gone with it."""
    found: dict[uuid.UUID, object] = current_app.extensions.setdefault("kikite_simulated_sheets", {})
    return found


def _at_an_edge(due: datetime, at: datetime) -> bool:
    """Whether a request has just fallen due, or is about to leave the window or has just left it."""
    return any(abs(due - edge) < timedelta(days=2) for edge in (at, _a_year_before(at)))


def _absorbed_into() -> dict[uuid.UUID, list[tuple[uuid.UUID, datetime]]]:
    """By successor, the files of the companies that it absorbed, and from which moment; with those before them."""
    direct: dict[uuid.UUID, list[tuple[uuid.UUID, datetime]]] = defaultdict(list)
    merged = select(Succession.successor_id, Succession.predecessor_id, Succession.effective_on).where(
        Succession.kind == "merger", Succession.took_effect_at.is_not(None)
    )
    for successor_id, predecessor_id, on in db().execute(merged):
        direct[successor_id].append((predecessor_id, datetime(on.year, on.month, on.day, tzinfo=TOKYO)))
    if not direct:
        return {}
    files: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    for file_id, company_id in db().execute(select(CompanyFile.id, CompanyFile.company_id)):
        files[company_id].append(file_id)
    return {successor_id: _files_before(successor_id, direct, files) for successor_id in direct}


def _files_before(
    successor_id: uuid.UUID,
    direct: Mapping[uuid.UUID, list[tuple[uuid.UUID, datetime]]],
    files: Mapping[uuid.UUID, list[uuid.UUID]],
) -> list[tuple[uuid.UUID, datetime]]:
    found: list[tuple[uuid.UUID, datetime]] = []
    for predecessor_id, day in direct.get(successor_id, ()):
        found += [(file_id, day) for file_id in files.get(predecessor_id, ())]
        found += _files_before(predecessor_id, direct, files)
    return found


def _inherited(
    company_id: uuid.UUID,
    absorbed: Mapping[uuid.UUID, list[tuple[uuid.UUID, datetime]]],
    unmet: Mapping[uuid.UUID, list[Asked]],
) -> list[Asked]:
    """What the companies before left unmet until their day, and those before them."""
    before = absorbed.get(company_id, ())
    return [one for file_id, day in before for one in unmet.get(file_id, ()) if _due(one) < day]


def _by_file(requests: Iterable[Asked]) -> dict[uuid.UUID, list[Asked]]:
    found: dict[uuid.UUID, list[Asked]] = defaultdict(list)
    for request in requests:
        found[request.file_id].append(request)
    return found


def _due(request: Asked) -> datetime:
    if request.due_at is None:
        raise ValueError(f"{request.number} is unmet without a day")
    return request.due_at


def _a_year_before(at: datetime) -> datetime:
    here = at.astimezone(TOKYO)
    day = min(here.day, 28) if here.month == 2 else here.day  # noqa: PLR2004 - the 29th of February
    return here.replace(year=here.year - 1, day=day)


def rungs_follow_one_another() -> Iterator[tuple[uuid.UUID | None, str]]:
    """E2 after an unmet E1, E4 after an unmet E3, and E3 after an unmet E2 or on a ground of its own; each served."""
    by_file = _by_file(_asked(FormalRequest.issued_at.is_not(None)))
    companies = dict(db().execute(select(CompanyFile.id, CompanyFile.company_id)).all())
    poor = set(db().scalars(select(RequestMatter.formal_request_id).where(RequestMatter.duty == "poor_report")))
    absorbed = _absorbed_into()
    for file_id, requests in by_file.items():
        for place, request in enumerate(requests):
            below = BELOW.get(request.step)
            known = [*requests[:place], *_inherited(companies[file_id], absorbed, by_file)] if below else []
            before = [one for one in known if one.step == below and _fell_due_before(one, request)]
            if below and not before and not (request.step == "E3" and request.id in poor):
                yield companies[file_id], f"{request.number} was issued without an unmet {below} before it"
            if request.served_at is not None and request.due_at is not None:
                given = request.due_at.astimezone(TOKYO).date() - request.served_at.astimezone(TOKYO).date()
                if given < timedelta(days=LEAST_DAYS[request.step]):
                    yield companies[file_id], f"{request.number} gives {given.days} days"


def _fell_due_before(one: Asked, request: Asked) -> bool:
    return one.due_at is not None and request.issued_at is not None and one.due_at < request.issued_at


def what_fell_due_was_marked() -> Iterator[tuple[uuid.UUID | None, str]]:
    """After the clock's work no request stands over its day, unless all it asks for was taken back or is frozen."""
    at = now()
    too_soon = or_(FormalRequest.unmet_at.is_(None), FormalRequest.unmet_at < FormalRequest.due_at)
    over = and_(FormalRequest.state == "served", FormalRequest.due_at < at, CompanyFile.state != "frozen")
    rows = db().execute(
        select(
            FormalRequest.id, FormalRequest.number, FormalRequest.state, FormalRequest.due_at, CompanyFile.company_id
        )
        .join(CompanyFile, CompanyFile.id == FormalRequest.company_file_id)
        .where(or_(over, and_(FormalRequest.state == "unmet", or_(FormalRequest.due_at.is_(None), too_soon))))
    )
    for request_id, number, state, due_at, company_id in rows.all():
        if state.value == "unmet":
            yield company_id, f"{number} was marked unmet before its day"
        elif _asks_for_something(request_id):
            yield company_id, f"{number} fell due on {due_at:%Y-%m-%d} and is neither"


def _asks_for_something(request_id: uuid.UUID) -> bool:
    asked = (
        select(RequestMatter.exchange_id, Exchange.state)
        .outerjoin(Exchange, Exchange.id == RequestMatter.exchange_id)
        .where(RequestMatter.formal_request_id == request_id, RequestMatter.settled_at.is_(None))
    )
    return any(exchange_id is None or state == "routed" for exchange_id, state in db().execute(asked))


def ladders_of_those_who_left_stand_still() -> Iterator[tuple[uuid.UUID | None, str]]:
    """Neither a clock of the ladder nor an open step for a frozen file, or for a company that is no member."""
    day = now().astimezone(TOKYO).date()
    left = Company.left_on < day
    is_still = or_(CompanyFile.state == "frozen", and_(left, CompanyFile.state.not_in(("decided", "effective"))))
    still = (
        select(CompanyFile.id, CompanyFile.company_id, CompanyFile.number, CompanyFile.next_step)
        .join(Company, Company.id == CompanyFile.company_id)
        .where(is_still)
    )
    files = {file_id: (company_id, number) for file_id, company_id, number, _step in db().execute(still)}
    heard = select(BoardItem.company_file_id).where(BoardItem.state.not_in(("decided", "undecided")))
    for file_id in db().scalars(heard):
        if file_id in files:
            company_id, number = files[file_id]
            yield company_id, f"{number} lies before the board"
    of_file = func.coalesce(FormalRequest.company_file_id, BoardItem.company_file_id)
    running = (
        select(Clock.kind, Clock.started_at, Company.id)
        .outerjoin(FormalRequest, FormalRequest.id == Clock.subject_id)
        .outerjoin(BoardItem, BoardItem.id == Clock.subject_id)
        .outerjoin(CompanyFile, CompanyFile.id == of_file)
        .join(Company, Company.id == func.coalesce(CompanyFile.company_id, Clock.subject_id))
        .where(RUNNING, Clock.kind.in_(OF_THE_LADDER), or_(and_(CompanyFile.id.is_(None), left), is_still))
    )
    for kind, started_at, company_id in db().execute(running):
        yield company_id, f"the clock {kind.value} runs since {started_at:%Y-%m-%d}"
    for _id, company_id, number, step in db().execute(still.where(CompanyFile.next_step.is_not(None))):
        yield company_id, f"{number} has {step} open"
