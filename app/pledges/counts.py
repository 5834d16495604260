"""Counts of what was forwarded to a company, narrowed to what the reader may see; never a case, never a word of one."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, select

from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.standing import visible_cases, visible_exchanges
from app.pipeline.transaction import db
from models.case import Case
from models.clock import Clock
from models.exchange import Exchange
from models.rules.board import start_of_day
from models.rules.deadlines import ClockKind
from models.rules.people import COMPANY, SECRETARIAT
from models.rules.permissions import Permission
from models.rules.pledge_standing import Forwarded, Kept
from models.rules.working_days import add_months, in_japan

MEASURED = (ClockKind.OFFICER_ACK, ClockKind.INITIAL_REPORT, ClockKind.FINAL_REPORT)
MONTHS = 12


@dataclass(frozen=True)
class Timing:
    """Of one kind of deadline, how many were kept and how many passed."""

    kind: ClockKind
    in_time: int
    late: int


@dataclass(frozen=True)
class CountsOfCompany:
    """What a reader may know of the matters of one company, in numbers."""

    forwarded: Forwarded | None
    kept: Kept
    timings: tuple[Timing, ...]


def counts_of(company_id: uuid.UUID, *, actor: Actor) -> CountsOfCompany:
    """The numbers of the last twelve months and of today.

    The secretariat counts the cases it may list, and a company what lies with the reader's own office: whoever is kept
    from a matter cannot count it either. Nobody else is told any of them: a count that is looked at every day tells of
    each newcomer, however large it is, and what may be told of all is in the statistics of the years that are over.
    """
    at = now()
    if actor.role not in SECRETARIAT | COMPANY:
        return CountsOfCompany(None, Kept(), ())
    exchanges = db().scalars(_within_reach(company_id, actor)).all()
    clocks = _clocks_of([one.id for one in exchanges], at)
    overdue = {clock.subject_id for clock in clocks if clock.is_running and clock.due_at < at}
    forwarded = _forwarded(exchanges, overdue)
    tables = {kind: _table([clock for clock in clocks if clock.kind is kind], at) for kind in MEASURED}
    kept = Kept(
        counted=sum(table["in_time"] + table["late"] for table in tables.values()),
        in_time=sum(table["in_time"] for table in tables.values()),
    )
    timings = tuple(Timing(kind, table["in_time"], table["late"]) for kind, table in tables.items())
    return CountsOfCompany(forwarded, kept, timings)


def _within_reach(company_id: uuid.UUID, actor: Actor) -> Select[Exchange]:
    since = start_of_day(add_months(in_japan(now()).date(), -MONTHS))
    return select(Exchange).where(
        Exchange.company_id == company_id,
        Exchange.routed_at.is_not(None),
        (Exchange.state == "routed") | (Exchange.routed_at >= since),
        _reach(actor),
    )


def _reach(actor: Actor) -> ColumnElement[bool]:
    if actor.role in COMPANY:
        return visible_exchanges(actor, Permission.RESPONSE_LIST)
    return exists().where(Case.id == Exchange.case_id, visible_cases(actor, Permission.CASE_LIST))


def _clocks_of(exchange_ids: list[uuid.UUID], at: datetime) -> list[Clock]:
    since = start_of_day(add_months(in_japan(at).date(), -MONTHS))
    return list(
        db().scalars(
            select(Clock).where(Clock.subject_id.in_(exchange_ids), Clock.kind.in_(MEASURED), Clock.due_at >= since)
        )
    )


def _table(clocks: list[Clock], at: datetime) -> Counter[str]:
    """Met in time, or late; what runs and is not due yet, or was stopped before it was due, is neither."""
    counted: Counter[str] = Counter()
    for clock in clocks:
        ended = clock.met_at or clock.stopped_at or at
        if ended > clock.due_at:
            counted["late"] += 1
        elif clock.met_at is not None:
            counted["in_time"] += 1
    return counted


def _forwarded(exchanges: Sequence[Exchange], overdue: set[uuid.UUID]) -> Forwarded:
    states: Counter[str] = Counter()
    for one in exchanges:
        if one.id in overdue:
            states["overdue"] += 1
        elif one.reported_at is not None:
            states["reported"] += 1
        elif one.state == "routed":
            states["under_way"] += 1
    return Forwarded(states["under_way"], states["overdue"], states["reported"])
