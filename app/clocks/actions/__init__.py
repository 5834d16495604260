"""Clocks are started, met and stopped; each keeps the rule and the calendar that its due date came from."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, datetime
from typing import Protocol

from app.absences.queries import calendar_and_days
from app.clocks.queries import calendar, last_stopped, running_clock, running_clocks
from app.pipeline.clock import now
from app.pipeline.ids import new_id
from app.pipeline.transaction import db
from app.rulebook.queries import deadlines_at
from models.clock import Clock
from models.exchange import Exchange
from models.rules.deadlines import OFFICERS_CLOCKS, ClockKind, DueDate, due
from models.rules.pausing import explained_with_pause, start_after_pause
from models.rules.taxonomy.severity import Severity
from models.rules.working_days import Calendar


class HasClocks(Protocol):
    """Anything that a clock may run for."""

    __tablename__: str
    id: uuid.UUID


def start_clock(
    thing: HasClocks,
    kind: ClockKind,
    *,
    from_: datetime | None = None,
    severity: Severity | None = None,
    due_date: DueDate | None = None,
) -> Clock:
    """Start a clock, or start it anew when the same kind was running. The rule is the one in force at the start."""
    start = from_ or now()
    stop_clocks(thing, [kind])
    counted_by, closures = counting(thing, kind, start)
    computed = due_date or due(
        kind,
        from_=start,
        calendar=counted_by,
        policy=deadlines_at(start),
        severity=severity,
        company_closures=closures,
    )
    clock = _clock(thing, kind, start, computed)
    db().add(clock)
    note_next_due(thing)
    return clock


def resume_clock(thing: HasClocks, *kinds: ClockKind, severity: Severity | None = None) -> Clock:
    """Go on with what was left of the one of these that was stopped last; without one, the first of them begins.

    One that runs goes on as it is.
    """
    running = next((clock for clock in running_clocks(thing.id) if clock.kind in kinds), None)
    if running is not None:
        return running
    last = last_stopped(thing.id, kinds)
    if last is None or last.stopped_at is None:
        return start_clock(thing, kinds[0], severity=severity)
    return pass_over(thing, last, since=last.stopped_at, severity=severity)


def pass_over(thing: HasClocks, clock: Clock, *, since: datetime, severity: Severity | None = None) -> Clock:
    """Let a clock run on as if the time since a moment had not passed: it stood still."""
    at, paused_at = now(), max(since, clock.started_at)
    policy = deadlines_at(clock.started_at)
    counted_by, closures = counting(thing, clock.kind, clock.started_at)
    start = start_after_pause(
        started_at=clock.started_at,
        paused_at=paused_at,
        resumed_at=at,
        term=policy.term(clock.kind, severity),
        calendar=counted_by.with_company_closures(closures, after=clock.started_at),
    )
    found = due(
        clock.kind, from_=start, calendar=counted_by, policy=policy, severity=severity, company_closures=closures
    )
    explained = explained_with_pause(found, paused_at=paused_at, resumed_at=at)
    return start_clock(thing, clock.kind, from_=start, due_date=explained)


def counting(thing: HasClocks, kind: ClockKind, start: datetime) -> tuple[Calendar, tuple[date, ...]]:
    """By which calendar a clock is counted, and which closure days of the officer's company it passes over."""
    if kind in OFFICERS_CLOCKS and isinstance(thing, Exchange):
        return calendar_and_days(thing.company_id, start, calendar())
    return calendar(), ()


def first_clocks(thing: HasClocks, kinds: Iterable[ClockKind]) -> list[Clock]:
    """The clocks that run from the beginning of a new thing, for whoever stores them with the thing itself."""
    start = now()
    counted_by, policy = calendar(), deadlines_at(start)
    clocks = [_clock(thing, kind, start, due(kind, from_=start, calendar=counted_by, policy=policy)) for kind in kinds]
    _keep_first(thing, min(clocks, key=lambda clock: clock.due_at, default=None))
    return clocks


def _clock(thing: HasClocks, kind: ClockKind, start: datetime, computed: DueDate) -> Clock:
    return Clock(
        id=new_id(),
        subject_kind=thing.__tablename__,
        subject_id=thing.id,
        kind=kind,
        started_at=start,
        due_at=computed.due_at,
        policy_version=computed.policy_version,
        calendar_version=computed.calendar_version,
        explanation_ja=computed.explanation_ja,
        explanation_en=computed.explanation_en,
    )


def meet_clocks(thing: HasClocks, kinds: Iterable[ClockKind]) -> None:
    """What these clocks waited for has happened."""
    for kind in kinds:
        clock = running_clock(thing.id, kind)
        if clock is not None:
            clock.met_at = now()
    note_next_due(thing)


def stop_clocks(thing: HasClocks, kinds: Iterable[ClockKind] | None = None, *, but: Iterable[ClockKind] = ()) -> None:
    """These clocks (or all of them, but for some) no longer wait for anything."""
    wanted, kept = None if kinds is None else set(kinds), set(but)
    for clock in running_clocks(thing.id):
        if (wanted is None or clock.kind in wanted) and clock.kind not in kept:
            clock.stopped_at = now()
    note_next_due(thing)


def note_next_due(thing: HasClocks) -> None:
    """Keep what is due next on the thing itself, where the boards order by it."""
    if not hasattr(thing, "next_due_at"):
        return
    db().flush()
    _keep_first(thing, next(iter(running_clocks(thing.id)), None))


def _keep_first(thing: HasClocks, first: Clock | None) -> None:
    if hasattr(thing, "next_due_at"):
        thing.next_due_at = first.due_at if first else None
    if hasattr(thing, "next_due_kind"):
        thing.next_due_kind = first.kind if first else None
