"""What the work by the clock costs among few running clocks and among a million, when the same things are due."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, insert, select

from app.pipeline.clock import FixedClock, WallClock, use_clock
from app.pipeline.transaction import db, transaction
from benchmarks.installation import Databases, Installation, let_go
from benchmarks.population import pattern_of, populate
from benchmarks.servers import KIB, MEGABYTE, ROOT
from models.audit_record import AuditRecord
from models.case import Case
from models.clock import Clock
from models.rules.deadlines import ClockKind
from tests.support.present import present
from tests.support.road import routed

RUNNING = (10_000, 1_000_000)
OVERDUE = 50
LONG_AGO, LATER = timedelta(days=20), timedelta(days=400)
AT_A_TIME = 10_000


@dataclass(frozen=True)
class Swept:
    """One sweep in a process of its own: processor seconds, megabytes at most, and records of what was done."""

    running: int
    cpu: float
    resident: float
    records: int


def sweeps(databases: Databases, *, told: Callable[[int], None]) -> tuple[Swept, ...]:
    """The same sweep among few running clocks and among many."""
    original = databases.make("sweep")
    _fall_behind(original)
    found = []
    for running in RUNNING:
        installation = databases.copy(original, f"sweep_{running}")
        _let_run(installation, running, told=told)
        before = _records(installation)
        cpu, resident = _sweep(installation)
        found.append(Swept(running, cpu, resident, _records(installation) - before))
        databases.remove(installation)
    return tuple(found)


def _fall_behind(installation: Installation) -> None:
    """A company has not confirmed what was sent to it twenty days ago, many times over."""
    app = installation.app()
    with app.app_context():
        use_clock(app, FixedClock(WallClock().now() - LONG_AGO))
        exchange = routed()
        readers = [present("counselor"), present("alpha_officer")]
        pattern = pattern_of(db().get_one(Case, exchange.case_id), readers=readers)
        db().rollback()
        populate([pattern], OVERDUE - 1, told=lambda _count: None)
    let_go(app)


def _let_run(installation: Installation, count: int, *, told: Callable[[int], None]) -> None:
    app = installation.app()
    with app.app_context():
        due = WallClock().now() + LATER
        for begun in range(0, count, AT_A_TIME):
            with transaction():
                db().execute(insert(Clock), [_running(due) for _ in range(AT_A_TIME)])
            told(begun + AT_A_TIME)
    let_go(app)


def _running(due: datetime) -> dict[str, object]:
    return {
        "id": uuid.uuid4(),
        "subject_kind": "exchange",
        "subject_id": uuid.uuid4(),
        "kind": ClockKind.OFFICER_ACK,
        "started_at": due - LATER,
        "due_at": due,
        "policy_version": "bench",
        "calendar_version": "bench",
        "explanation_ja": "",
        "explanation_en": "",
    }


def _records(installation: Installation) -> int:
    app = installation.app()
    with app.app_context():
        count = db().scalar(select(func.count()).select_from(AuditRecord)) or 0
    let_go(app)
    return count


def _sweep(installation: Installation) -> tuple[float, float]:
    child = subprocess.Popen(
        [sys.executable, "-m", "app", "sweep", "--once"],
        cwd=ROOT,
        env={**os.environ, **installation.environment},
        stdout=subprocess.DEVNULL,
    )
    _pid, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"the sweep ended with {child.returncode}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss * KIB / MEGABYTE
