"""The ladder: what is counted, in which order requests came, what fell due, and whose ladder stands still."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import defer

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
from models.succession import Succession

NEEDED = 3
BELOW = {"E2": "E1", "E3": "E2", "E4": "E3"}
LEAST_DAYS = {"E1": 7, "E2": 7, "E3": 14, "E4": 14}
"""Five business days are never fewer than seven days, and ten never fewer than fourteen."""
FOLLOWED = ("requesting", "improvement", "proposed", "hearing", "decided")
WITHOUT_WORDS = select(FormalRequest).options(defer(FormalRequest.sealed_matter))
RUNNING = and_(Clock.met_at.is_(None), Clock.stopped_at.is_(None))
OF_THE_LADDER = ("request_e1", "request_e2", "request_e3", "request_e3_proof", "request_e4", "explanation", "vacancy")


def counted_steps_lie_in_their_window() -> Iterator[tuple[uuid.UUID | None, str]]:
    """The counter sheet of each file that is followed, counted anew; and each proposal by what counted on its day.

    The product is asked for a sheet whenever anything that it is made of has changed, and around the days on which
    time alone changes it.
    """
    at = now()
    files = db().scalars(select(CompanyFile).where(CompanyFile.state.in_(FOLLOWED))).all()
    unmet = _unmet_by_file()
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
    for item, file in db().execute(
        select(BoardItem, CompanyFile)
        .options(defer(BoardItem.sealed_grounds), defer(BoardItem.sealed_packet))
        .join(CompanyFile, CompanyFile.id == BoardItem.company_file_id)
        .where(BoardItem.follows_id.is_(None))
    ):
        since = _a_year_before(item.proposed_at)
        all_of_it = [*unmet[file.id], *_inherited(file.company_id, absorbed, unmet)]
        own = [one for one in all_of_it if since < _due(one) < item.proposed_at]
        own += [one for one in _annulled_later(file.id, item.proposed_at) if since < _due(one) < item.proposed_at]
        if len({one.number for one in own}) < NEEDED or not {one.step for one in own} & {"E3", "E4"}:
            yield file.company_id, f"{file.number} was put before the board with {len(own)} that count"


def _asked_before() -> dict[uuid.UUID, object]:
    """What was asked of which file before: kept with the application, and gone with it."""
    found: dict[uuid.UUID, object] = current_app.extensions.setdefault("kikite_simulated_sheets", {})
    return found


def _at_an_edge(due: datetime, at: datetime) -> bool:
    """Whether a request has just fallen due, or is about to leave the window or has just left it."""
    return any(abs(due - edge) < timedelta(days=2) for edge in (at, _a_year_before(at)))


def _absorbed_into() -> dict[uuid.UUID, list[tuple[uuid.UUID, datetime]]]:
    """By successor, the companies that it absorbed, and from which moment."""
    found: dict[uuid.UUID, list[tuple[uuid.UUID, datetime]]] = defaultdict(list)
    merged = select(Succession).where(Succession.kind == "merger", Succession.took_effect_at.is_not(None))
    for one in db().scalars(merged):
        day = datetime(one.effective_on.year, one.effective_on.month, one.effective_on.day, tzinfo=TOKYO)
        found[one.successor_id].append((one.predecessor_id, day))
    return found


def _inherited(
    company_id: uuid.UUID,
    absorbed: Mapping[uuid.UUID, list[tuple[uuid.UUID, datetime]]],
    unmet: Mapping[uuid.UUID, list[FormalRequest]],
) -> list[FormalRequest]:
    """What the companies before left unmet until their day, and those before them."""
    found: list[FormalRequest] = []
    for predecessor, day in absorbed.get(company_id, ()):
        files = db().scalars(select(CompanyFile.id).where(CompanyFile.company_id == predecessor)).all()
        found += [one for file_id in files for one in unmet.get(file_id, ()) if _due(one) < day]
        found += _inherited(predecessor, absorbed, unmet)
    return found


def _annulled_later(file_id: uuid.UUID, at: datetime) -> list[FormalRequest]:
    return list(db().scalars(WITHOUT_WORDS.where(FormalRequest.company_file_id == file_id, FormalRequest.void_at > at)))


def _unmet_by_file() -> dict[uuid.UUID, list[FormalRequest]]:
    found: dict[uuid.UUID, list[FormalRequest]] = defaultdict(list)
    for request in db().scalars(WITHOUT_WORDS.where(FormalRequest.state == "unmet")):
        found[request.company_file_id].append(request)
    return found


def _due(request: FormalRequest) -> datetime:
    if request.due_at is None:
        raise ValueError(f"{request.number} is unmet without a day")
    return request.due_at


def _a_year_before(at: datetime) -> datetime:
    here = at.astimezone(TOKYO)
    day = min(here.day, 28) if here.month == 2 else here.day  # noqa: PLR2004 - the 29th of February
    return here.replace(year=here.year - 1, day=day)


def rungs_follow_one_another() -> Iterator[tuple[uuid.UUID | None, str]]:
    """E2 after an unmet E1, E4 after an unmet E3, and E3 after an unmet E2 or on a ground of its own; each served."""
    by_file: dict[uuid.UUID, list[FormalRequest]] = defaultdict(list)
    issued = WITHOUT_WORDS.where(FormalRequest.issued_at.is_not(None)).order_by(FormalRequest.issued_at)
    for request in db().scalars(issued):
        by_file[request.company_file_id].append(request)
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


def _fell_due_before(one: FormalRequest, request: FormalRequest) -> bool:
    return one.due_at is not None and request.issued_at is not None and one.due_at < request.issued_at


def what_fell_due_was_marked() -> Iterator[tuple[uuid.UUID | None, str]]:
    """After the clock's work no request stands over its day, unless all it asks for was taken back or is frozen."""
    at = now()
    rows = (
        db()
        .execute(
            select(FormalRequest, CompanyFile)
            .options(defer(FormalRequest.sealed_matter))
            .join(CompanyFile, CompanyFile.id == FormalRequest.company_file_id)
            .where(
                or_(and_(FormalRequest.state == "served", FormalRequest.due_at < at), FormalRequest.state == "unmet")
            )
        )
        .all()
    )
    for request, file in rows:
        if request.state.value == "unmet":
            if request.unmet_at is None or request.due_at is None or request.unmet_at < request.due_at:
                yield file.company_id, f"{request.number} was marked unmet before its day"
        elif file.state.value != "frozen" and _asks_for_something(request):
            yield file.company_id, f"{request.number} fell due on {request.due_at:%Y-%m-%d} and is neither"


