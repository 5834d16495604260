"""Measure the service against the floor: python -m benchmarks [--quick] [--only …] [--database …]."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, text

from benchmarks import floor as floor_app
from benchmarks.auditing import audits
from benchmarks.burst import burst
from benchmarks.installation import Databases, Installation, let_go, stored_bytes
from benchmarks.installed import only_what_runs
from benchmarks.lists import fill, open_lists
from benchmarks.machine import database_name, machine
from benchmarks.masking import masking_report
from benchmarks.report import Findings, targets, written
from benchmarks.searching import search_costs
from benchmarks.servers import FLOOR, SERVICE, Server, running
from benchmarks.submissions import at_the_floor, storing, submit, whole
from benchmarks.sweeping import sweeps
from tests.support.postgres import create_database, running_postgres

RESULTS = Path(__file__).parent / "results" / "latest.md"
SAMPLE = 10
STORING_CLIENTS = (1, 8, 64)
WHOLE_CLIENTS = (1, 4, 8, 64)


@dataclass(frozen=True)
class Effort:
    """How much is asked of the servers: requests for each round, rounds, and sizes of the lists."""

    rounds: int
    requests: int
    sizes: tuple[int, int]
    openings: int


FULL = Effort(rounds=10, requests=64, sizes=(1_000, 10_000), openings=60)
QUICK = Effort(rounds=2, requests=24, sizes=(100, 1_000), openings=20)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a short run with smaller lists, to see that all works")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--only", choices=("submissions", "lists", "burst", "sweep", "masking", "audit"))
    chosen = parser.parse_args(arguments)
    proposal = masking_report()
    if chosen.only == "masking":
        print(proposal)
        return 0
    effort = QUICK if chosen.quick else FULL
    with _databases(chosen.database) as (databases, version):
        found = Findings(machine(database_name(chosen.database, version)), sizes=effort.sizes)
        _measure(databases, found, effort, only=chosen.only)
    report = f"{written(found)}\n\n{proposal}"
    if not chosen.quick and chosen.only is None:
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(report + "\n", encoding="utf-8")
    print(report)
    missed = [target for target in targets(found) if not target.is_met]
    for target in missed:
        print(f"MISSED: {target.promise}: {target.found}")
    print("Every target is met." if not missed else f"{len(missed)} of the targets are missed.")
    return 0


@contextmanager
def _databases(kind: str) -> Iterator[tuple[Databases, str]]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kikite-bench-")))
        if kind == "sqlite":
            yield Databases(folder, None), ""
            return
        server = stack.enter_context(running_postgres(is_durable=True))
        engine = create_engine(server.replace("postgresql://", "postgresql+psycopg://", 1))
        with engine.connect() as connection:
            version = str(connection.execute(text("SHOW server_version")).scalar_one())
        engine.dispose()
        yield Databases(folder, server), version


def _measure(databases: Databases, found: Findings, effort: Effort, *, only: str | None) -> None:
    _say("making the installation")
    empty = databases.make("empty")
    if only in (None, "burst"):
        _burst(found, databases)
    if only in (None, "sweep"):
        _say("sweeping among a million clocks")
        found.swept = sweeps(databases, told=_count)
    if only in (None, "audit"):
        _say("verifying a hundred thousand records")
        found.audited = audits(databases, told=_count)
    if only in ("burst", "sweep", "audit"):
        return
    with ExitStack() as stack:
        server = stack.enter_context(_serving(empty, databases))
        found.row_bytes = _bytes_of_one(empty, server)
        floor = stack.enter_context(_floor(databases, found.row_bytes))
        if only != "lists":
            _submissions(found, server, floor, effort)
            found.memory = server.memory()
        if only != "submissions":
            found.page_floor = at_the_floor(floor, b"text=" + b"x" * 900, clients=1, requests=effort.requests)
            _lists(found, databases, effort)


def _burst(found: Findings, databases: Databases) -> None:
    _say("two hundred about one outage")
    installation = databases.make("burst")
    with _serving(installation, databases) as server:
        found.burst = burst(server, installation)


def _submissions(found: Findings, server: Server, floor: Server, effort: Effort) -> None:
    for clients in STORING_CLIENTS:
        _say(f"storing, {clients} at once")
        requests = max(effort.requests, 2 * clients)
        found.storing[clients] = storing(server, floor, clients=clients, requests=requests, rounds=effort.rounds)
    for clients in WHOLE_CLIENTS:
        _say(f"whole submissions, {clients} at once")
        requests = max(effort.requests, 2 * clients)
        found.whole[clients] = whole(server, floor, clients=clients, requests=requests, rounds=effort.rounds)


def _lists(found: Findings, databases: Databases, effort: Effort) -> None:
    installations = []
    for name, count in zip(("small", "large"), effort.sizes, strict=True):
        _say(f"writing {count:,} consultations")
        installation = databases.make(name)
        fill(installation, count, told=_count)
        installations.append(installation)
    _say("looking for words")
    found.searched = search_costs(installations[1])
    with ExitStack() as stack:
        small, large = (stack.enter_context(_serving(each, databases)) for each in installations)
        _say("opening pages")
        found.pages = open_lists(small, large, times=effort.openings)
        found.memory = [*found.memory, *large.memory()]


@contextmanager
def _serving(installation: Installation, databases: Databases) -> Iterator[Server]:
    log = databases.folder / f"{installation.data.name}.log"
    packages = databases.folder / f"{installation.data.name}.packages"
    environment = {**installation.environment, **only_what_runs(packages)}
    with running(SERVICE, environment=environment, log=log) as server:
        yield server


@contextmanager
def _floor(databases: Databases, row_bytes: int) -> Iterator[Server]:
    if databases.server:
        url = create_database(databases.server, "kikite_bench_floor").replace("postgresql:", "postgresql+psycopg:", 1)
    else:
        url = f"sqlite+pysqlite:///{databases.folder / 'floor.sqlite3'}"
    told = {floor_app.DATABASE: url, floor_app.ROW_BYTES: str(row_bytes)}
    os.environ.update(told)
    floor_app.make_tables()
    with running(FLOOR, environment=told, log=databases.folder / "floor.log") as server:
        yield server


def _bytes_of_one(installation: Installation, server: Server) -> int:
    """What one consultation adds to both databases, measured on some that are sent; they also warm the server up."""
    app = installation.app()
    before = stored_bytes(app)
    for _ in range(SAMPLE):
        submit(server.port)
    after = stored_bytes(app)
    let_go(app)
    return (after - before) // SAMPLE


def _say(what: str) -> None:
    print(f"· {what}", file=sys.stderr, flush=True)


def _count(done: int) -> None:
    print(f"\r  {done:,}", end="\n" if done % 1000 == 0 else "", file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
