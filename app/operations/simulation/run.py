"""make simulate: an association of so many companies, day by day for so many years, and what happened in each."""

from __future__ import annotations

import gc
import time as machine_time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from flask import Flask
from sqlalchemy import update

from app.operations.association import Association, say_that_they_serve
from app.operations.demo.timeline import Story, Timeline
from app.operations.schema import bring_up
from app.operations.simulation import boardroom, chronicle, members, secretariat
from app.operations.simulation.founding import firms_of, found, private_installation
from app.operations.simulation.invariants import Violation
from app.operations.simulation.overseer import Broken, Overseer, overseer
from app.operations.simulation.town import Town, chance_of
from app.operations.sweep import sweep
from app.operations.terminal import complain, say
from app.pipeline.clock import TOKYO, FixedClock, now
from app.pipeline.transaction import db, transaction
from models.outbox_message import OutboxMessage
from models.rules.working_days import DEFAULT_CALENDAR

FIRST_DAY = date(2026, 4, 1)
HOUR_OF_THE_CLOCK = time(8, 50)
DAYS_OF_A_YEAR = 365.25
YOUNG_THINGS = 50_000


@dataclass
class Simulation:
    """One simulation, from its first day on."""

    app: Flask
    clock: FixedClock
    town: Town
    overseer: Overseer
    counts: list[Counter[str]] = field(default_factory=list)
    members: int = 0
    certified: int = 0
    _year_began: datetime = field(init=False)

    def run(self) -> None:
        """Live every day. Raises Broken on the first one that breaks a rule."""
        found(self.app, self.town)
        with self.app.app_context():
            beginning = chronicle.counted(self.clock.now(), self.clock.now() + timedelta(minutes=1))
        self.members, self.certified = beginning["joined"], beginning["pre-certified"]
        self.clock.move(to=self.clock.now() + timedelta(minutes=1))
        self._year_began = self.clock.now()
        ends_at = datetime.combine(self.town.last, time(23), TOKYO)
        timeline = Timeline(self.app, self.clock, ends_at=ends_at, by_the_clock=self._day, hours=(HOUR_OF_THE_CLOCK,))
        self.town.live_by(timeline)
        for firm in self.town.firms:
            members.lives(self.town, firm)
        boardroom.changes(self.town)
        for held_at in boardroom.meetings(self.town):
            self.town.tell(boardroom.meets(self.town, held_at))
        self.town.tell(_first_morning(self.town.first))
        timeline.run()
        self.overseer.conclude()
        self._end_year()

    def _day(self) -> None:
        """The clock's work of a day, whether everything still holds, and what the secretariat then finds."""
        day = self.clock.now().astimezone(TOKYO).date()
        if day != self.town.first and (day.month, day.day) == (self.town.first.month, self.town.first.day):
            self._end_year()
        swept = sweep(self.app, is_alone=True)
        if swept.failed:
            raise Broken(day, [Violation("the clock does its work", None, ", ".join(swept.failed))])
        self.overseer.look_over(self.clock)
        with self.app.app_context(), transaction():
            _mails_arrive()
        if DEFAULT_CALENDAR.is_working_day(day):
            with self.app.app_context(), transaction():
                secretariat.morning(self.town)
                say_that_they_serve()

    def _end_year(self) -> None:
        with self.app.app_context():
            at = now()
            self.counts.append(chronicle.counted(self._year_began, at))
            self._year_began = at


def _mails_arrive() -> None:
    """Nobody carries a mail out of here: what waits counts as sent, so that it goes when its time is over."""
    waiting = (OutboxMessage.sent_at.is_(None), OutboxMessage.given_up_at.is_(None))
    sent = update(OutboxMessage).where(*waiting).values(sent_at=now())
    db().execute(sent, execution_options={"synchronize_session": False})


def _first_morning(first: date) -> Story:
    yield datetime.combine(first, time(7, 30), TOKYO)


def simulate(*, seed: int, companies: int, days: int) -> Simulation:
    """Let an association live so many days. Raises Broken on the first day that breaks a rule."""
    town = Town(Association(), seed, FIRST_DAY, FIRST_DAY + timedelta(days=days - 1), chance=chance_of(seed, "town"))
    town.firms = firms_of(seed, companies, FIRST_DAY, days)
    with private_installation(FIRST_DAY) as (app, clock), seldom_looked_through(), overseer(app, clock) as beside:
        bring_up(app)
        simulation = Simulation(app, clock, town, beside)
        simulation.run()
    return simulation


@contextmanager
def seldom_looked_through() -> Iterator[None]:
    """What is loaded by now stays; what is made each day goes by itself: the rest is looked for now and then only."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_THINGS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def run(*, seed: int, companies: int, years: float) -> int:
    """Simulate and print. Gives 0 when every day kept every rule."""
    began = machine_time.monotonic()
    days = round(years * DAYS_OF_A_YEAR)
    print(f"seed {seed}, {companies} companies, {days} days from {FIRST_DAY}", flush=True)
    try:
        simulation = simulate(seed=seed, companies=companies, days=days)
    except Broken as broken:
        for one in broken.found:
            print(f"  {broken.day}: {one}")
        complain(
            f"守られるべきことが守られませんでした({broken.day})。", f"A rule was broken on {broken.day} (seed {seed})."
        )
        return 1
    for line in told(simulation):
        print(line)
    seconds = machine_time.monotonic() - began
    say(
        f"すべての日で、守られるべきことが守られました({seconds:.0f}秒)。",
        f"Every day kept every rule ({seconds:.0f} s).",
    )
    return 0


def told(simulation: Simulation) -> list[str]:
    """What is printed of a simulation: the same for the same seed."""
    heads = [f"year {number}" for number in range(1, len(simulation.counts) + 1)]
    lines = [f"{simulation.members} members at the beginning, {simulation.certified} of them certified"]
    lines += chronicle.in_columns(heads, simulation.counts)
    lines += [f"{words}: {times}" for words, times in sorted(simulation.town.attempts.items())]
    lines.append(f"days looked over: {simulation.overseer.days}")
    return lines
