"""Runs the whole suite on SQLite, part of it again on PostgreSQL, then the browser tests; closes with the sum of all.

What touches a database runs on both. A test that cannot know which database a run is on runs once: see
``touches_the_database``.
"""

import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.browser import find_chromium, install_chromium
from tests.support.database_option import ONLY_TOUCHING
from tests.support.postgres import GIVEN_URL, NoPostgres, running_postgres
from tests.support.source_tree import ROOT
from tests.support.strict_reading import FOLDER as PAGES_READ

WORKERS = os.environ.get("KIKITE_TEST_WORKERS", "2")
BROWSER_WORKERS = os.environ.get("KIKITE_TEST_WORKERS", "3")
"""One more: a browser and its test wait for each other a third of their time."""
BROWSER_TESTS = "tests/browser"
COMPILED = ROOT / ".venv" / "compiled"
"""Many tests start the program in a process of its own: what was compiled once is kept, out of everybody's way."""
NOTHING_COLLECTED = 5


@dataclass(frozen=True)
class Tally:
    """How many tests passed, failed and were skipped; and how many parts did not end as they should."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    broken: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.passed + other.passed,
            self.failed + other.failed,
            self.skipped + other.skipped,
            self.broken + other.broken,
        )


def run_part(name: str, *arguments: str, postgres: str | None = None, workers: str = WORKERS) -> Tally:
    """Run pytest once, showing what it prints, and count from its own report."""
    print(f"\n===== {name} =====", flush=True)
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(COMPILED)}
    environment.pop(GIVEN_URL, None)
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    if postgres:
        environment[GIVEN_URL] = postgres
    begun = time.monotonic()
    with TemporaryDirectory(prefix="kikite-suite-") as folder:
        report = Path(folder) / "report.xml"
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-n",
            workers,
            "--dist",
            "worksteal",
            f"--junitxml={report}",
            *arguments,
        ]
        status = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
        tally = count(report) if report.exists() else Tally()
    print(f"{name}: {time.monotonic() - begun:.0f} seconds", flush=True)
    if status == NOTHING_COLLECTED:
        print(f"{name}: no test was found", flush=True)
    # A run that pytest calls failed without a failed test (nothing collected, a crash) is a failure all the same.
    return replace(tally, broken=1) if status != 0 and not tally.failed else tally


def count(report: Path) -> Tally:
    """Read pytest's report, which this run has just written itself."""
    suites = list(ET.parse(report).getroot().iter("testsuite"))  # noqa: S314
    total, failed, errors, skipped = (
        sum(int(suite.get(kind, "0")) for suite in suites) for kind in ("tests", "failures", "errors", "skipped")
    )
    return Tally(passed=max(0, total - failed - errors - skipped), failed=failed + errors, skipped=skipped)


def run_on_both_databases() -> Tally:
    """Whatever touches a database twice; the PostgreSQL server starts once and stops in the end."""
    rest = f"--ignore={BROWSER_TESTS}"
    tally = run_part("The suite on SQLite", "--database", "sqlite", rest)
    try:
        with running_postgres() as url:
            arguments = ("--database", "postgresql", ONLY_TOUCHING, rest)
            return tally + run_part("What touches a database, on PostgreSQL", *arguments, postgres=url)
    except NoPostgres as reason:
        print(f"\n===== What touches a database, on PostgreSQL =====\n{reason}", flush=True)
        return tally + Tally(broken=1)


def main() -> int:
    """Exit with 0 only when everything passed and, under CI, nothing was left out."""
    has_browser = find_chromium() is not None
    if not has_browser:
        print("No Chromium was found; trying to install Debian's …", flush=True)
        has_browser = install_chromium()
    left_out = ""
    with TemporaryDirectory(prefix="kikite-pages-") as folder:
        os.environ[PAGES_READ] = folder
        tally = run_on_both_databases()
        if has_browser:
            tally += run_part("In a real browser", "--database", "sqlite", BROWSER_TESTS, workers=BROWSER_WORKERS)
    if not has_browser:
        left_out = (
            "Left out: the browser tests, because there is no Chromium (install it, or name it in KIKITE_CHROMIUM)"
        )
    if tally.broken:
        print(f"\n{tally.broken} of the parts did not run to their end; see above.")
    skipped = f", {tally.skipped} skipped" if tally.skipped else ""
    print(f"\n{tally.passed} passed, {tally.failed + tally.broken} failed{skipped}")
    if left_out:
        print(left_out)
    refused = bool(left_out) and os.environ.get("CI", "").lower() in {"1", "true"}
    return 1 if tally.failed or tally.broken or refused else 0


if __name__ == "__main__":
    sys.exit(main())
