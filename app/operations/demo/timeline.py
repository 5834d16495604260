"""Stories that take turns by the calendar: each runs until it waits, and the clock's own work is done every day."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import count

from flask import Flask

from app.pipeline.clock import TOKYO, FixedClock
from app.pipeline.transaction import transaction
from models.rules.working_days import DEFAULT_CALENDAR

Story = Iterator[datetime]
HOURS_OF_THE_CLOCK = (time(8, 50), time(17, 5))


@dataclass(order=True)
class _Turn:
    at: datetime
    order: int
    story: Story = field(compare=False)


class Timeline:
    """Runs many stories in the order of their moments; one turn of a story is one transaction."""

    def __init__(
        self,
        app: Flask,
        clock: FixedClock,
        *,
        ends_at: datetime,
        by_the_clock: Callable[[], object],
        hours: Sequence[time] = HOURS_OF_THE_CLOCK,
    ) -> None:
        self._hours = hours
        self._app = app
        self._clock = clock
        self._ends_at = ends_at
        self._by_the_clock = by_the_clock
        self._turns: list[_Turn] = []
        self._order = count()

    def tell(self, story: Story) -> None:
        """Take a story up: its first turn says when it begins."""
        begins_at = next(story, None)
        if begins_at is not None:
            self._wait_for(story, begins_at)

    def run(self) -> None:
        """Let all of it happen, up to the present."""
        if not self._turns:
            return
        day = self._turns[0].at.astimezone(TOKYO).date()
        for sweep_at in _sweeps(day, self._ends_at, self._hours):
            self._run_until(min(sweep_at, self._ends_at))
            self._clock.move(to=min(sweep_at, self._ends_at))
            self._by_the_clock()
        self._clock.move(to=self._ends_at)

    def _run_until(self, moment: datetime) -> None:
        while self._turns and self._turns[0].at <= moment:
            turn = heapq.heappop(self._turns)
            self._clock.move(to=max(turn.at, self._clock.now()))
            with self._app.app_context(), transaction():
                waits_until = next(turn.story, None)
            if waits_until is not None:
                self._wait_for(turn.story, waits_until)

    def _wait_for(self, story: Story, moment: datetime) -> None:
        heapq.heappush(self._turns, _Turn(moment, next(self._order), story))


def _sweeps(first: date, ends_at: datetime, hours: Sequence[time]) -> Iterator[datetime]:
    day = first
    while True:
        for hour in hours:
            moment = datetime.combine(day, hour, TOKYO)
            if moment >= ends_at:
                yield ends_at
                return
            yield moment
        day += timedelta(days=1)


def office_hour(day: date, hour: int, minute: int = 0) -> datetime:
    """An hour of the last working day up to a day."""
    if not DEFAULT_CALENDAR.is_working_day(day):
        day = DEFAULT_CALENDAR.previous_working_day(day)
    return datetime.combine(day, time(hour, minute), TOKYO)


def later(moment: datetime, *, working_days: int = 0, minutes: int = 0) -> datetime:
    """So many working days after a moment, at the same time of day, and some minutes more."""
    here = moment.astimezone(TOKYO)
    day = DEFAULT_CALENDAR.add_working_days(here, working_days) if working_days else here.date()
    return datetime.combine(day, here.timetz(), TOKYO) + timedelta(minutes=minutes)
