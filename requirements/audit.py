"""Asks what weaknesses are known of every pinned library, and fails when it could not ask about each of them.

The tool that asks calls it a success when its sources know none of the libraries, as where nothing but a copy of an
index can be reached. A check that checked nothing is no comfort: that is exit status 2 here, a known weakness is 1.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REQUIREMENTS = Path(__file__).resolve().parent
AUDITED = ("run.txt", "hsm.txt", "s3.txt", "test.txt")
ASK = (
    *(sys.executable, "-m", "pip_audit", "--require-hashes", "--disable-pip"),
    *("--format", "json", "--progress-spinner", "off"),
)
FOUND, NOT_ASKED = 1, 2


@dataclass(frozen=True)
class Audit:
    """What came of asking about one file of pins: what was asked about, what was not, and what is known."""

    asked: tuple[str, ...]
    not_asked: tuple[str, ...]
    weaknesses: tuple[str, ...]

    @property
    def status(self) -> int:
        """0 only when every library was asked about, there was one, and nothing is known of any."""
        if self.weaknesses:
            return FOUND
        return 0 if self.asked and not self.not_asked else NOT_ASKED


def read(answer: str) -> Audit:
    """Read what the tool has written; what cannot be read is an answer about nothing."""
    try:
        rows = json.loads(answer)["dependencies"]
        asked = tuple(row["name"] for row in rows if "skip_reason" not in row)
        not_asked = tuple(row["name"] for row in rows if "skip_reason" in row)
        weaknesses = tuple(_in_words(row, known) for row in rows for known in row.get("vulns", ()))
    except (ValueError, KeyError, TypeError):
        return Audit((), (), ())
    return Audit(asked, not_asked, weaknesses)


def _in_words(row: dict[str, Any], known: dict[str, Any]) -> str:
    mended = ", ".join(known["fix_versions"]) or "no version yet"
    return f"{row['name']} {row['version']}: {known['id']}, mended in {mended}"


def ask(name: str) -> Audit:
    """Ask about one file of pins."""
    done = subprocess.run(  # noqa: S603  (a pinned tool, fixed arguments)
        [*ASK, "--requirement", str(REQUIREMENTS / name)], capture_output=True, text=True, check=False
    )
    return read(done.stdout)


def main() -> int:
    """Tell what is known, and by the exit status whether everything was asked about."""
    statuses = []
    for name in AUDITED:
        audit = ask(name)
        statuses.append(audit.status)
        print(f"requirements/{name}: {len(audit.asked)} asked about, {len(audit.weaknesses)} weaknesses known")
        for weakness in audit.weaknesses:
            print(f"  {weakness}")
        if audit.status == NOT_ASKED:
            print(f"  NOT ASKED ABOUT: {', '.join(audit.not_asked) or 'anything'}", file=sys.stderr)
    if FOUND in statuses:
        return FOUND
    return NOT_ASKED if NOT_ASKED in statuses else 0


if __name__ == "__main__":
    sys.exit(main())
