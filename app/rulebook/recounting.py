"""Which running clocks a changed calendar or term would move, and from when to when; a look moves nothing."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import ColumnElement, select

from app.absences.queries import companies_with_closures, company_days
from app.cases.queries import severity_of
from app.pipeline.clock import now
from app.pipeline.transaction import db
from app.rulebook.queries import calendars_by_version, deadlines_by_version, rulebook
from models.case import Case
from models.clock import Clock
from models.exchange import Exchange
from models.rules.amendable import Amendable
from models.rules.deadlines import OFFICERS_CLOCKS, ClockKind, DeadlinePolicy, DueDate
from models.rules.recounting import RECOUNTED, recounted, recounted_by_term
from models.rules.taxonomy.severity import Severity
from models.rules.working_days import Calendar, in_japan

COMPANY_PART = "+c"
"""What begins the part of a clock's calendar version that names the company's own closure days."""


@dataclass(frozen=True)
class Move:
    """A clock and the due date it would have."""

    clock: Clock
    to: DueDate


def moves(calendar: Calendar) -> list[Move]:
    """Each running clock that this calendar would end on another day; whatever would be over at once stays."""
    clocks = _running()
    bases = {_base(clock.calendar_version) for clock in clocks} - {calendar.version}
    known, closures = calendars_by_version(bases), _companies_days()
    counted: dict[tuple[object, ...], DueDate | None] = {}
    found = []
    for clock in clocks:
        base, _plus, rest = clock.calendar_version.partition(COMPANY_PART)
        then = known.get(base)
        if then is None:
            continue
        days = closures(clock)
        key = (clock.due_at, in_japan(clock.started_at).date(), base, rest, days, clock.policy_version)
        if key not in counted:
            named = replace(calendar, version=f"{calendar.version}{COMPANY_PART}{rest}") if rest else calendar
            counted[key] = recounted(
                started_at=clock.started_at,
                due_at=clock.due_at,
                then=then,
                now=named,
                policy_version=clock.policy_version,
                company_closures=days,
            )
        to = counted[key]
        if to is not None and to.due_at > now():
            found.append(Move(clock, to))
    return found


def moves_by_term(number: Amendable, policy: DeadlinePolicy, *, at: datetime) -> list[Move]:
    """Each clock that runs at a moment and would end on another day if its term were the one of this policy."""
    kind = ClockKind(number.key.partition(":")[0])
    clocks = _running(Clock.kind == kind, Clock.policy_version != policy.version, Clock.due_at > at)
    known = calendars_by_version({_base(clock.calendar_version) for clock in clocks})
    policies, closures, calendar = deadlines_by_version(), _companies_days(), rulebook().calendar
    found = []
    for clock in clocks:
        base, _plus, rest = clock.calendar_version.partition(COMPANY_PART)
        then, then_policy, severity = known.get(base), policies.get(clock.policy_version), _severity(clock, number)
        if then is None or then_policy is None or not number.is_of(kind, severity):
            continue
        to = recounted_by_term(
            kind,
            started_at=clock.started_at,
            due_at=clock.due_at,
            severity=severity,
            then=(then, then_policy),
            now=(replace(calendar, version=f"{calendar.version}{COMPANY_PART}{rest}") if rest else calendar, policy),
            company_closures=closures(clock),
        )
        if to is not None and to.due_at > at:
            found.append(Move(clock, to))
    return found


def _severity(clock: Clock, number: Amendable) -> Severity | None:
    """How grave the case of a clock is, where its number depends on that; such clocks are those of a case itself."""
    depends = number.depends_on_severity and clock.subject_kind == "case"
    return severity_of(db().get_one(Case, clock.subject_id)) if depends else None


def _running(*narrower: ColumnElement[bool]) -> list[Clock]:
    wanted = select(Clock).where(
        *narrower,
        Clock.subject_kind.in_(RECOUNTED),
        Clock.met_at.is_(None),
        Clock.stopped_at.is_(None),
        Clock.due_at > now(),
    )
    return list(db().scalars(wanted.order_by(Clock.due_at, Clock.id)))


def _base(version: str) -> str:
    return version.partition(COMPANY_PART)[0]


def _companies_days() -> Callable[[Clock], tuple[date, ...]]:
    """The closure days of a clock's company that it passes over; asked only of companies that have any."""
    closed = companies_with_closures()
    reach = select(Exchange.id, Exchange.company_id).where(Exchange.company_id.in_(closed))
    company_of: dict[uuid.UUID, uuid.UUID] = {row.id: row.company_id for row in db().execute(reach)} if closed else {}

    def of_clock(clock: Clock) -> tuple[date, ...]:
        if clock.kind not in OFFICERS_CLOCKS or clock.subject_id not in company_of:
            return ()
        return tuple(day.day for day in company_days(company_of[clock.subject_id], clock.started_at))

    return of_clock