def _asks_for_something(request: FormalRequest) -> bool:
    asked = (
        select(RequestMatter.exchange_id, Exchange.state)
        .outerjoin(Exchange, Exchange.id == RequestMatter.exchange_id)
        .where(RequestMatter.formal_request_id == request.id, RequestMatter.settled_at.is_(None))
    )
    return any(exchange_id is None or state == "routed" for exchange_id, state in db().execute(asked))


def ladders_of_those_who_left_stand_still() -> Iterator[tuple[uuid.UUID | None, str]]:
    """Neither a clock of the ladder nor an open step for a frozen file, or for a company that is no member."""
    day = now().astimezone(TOKYO).date()
    left = set(db().scalars(select(Company.id).where(Company.left_on < day)))
    files = {file.id: file for file in db().scalars(select(CompanyFile))}
    still = {
        file.id
        for file in files.values()
        if file.state.value == "frozen"
        or (file.company_id in left and file.state.value not in ("decided", "effective"))
    }
    requests = dict(db().execute(select(FormalRequest.id, FormalRequest.company_file_id)).all())
    items = dict(db().execute(select(BoardItem.id, BoardItem.company_file_id)).all())
    open_items = select(BoardItem.company_file_id).where(BoardItem.state.not_in(("decided", "undecided")))
    for heard in db().scalars(open_items):
        if heard in still:
            yield files[heard].company_id, f"{files[heard].number} lies before the board"
    for clock in db().scalars(select(Clock).where(RUNNING, Clock.kind.in_(OF_THE_LADDER))):
        file_id = requests.get(clock.subject_id) or items.get(clock.subject_id)
        if clock.subject_id in left or file_id in still:
            company_id = files[file_id].company_id if file_id else clock.subject_id
            yield company_id, f"the clock {clock.kind.value} runs since {clock.started_at:%Y-%m-%d}"
    for file in (files[one] for one in still):
        if file.next_step is not None:
            yield file.company_id, f"{file.number} has {file.next_step} open"
