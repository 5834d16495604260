"""A process that the system kills at one of its own steps, and another one that goes on from what it left.

A step is a statement or a commit at either database, or a change to a file of the installation. At the step that was
drawn the process is sent SIGKILL, as by the system itself: nothing of it runs any more, and nothing is put in order.
"""

from __future__ import annotations

import itertools
import os
import random
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import event

from tests.support.drawn import drawn_from
from tests.support.installation import engines_of
from tests.support.statements import heard

KILLS = int(os.environ.get("KIKITE_TEST_KILLS", "12"))
"""How many times each of the works is killed. By hand: KIKITE_TEST_KILLS=50."""
_LIVES = itertools.count()
OF_FILES = frozenset({"open", "os.rename", "os.remove", "os.mkdir"})


@dataclass(frozen=True)
class Life:
    """What became of a process: how many steps it came, or that it was killed."""

    steps: int
    was_killed: bool


class _Steps:
    """Counts the steps of this process, and ends it before the one that was drawn."""

    def __init__(self, app: Flask, last: int | None) -> None:
        self.count = 0
        self._last = last
        self._folder = str(app.config["KIKITE"].data)
        # To the end of the process.
        self._statements = heard(engines_of(app), self)
        self._statements.__enter__()
        for engine in engines_of(app):
            event.listen(engine, "commit", self)
        sys.addaudithook(self._file)

    def __call__(self, *_what: Any) -> None:
        if self._last is not None and self.count >= self._last:
            os.kill(os.getpid(), signal.SIGKILL)
        self.count += 1

    def _file(self, what: str, arguments: tuple[Any, ...]) -> None:
        # SQLite's own files are opened by its library and not seen here; its statements are.
        if what in OF_FILES and arguments and str(arguments[0]).startswith(self._folder):
            self()


def lived(app: Flask, work: Callable[[], object], *, until: int | None = None) -> Life:
    """Do the work in a process of its own, which is killed before this step. Raises when it fails by itself."""
    for engine in engines_of(app):
        engine.dispose()
    life = next(_LIVES)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(reading)
            steps = _Steps(app, until)
            # What this process draws is drawn by no other.
            with drawn_from(f"life {life}"), app.app_context():
                work()
            os.write(writing, str(steps.count).encode())
            status = 0
        except BaseException:  # noqa: BLE001 - this process ends here, and says why
            traceback.print_exc()
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading, "rb") as told:
        steps_taken = told.read()
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if ended not in {0, -signal.SIGKILL}:
        raise AssertionError(f"the work failed by itself, with status {ended}")
    return Life(int(steps_taken or 0), ended == -signal.SIGKILL)


def points(steps: int, *, kills: int = KILLS) -> Iterator[int]:
    """At which steps it is killed: spread over all of them, the same for the same number of kills."""
    chance = random.Random(kills)
    for number in range(kills):
        first, after = number * steps // kills, (number + 1) * steps // kills
        yield chance.randrange(first, max(after, first + 1))
