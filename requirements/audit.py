"""Asks what is known of every pinned library, and holds each to the time frames that SECURITY.md promises.

Two questions. What weaknesses are known of exactly this version (``pip_audit``)? And what was its newest release some
days ago (``uv``, by the days on which an index says that files came to it)? Whoever cannot be asked the first may still
answer the second: a library as new as it could be three days ago carries whatever its makers mended until then.

A check that checked nothing is no comfort. Exit status 1 is a known weakness, or a library that stayed behind for too
long; 2 is a library about which neither question was answered well enough; 0 is neither.
"""

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from packaging.version import Version

from requirements.bill import PINNED, pins_of
from requirements.install import uv_environment

REQUIREMENTS = Path(__file__).resolve().parent
ASK = (
    *(sys.executable, "-m", "pip_audit", "--require-hashes", "--disable-pip"),
    *("--format", "json", "--progress-spinner", "off"),
)
NEWEST = (
    *(sys.executable, "-m", "uv", "pip", "compile", "-", "--quiet", "--no-deps", "--no-header", "--no-annotate"),
    *("--python-version", "3.11", "--no-emit-index-url", "--no-emit-find-links"),
)
FILTERED = "filtered by `exclude-newer`"
FOUND, NOT_ASKED = 1, 2

# The time frames of SECURITY.md, in days after the release that mends a weakness, by what the pins are for.
MENDED_WITHIN = {
    **dict.fromkeys(("run.txt", "hsm.txt", "s3.txt"), timedelta(days=3)),
    "test.txt": timedelta(days=90),
}
SHORTEST = min(MENDED_WITHIN.values())
# And after any newer release, whatever is known.
NO_OLDER_THAN = timedelta(days=90)
# How long somebody's own look at what is known of a library that is held back stands for an answer.
LOOKED_UP_FOR = timedelta(days=3)


@dataclass(frozen=True)
class Known:
    """What is known of a file of pins: which libraries could be asked about, and the weaknesses in words."""

    asked: frozenset[str] = frozenset()
    weaknesses: tuple[str, ...] = ()


@dataclass(frozen=True)
class HeldBack:
    """Why a library stays behind its newest release, until when that holds, and when somebody looked what is known."""

    reason: str
    until: date
    looked_up: date | None = None

    def was_looked_up(self, today: date) -> bool:
        """Whether somebody looked lately enough."""
        return self.looked_up is not None and today - LOOKED_UP_FOR <= self.looked_up <= today


@dataclass(frozen=True)
class Age:
    """Which newer release was out when a weakness had to be mended, and which long ago; mostly none."""

    when_due: str | None = None
    long_ago: str | None = None


class CannotTell(Exception):
    """The index did not say which releases there were."""


@dataclass
class Audit:
    """What came of one file of pins, each library in words."""

    weaknesses: list[str] = field(default_factory=list)
    behind: list[str] = field(default_factory=list)
    not_asked: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    new_enough: list[str] = field(default_factory=list)
    looked_up: list[str] = field(default_factory=list)

    @property
    def status(self) -> int:
        """0 only when there was a library, each was answered for, and none is weak or too old."""
        if self.weaknesses or self.behind:
            return FOUND
        return NOT_ASKED if self.not_asked or not (self.asked or self.new_enough or self.looked_up) else 0


def read(answer: str) -> Known:
    """Read what the tool that knows weaknesses has written; what cannot be read is an answer about nothing."""
    try:
        rows = json.loads(answer)["dependencies"]
        asked = frozenset(row["name"] for row in rows if "skip_reason" not in row)
        weaknesses = tuple(_in_words(row, known) for row in rows for known in row.get("vulns", ()))
    except (ValueError, KeyError, TypeError):
        return Known()
    return Known(asked, weaknesses)


def _in_words(row: dict[str, Any], known: dict[str, Any]) -> str:
    mended = ", ".join(known["fix_versions"]) or "no version yet"
    return f"{row['name']} {row['version']}: {known['id']}, mended in {mended}"


def what_is_known(name: str) -> Known:
    """Ask what weaknesses are known of one file of pins."""
    done = subprocess.run(  # noqa: S603  (a pinned tool, fixed arguments)
        [*ASK, "--requirement", str(REQUIREMENTS / name)], capture_output=True, text=True, check=False
    )
    return read(done.stdout)


