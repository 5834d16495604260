"""Clocks are started, met and stopped; each keeps the rule and the calendar that its due date came from."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from sqlalchemy import BindParameter, Select, bindparam, exists, select

from app.absences.queries import calendar_and_days
from app.clocks.queries import calendar, last_stopped, running_clock, running_clocks
from app.pipeline.clock import now
from app.pipeline.ids import new_id
from app.pipeline.transaction import db
from app.rulebook.queries import deadlines_at
from models.base import UtcMoment
from models.clock import Clock
from models.exchange import Exchange
from models.person import Person
from models.reminder import Reminder
from models.rules.deadlines import OFFICERS_CLOCKS, ClockKind, DueDate, due
from models.rules.pausing import explained_with_pause, start_after_pause
from models.rules.reminders import Reminder as Place
from models.rules.reminders import ReminderKind, reminders_for
from models.rules.taxonomy.severity import Severity
from models.rules.working_days import Calendar

# Two business days before the due day are at most this far off, across the longest holidays.
_LONGEST_LOOK_AHEAD = timedelta(days=21)
_LOOKED_AHEAD: BindParameter[datetime] = bindparam("looked_ahead", type_=UtcMoment())
"""Up to when a clock may fall due of which there may be something to remind now, in a query that is made once."""
ASKED_AT_ONCE = 500
_ISSUED = select(Reminder.clock_id, Reminder.kind).where(Reminder.clock_id.in_(bindparam("clocks", expanding=True)))


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


@dataclass(frozen=True)
class DueReminders:
    """The places of a clock's rhythm that have come and were not noted, the oldest first."""

    clock: Clock
    places: tuple[Place, ...]
    is_to_be_sent: bool
    """One that was overtaken by a later place of the rhythm, already mailed, is noted and not mailed any more."""

    @property
    def key(self) -> str:
        """What makes sure that the newest is mailed once."""
        return f"{self.clock.id.hex}:{self.places[-1].kind.value}"


def may_be_reminded_of(kinds: Collection[ClockKind]) -> Select[Clock]:
    """The clocks of these kinds that run, are near enough to their end, and whose last reminder was not issued."""
    last = exists().where(Reminder.clock_id == Clock.id, Reminder.kind == ReminderKind.AFTER_3.value)
    return (
        select(Clock)
        .where(
            Clock.kind.in_(kinds),
            Clock.met_at.is_(None),
            Clock.stopped_at.is_(None),
            Clock.due_at <= _LOOKED_AHEAD,
            ~last,
        )
        .order_by(Clock.id)
    )


def reminders_due(running: Select[Clock], *, at: datetime) -> list[DueReminders]:
    """What of these clocks is to be reminded of by now; nobody else changes them meanwhile."""
    found = places_due(running.with_for_update(skip_locked=True, of=Clock), at=at)
    return [DueReminders(db().get_one(Clock, one), due, is_sent) for one, (due, is_sent) in found.items()]


def places_due(running: Select[Clock], *, at: datetime) -> dict[uuid.UUID, tuple[tuple[Place, ...], bool]]:
    """By clock, what is to be reminded of by now, and whether the newest of it is to be sent.

    The clocks are of those that may_be_reminded_of.
    A day before a clock's beginning was never due. Of most nothing is due: they are looked through by two of their
    columns, and what was issued already is asked for all of them in few questions.
    """
    counted_by = calendar()
    few = running.with_only_columns(Clock.id, Clock.started_at, Clock.due_at, maintain_column_froms=True)
    come: dict[uuid.UUID, list[Place]] = {}
    for clock_id, started_at, due_at in db().execute(few, {_LOOKED_AHEAD.key: at + _LONGEST_LOOK_AHEAD}):
        rhythm = [one for one in reminders_for(due_at, counted_by) if started_at < one.at <= at]
        if rhythm:
            come[clock_id] = rhythm
    issued = _issued_of(list(come))
    found = {}
    for clock_id, rhythm in come.items():
        due = tuple(one for one in rhythm if (clock_id, one.kind.value) not in issued)
        if due:
            found[clock_id] = due, due[-1] is rhythm[-1]
    return found


def _issued_of(clock_ids: Sequence[uuid.UUID]) -> set[tuple[uuid.UUID, str]]:
    found: set[tuple[uuid.UUID, str]] = set()
    for first in range(0, len(clock_ids), ASKED_AT_ONCE):
        some = clock_ids[first : first + ASKED_AT_ONCE]
        rows = db().execute(_ISSUED, {"clocks": some})
        found |= {(clock_id, kind) for clock_id, kind in rows}
    return found


def note_reminders(due: DueReminders, *, at: datetime, person: Person | None) -> list[Reminder]:
    """Note each of them; the newest with whom it was mailed to, the older ones with nobody's name."""
    newest = due.places[-1]
    noted = [
        Reminder(
            id=uuid.uuid4(),
            clock_id=due.clock.id,
            kind=one.kind.value,
            scheduled_at=one.at,
            issued_at=at,
            person_id=person.id if person and one is newest else None,
        )
        for one in due.places
    ]
    db().add_all(noted)
    return noted
