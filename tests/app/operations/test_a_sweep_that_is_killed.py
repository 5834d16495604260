"""Killed at any statement and run again, the work by the clock comes to what it comes to when nothing happens."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from sqlalchemy import Boolean, Date, Integer, delete, select

from app.cases.actions import arrange_sending
from app.operations.sweep import sweep
from app.pipeline.clock import FixedClock
from app.pipeline.transaction import db, transaction
from models.base import CodeOf, UtcMoment
from models.exchange import Exchange
from models.lease import Lease
from models.registry import metadata
from models.rules.taxonomy.severity import Severity
from tests.conftest import STARTS_AT
from tests.support.installation import Installation, engines_of
from tests.support.present import present
from tests.support.road import acknowledged, approved, copied, done, let_hours_pass, reported, routed, triaged
from tests.support.statements import heard

MOMENTS = 12
KILLS = int(os.environ.get("KIKITE_TEST_KILLS", "12"))
"""How many times a run is killed. By hand: KIKITE_TEST_KILLS=200."""
HOURS_BETWEEN = 250
TELLING = (Boolean, Integer, Date, UtcMoment, CodeOf)
"""What is the same in two runs; ids, numbers and all that is sealed are drawn."""


class Killed(BaseException):
    """Nothing of the program goes on after it; what it wrote without a commit is gone."""


class Killer:
    """Lets so many statements pass and then none at all, until it is told to live."""

    def __init__(self) -> None:
        self.passed = 0
        self._after: int | None = None

    def kill_after(self, statements: int) -> None:
        self.passed, self._after = 0, statements

    def live(self) -> None:
        self.passed, self._after = 0, None

    def __call__(self, _statement: str) -> None:
        if self._after is not None and self.passed >= self._after:
            raise Killed
        self.passed += 1


@contextmanager
def listening(app: Flask) -> Iterator[Killer]:
    killer = Killer()
    with heard(engines_of(app), killer):
        yield killer


def a_desk_in_the_middle_of_its_work() -> None:
    """A company that says nothing, one that acknowledged and one that reported, a copy in its hold, a grave case."""
    routed(company="alpha")
    acknowledged(company="beta")
    reported(company="gamma")
    routed(company="alpha", severity=Severity.HIGH)
    case, code = triaged(company="delta")
    held = approved(case, code, copied(case, "delta"))
    exchange = db().get_one(Exchange, held.exchange_id)
    done(lambda: arrange_sending(case, exchange, consulter_agrees=False, actor=present("counselor")))


def what_there_is() -> Counter[tuple[Any, ...]]:
    """Every row of every table, by all that does not come from chance."""
    found: Counter[tuple[Any, ...]] = Counter()
    for table in metadata.sorted_tables:
        columns = [column for column in table.columns if isinstance(column.type, TELLING)]
        if table.name != Lease.__tablename__:
            found.update((table.name, *row) for row in db().execute(select(*columns, table.c[0])).all() if columns)
    return found


def told_apart(found: Counter[tuple[Any, ...]]) -> Counter[tuple[Any, ...]]:
    """Without the id, by which a row was kept from falling together with one that reads the same."""
    without: Counter[tuple[Any, ...]] = Counter()
    for row, times in found.items():
        without[row[:-1]] += times
    return without


@dataclass
class Life:
    """What became of an installation: the statements of each sweep, and all there was after it."""

    statements: list[int] = field(default_factory=list)
    states: list[Counter[tuple[Any, ...]]] = field(default_factory=list)
    deaths: int = 0


def lived_through(app: Flask, *, kills: dict[int, list[int]]) -> Life:
    """Sweep at every moment, killed so often before."""
    life = Life()
    with app.app_context():
        a_desk_in_the_middle_of_its_work()
    with listening(app) as killer:
        for moment in range(MOMENTS):
            with app.app_context():
                let_hours_pass(HOURS_BETWEEN)
            for after in kills.get(moment, ()):
                life.deaths += dies_in_a_sweep(app, killer, after)
            killer.live()
            assert sweep(app).failed == ()
            life.statements.append(killer.passed)
            with app.app_context():
                life.states.append(told_apart(what_there_is()))
    return life


def dies_in_a_sweep(app: Flask, killer: Killer, after: int) -> bool:
    """Whether the sweep came as far as that; one that follows another's half has less left to do."""
    killer.kill_after(after)
    died = False
    try:
        sweep(app)
    except Killed:
        died = True
    killer.live()
    for engine in engines_of(app):
        engine.dispose()
    # A process that is gone holds its lease until it runs out; the others wait, and nothing else becomes of it.
    with app.app_context(), transaction():
        db().execute(delete(Lease))
    return died


def test_killed_at_any_statement_and_run_again_the_result_is_the_same(app: Flask, installation: Installation) -> None:
    undisturbed = lived_through(app, kills={})
    assert undisturbed.states[0] != undisturbed.states[-1], "the clock had work to do"
    chance = random.Random(KILLS)
    kills: dict[int, list[int]] = {}
    for _ in range(KILLS):
        moment = chance.randrange(MOMENTS)
        kills.setdefault(moment, []).append(chance.randrange(undisturbed.statements[moment]))
    installation.let_go()
    disturbed = lived_through(installation.fresh(FixedClock(STARTS_AT)), kills=kills)
    assert disturbed.deaths > KILLS * 3 // 4
    for moment, (calm, killed) in enumerate(zip(undisturbed.states, disturbed.states, strict=True)):
        assert killed - calm == Counter(), f"more at moment {moment}, killed at {kills.get(moment)}"
        assert calm - killed == Counter(), f"less at moment {moment}, killed at {kills.get(moment)}"
