"""Runs the whole suite on SQLite, then part of it again on PostgreSQL beside the browser tests; closes with the sum.

What touches a database runs on both. A test that cannot know which database a run is on runs once: see
``touches_the_database``. What measures how long something takes is among those, and so has no other part beside it.
"""

import os
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO

from tests.support.browser import find_chromium, install_chromium
from tests.support.database_option import ONLY_TOUCHING
from tests.support.postgres import GIVEN_URL, NoPostgres, running_postgres
from tests.support.source_tree import ROOT
from tests.support.strict_reading import FOLDER as PAGES_READ

WORKERS = os.environ.get("KIKITE_TEST_WORKERS", "2")
BROWSER_TESTS = "tests/browser"
REST = f"--ignore={BROWSER_TESTS}"
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


def run_part(name: str, *arguments: str, postgres: str | None = None, shown: IO[str] | None = None) -> Tally:
    """Run pytest once, showing what it prints, and count from its own report. ``shown`` is where, if not at once."""
    print(f"\n===== {name} =====", file=shown, flush=True)
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
            WORKERS,
            "--dist",
            "worksteal",
            f"--junitxml={report}",
            *arguments,
        ]
        status = subprocess.run(command, cwd=ROOT, env=environment, check=False, stdout=shown).returncode
        tally = count(report) if report.exists() else Tally()
    print(f"{name}: {time.monotonic() - begun:.0f} seconds", file=shown, flush=True)
    if status == NOTHING_COLLECTED:
        print(f"{name}: no test was found", file=shown, flush=True)
    # A run that pytest calls failed without a failed test (nothing collected, a crash) is a failure all the same.
    return replace(tally, broken=1) if status != 0 and not tally.failed else tally


def count(report: Path) -> Tally:
    """Read pytest's report, which this run has just written itself."""
    suites = list(ET.parse(report).getroot().iter("testsuite"))  # noqa: S314
    total, failed, errors, skipped = (
        sum(int(suite.get(kind, "0")) for suite in suites) for kind in ("tests", "failures", "errors", "skipped")
    )
    return Tally(passed=max(0, total - failed - errors - skipped), failed=failed + errors, skipped=skipped)


def run_on_postgres() -> Tally:
    """What touches a database, once more; the PostgreSQL server starts once and stops in the end."""
    name = "What touches a database, on PostgreSQL"
    try:
        with running_postgres() as url:
            return run_part(name, "--database", "postgresql", ONLY_TOUCHING, REST, postgres=url)
    except NoPostgres as reason:
        print(f"\n===== {name} =====\n{reason}", flush=True)
        return Tally(broken=1)


def run_all() -> tuple[Tally, bool]:
    """Every part, and whether there was a browser, which is fetched beside the first part where it is not there.

    A browser and its test wait for each other a third of their time, which another part can use.
    """
    with TemporaryFile("w+", encoding="utf-8") as shown, ThreadPoolExecutor(max_workers=1) as beside:
        fetched = beside.submit(_fetch_browser)
        tally = run_part("The suite on SQLite", "--database", "sqlite", REST)
        has_browser = fetched.result()
        in_browser: Future[Tally] | None = None
        if has_browser:
            name = "In a real browser"
            in_browser = beside.submit(run_part, name, "--database", "sqlite", BROWSER_TESTS, shown=shown)
        tally += run_on_postgres()
        if in_browser is not None:
            tally += in_browser.result()
            shown.seek(0)
            shutil.copyfileobj(shown, sys.stdout)
    return tally, has_browser


def _fetch_browser() -> bool:
    if find_chromium() is not None:
        return True
    print("No Chromium was found; trying to install Debian's …", flush=True)
    return install_chromium()


def main() -> int:
    """Exit with 0 only when everything passed and, under CI, nothing was left out."""
    left_out = ""
    with TemporaryDirectory(prefix="kikite-pages-") as folder:
        os.environ[PAGES_READ] = folder
        tally, has_browser = run_all()
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
