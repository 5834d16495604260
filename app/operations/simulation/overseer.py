"""Who looks a day over: a process beside the simulation, which reads what was stored at that moment and nothing later.

The simulation goes on with its next day meanwhile. It waits only until the reading has begun, so that no act of the
next day is seen, and asks for what was found before it has the next day looked over: no day is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from flask import Flask
from sqlalchemy import select

from app.operations.simulation.invariants import Violation, violations
from app.pipeline.clock import TOKYO, FixedClock
from app.pipeline.transaction import db
from models.letter_number import LetterNumber

READING = "reading"
SECONDS_TO_END = 30


class Broken(Exception):
    """An invariant does not hold, or the clock's work failed: the simulation ends with that day."""

    def __init__(self, day: date, found: list[Violation]) -> None:
        super().__init__(f"{day}: {found[0].rule}")
        self.day, self.found = day, found


class Overseer:
    """Has each day looked over by the process beside."""

    def __init__(self, beside: Connection, process: BaseProcess) -> None:
        self._beside, self._process = beside, process
        self._day: date | None = None
        self.days = 0
        """How many days were looked over, to the end."""

    def look_over(self, clock: FixedClock) -> None:
        """Have this moment looked over. Raises Broken when the day before it broke a rule."""
        self.conclude()
        self._beside.send(clock.now())
        if self._beside.recv() != READING:
            raise RuntimeError("the day was not read")
        self._day = clock.now().astimezone(TOKYO).date()

    def conclude(self) -> None:
        """Wait for what was found on the last day. Raises Broken when it broke a rule."""
        if self._day is None:
            return
        day, self._day = self._day, None
        found: list[Violation] = self._beside.recv()
        if found:
            raise Broken(day, found)
        self.days += 1

    def end(self) -> None:
        """Let the process beside go home."""
        self._beside.close()
        self._process.join(SECONDS_TO_END)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()


@contextmanager
def overseer(app: Flask, clock: FixedClock) -> Iterator[Overseer]:
    """The process beside, begun before this one has opened anything that two processes must not share."""
    here, there = get_context("fork").Pipe()
    process = get_context("fork").Process(target=_watch, args=(app, clock, there, here), daemon=True)
    process.start()
    there.close()
    found = Overseer(here, process)
    try:
        yield found
    finally:
        found.end()


def _watch(app: Flask, clock: FixedClock, asked: Connection, other_end: Connection) -> None:
    # As long as this process held the other end too, the end of the simulation would never reach it.
    other_end.close()
    while True:
        try:
            moment = asked.recv()
        except (EOFError, ConnectionResetError):
            # The simulation is over, or has ended without a word.
            return
        clock.move(to=moment)
        with app.app_context():
            # The first thing that is read settles what this transaction sees of the database until its end.
            db().execute(select(LetterNumber.last).limit(1)).all()
            asked.send(READING)
            asked.send(violations())
