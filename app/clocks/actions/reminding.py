"""Reminders: each place of a clock's rhythm is noted once, and the newest of them is mailed. What is reminded of, whom
a reminder goes to and where it is recorded is said by whoever reminds.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import TypeAlias

from sqlalchemy import Select, exists, select

from app.clocks.queries import calendar
from app.pipeline.audit import Fact
from app.pipeline.clock import now
from app.pipeline.identity import THE_CLOCK
from app.pipeline.made_once import MadeOnce, made_once
from app.pipeline.one_by_one import one_by_one
from app.pipeline.outbox import queue_mail
from app.pipeline.transaction import db
from models.clock import Clock
from models.person import Person
from models.reminder import Reminder
from models.rules.deadlines import ClockKind
from models.rules.mail_kinds import MailKind
from models.rules.reminders import Reminder as Place
from models.rules.reminders import ReminderKind, reminders_for

# Two business days before the due day are at most this far off, across the longest holidays.
_LONGEST_LOOK_AHEAD = timedelta(days=21)
ASKED_AT_ONCE = 500
Running: TypeAlias = MadeOnce[[datetime], Select[Clock]]
Come: TypeAlias = dict[uuid.UUID, tuple[tuple[Place, ...], bool]]


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


def may_be_reminded_of(kinds: Collection[ClockKind], looked_ahead: datetime) -> Select[Clock]:
    """The clocks of these kinds that run, are near enough to their end, and whose last reminder was not issued."""
    last = exists().where(Reminder.clock_id == Clock.id, Reminder.kind == ReminderKind.AFTER_3.value)
    return (
        select(Clock)
        .where(
            Clock.kind.in_(kinds),
            Clock.met_at.is_(None),
            Clock.stopped_at.is_(None),
            Clock.due_at <= looked_ahead,
            ~last,
        )
        .order_by(Clock.id)
    )


@dataclass(frozen=True)
class Reminding:
    """One kind of thing that people are reminded of."""

    work: str
    running: Running
    """The clocks, of those that may_be_reminded_of, up to a moment at which they fall due."""
    whom: Callable[[Clock, datetime], Person | None]
    """Whom it is mailed to, if anybody."""
    note: Callable[[Clock, dict[str, Fact]], object]
    """Records that one was issued."""

    @cached_property
    def _looked_through(self) -> MadeOnce[[datetime], Select[uuid.UUID, datetime, datetime]]:
        return self.running.changed(
            lambda asked: asked.with_only_columns(Clock.id, Clock.started_at, Clock.due_at, maintain_column_froms=True)
        )

    @cached_property
    def _taken(self) -> MadeOnce[[datetime], Select[uuid.UUID, datetime, datetime]]:
        return self._looked_through.changed(lambda asked: asked.with_for_update(skip_locked=True, of=Clock))

    def is_one_due(self) -> bool:
        """Whether the day of any reminder has come that was not noted."""
        return bool(_places_due(self._looked_through, at=now()))

    def remind(self) -> int:
        """Issue every reminder that is due and was not issued; returns how many were mailed.

        Where the machine was off and several of one clock are due, the newest is mailed. The older ones are recorded
        too, with nobody's name, so that they are never sent late and the log shows that they were not. Two processes
        share the work: each takes the clocks that nobody else has.
        """
        at = now()
        found = _places_due(self._taken, at=at)
        due = [DueReminders(db().get_one(Clock, one), places, is_sent) for one, (places, is_sent) in found.items()]
        by_clock = {one.clock: one for one in due}
        return one_by_one(by_clock, lambda clock: self._remind(by_clock[clock], at), work=self.work)

    def _remind(self, due: DueReminders, at: datetime) -> bool:
        person = self.whom(due.clock, at) if due.is_to_be_sent else None
        for reminder in _noted(due, at=at, person=person):
            self.note(due.clock, {"reminder_id": reminder.id.hex, "kind": reminder.kind})
        if person is not None:
            queue_mail(person, MailKind.REMINDER, actor=THE_CLOCK, key=due.key)
        return person is not None


def _places_due(running: MadeOnce[[datetime], Select[uuid.UUID, datetime, datetime]], *, at: datetime) -> Come:
    """By clock, what is to be reminded of by now, and whether the newest of it is to be sent.

    A day before a clock's beginning was never due. Of most nothing is due: they are looked through by two of their
    columns, and what was issued already is asked for all of them in few questions.
    """
    counted_by = calendar()
    come: dict[uuid.UUID, list[Place]] = {}
    for clock_id, started_at, due_at in running.rows(at + _LONGEST_LOOK_AHEAD):
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


@made_once
def _issued(clocks: Sequence[uuid.UUID]) -> Select[uuid.UUID, str]:
    return select(Reminder.clock_id, Reminder.kind).where(Reminder.clock_id.in_(clocks))


def _issued_of(clock_ids: Sequence[uuid.UUID]) -> set[tuple[uuid.UUID, str]]:
    found: set[tuple[uuid.UUID, str]] = set()
    for first in range(0, len(clock_ids), ASKED_AT_ONCE):
        found |= {(clock_id, kind) for clock_id, kind in _issued.rows(clock_ids[first : first + ASKED_AT_ONCE])}
    return found


def _noted(due: DueReminders, *, at: datetime, person: Person | None) -> list[Reminder]:
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