def _resolved(wanted: Iterable[str], day: date) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # noqa: S603  (the installer's own pinned tool, fixed arguments)
        [*NEWEST, "--exclude-newer", day.isoformat()],
        input="\n".join(wanted),
        env=uv_environment(),
        capture_output=True,
        text=True,
        check=False,
    )


def newest(names: Iterable[str], *, day: date) -> dict[str, str]:
    """The newest release of each library at the end of a day; nothing at all where one of them could not be told.

    What came to the index without a day is passed over, so that an index that tells no days answers about nothing.
    """
    done = _resolved(names, day)
    if done.returncode != 0:
        print(done.stderr.strip(), file=sys.stderr)
        return {}
    return dict(PINNED.findall(done.stdout))


def overtaken(name: str, version: str, *, day: date) -> str | None:
    """The newer release that was out at the end of a day, or None. Raises CannotTell where that could not be told."""
    done = _resolved([f"{name}>={version}"], day)
    if done.returncode != 0:
        # The pinned version itself is younger than the day: nothing that was out then is newer.
        if FILTERED in done.stderr:
            return None
        raise CannotTell
    there = dict(PINNED.findall(done.stdout))[name]
    return there if _is_behind(version, there) else None


def held_back() -> dict[str, HeldBack]:
    """The libraries that stay behind for a reason."""
    rows = tomllib.loads((REQUIREMENTS / "held_back.toml").read_text(encoding="utf-8"))
    return {name: HeldBack(**row) for name, row in rows.items()}


def ages_of(pins: Mapping[str, str], *, mended_within: timedelta, today: date) -> dict[str, Age]:
    """How old each library of a file of pins is, as far as it could be told."""
    lately = newest(pins, day=today - SHORTEST)
    ages = {}
    for name in pins.keys() & lately.keys():
        if not _is_behind(pins[name], lately[name]):
            ages[name] = Age()
            continue
        try:
            ages[name] = Age(
                when_due=overtaken(name, pins[name], day=today - mended_within),
                long_ago=overtaken(name, pins[name], day=today - NO_OLDER_THAN),
            )
        except CannotTell:
            continue
    return ages


def judge(
    pins: Mapping[str, str],
    known: Known,
    *,
    ages: Mapping[str, Age],
    held: Mapping[str, HeldBack],
    today: date,
) -> Audit:
    """Hold each library of one file of pins to the time frames."""
    audit = Audit(weaknesses=list(known.weaknesses))
    for name, version in pins.items():
        age, reason = ages.get(name), held.get(name)
        excused = reason is not None and today <= reason.until
        if age is None:
            audit.not_asked.append(f"{name} {version}")
            continue
        if age.long_ago and not excused:
            audit.behind.append(f"{name} {version}: {age.long_ago} is out for more than {NO_OLDER_THAN.days} days")
        if name in known.asked:
            audit.asked.append(name)
        elif age.when_due is None:
            audit.new_enough.append(name)
        elif excused and reason and reason.was_looked_up(today):
            audit.looked_up.append(f"{name} {version}: held back, {reason.reason}")
        else:
            audit.not_asked.append(f"{name} {version}")
    return audit


def _is_behind(version: str, other: str) -> bool:
    return Version(version) < Version(other)


def audit_of(name: str, today: date) -> Audit:
    """Ask both questions about one file of pins."""
    pins = pins_of(name)
    ages = ages_of(pins, mended_within=MENDED_WITHIN[name], today=today)
    return judge(pins, what_is_known(name), ages=ages, held=held_back(), today=today)


def tell(name: str, audit: Audit) -> None:
    """Say what came of it; what was not asked is never left out."""
    print(
        f"requirements/{name}: {len(audit.asked)} asked about, {len(audit.weaknesses)} weaknesses known; "
        f"{len(audit.new_enough)} not asked about, and as new as they were {MENDED_WITHIN[name].days} days ago"
    )
    for line in audit.weaknesses + audit.behind + audit.looked_up:
        print(f"  {line}")
    if audit.status == NOT_ASKED:
        print(f"  NOT ASKED ABOUT: {', '.join(audit.not_asked) or 'anything'}", file=sys.stderr)


def main() -> int:
    """Tell what is known, and by the exit status whether every library keeps the time frames."""
    today = datetime.now(UTC).date()
    audits = {name: audit_of(name, today) for name in MENDED_WITHIN}
    for name, audit in audits.items():
        tell(name, audit)
    statuses = {audit.status for audit in audits.values()}
    return next((status for status in (FOUND, NOT_ASKED) if status in statuses), 0)


if __name__ == "__main__":
    sys.exit(main())
