"""The bill of materials holds every pin; every pin keeps the time frames, and an audit of nothing is no success."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from requirements import audit, bill
from requirements.audit import Age, HeldBack, Known
from tests.support.source_tree import ROOT

TODAY = date(2026, 11, 28)
PINS = {"flask": "3.1.3", "jinja2": "3.1.0"}


def answered(*rows: dict[str, Any]) -> str:
    return json.dumps({"dependencies": list(rows), "fixes": []})


SOUND = {"name": "flask", "version": "3.1.3", "vulns": []}
WEAK = {"name": "jinja2", "version": "3.1.0", "vulns": [{"id": "PYSEC-0", "fix_versions": ["3.1.6"]}]}
UNKNOWN = {"name": "alembic", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("answer", "known"),
    [
        (answered(SOUND), Known(frozenset({"flask"}))),
        (answered(SOUND, WEAK), Known(frozenset({"flask", "jinja2"}), ("jinja2 3.1.0: PYSEC-0, mended in 3.1.6",))),
        (answered(SOUND, UNKNOWN), Known(frozenset({"flask"}))),
        (answered(UNKNOWN), Known()),
        (answered(), Known()),
        ("", Known()),
        ("No known vulnerabilities found", Known()),
        ("[]", Known()),
    ],
)
def test_a_library_counts_as_asked_about_only_where_there_was_an_answer(answer: str, known: Known):
    assert audit.read(answer) == known


ASKED = Known(frozenset(PINS))
NEW = dict.fromkeys(PINS, Age())
LATE = {**NEW, "jinja2": Age(when_due="3.1.6", long_ago="3.1.5")}
DUE = {**NEW, "jinja2": Age(when_due="3.1.6")}
HELD = HeldBack("flask asks for less", until=TODAY)


@pytest.mark.parametrize(
    ("known", "ages", "held", "status", "telling"),
    [
        (ASKED, NEW, {}, 0, {"asked": ["flask", "jinja2"]}),
        (Known(ASKED.asked, ("jinja2 3.1.0: PYSEC-0",)), NEW, {}, 1, {"weaknesses": ["jinja2 3.1.0: PYSEC-0"]}),
        # Newer ones are out, and nothing is known of this one.
        (ASKED, DUE, {}, 0, {"asked": ["flask", "jinja2"]}),
        (ASKED, LATE, {}, 1, {"behind": ["jinja2 3.1.0: 3.1.5 is out for more than 90 days"]}),
        (ASKED, LATE, {"jinja2": HELD}, 0, {"behind": []}),
        (ASKED, LATE, {"jinja2": HeldBack("thought through before", TODAY - timedelta(days=1))}, 1, {}),
        (ASKED, LATE, {"flask": HELD}, 1, {}),
        # Nobody could be asked what is known.
        (Known(), NEW, {}, 0, {"new_enough": ["flask", "jinja2"], "asked": []}),
        (Known(), DUE, {}, 2, {"not_asked": ["jinja2 3.1.0"]}),
        (Known(), DUE, {"jinja2": HELD}, 2, {"not_asked": ["jinja2 3.1.0"]}),
        (Known(), DUE, {"jinja2": HeldBack("x", TODAY, TODAY - timedelta(days=3))}, 0, {"not_asked": []}),
        (Known(), DUE, {"jinja2": HeldBack("x", TODAY, TODAY - timedelta(days=4))}, 2, {}),
        (Known(), DUE, {"jinja2": HeldBack("x", TODAY, TODAY + timedelta(days=1))}, 2, {}),
        (Known(), LATE, {}, 1, {"not_asked": ["jinja2 3.1.0"]}),
        # Nor what the newest release is: then even what is known of it is half an answer.
        (ASKED, {"flask": Age()}, {}, 2, {"not_asked": ["jinja2 3.1.0"]}),
        (Known(), {}, {}, 2, {"not_asked": ["flask 3.1.3", "jinja2 3.1.0"]}),
    ],
)
def test_each_library_is_held_to_the_time_frames(
    known: Known, ages: dict[str, Age], held: dict[str, HeldBack], status: int, telling: dict[str, list[str]]
):
    judged = audit.judge(PINS, known, ages=ages, held=held, today=TODAY)
    assert judged.status == status
    assert {name: getattr(judged, name) for name in telling} == telling


def test_an_audit_of_no_library_is_no_success():
    assert audit.judge({}, Known(), ages={}, held={}, today=TODAY).status == 2


RELEASES = {
    "flask": {"3.1.3": date(2026, 2, 1)},
    "jinja2": {"3.1.0": date(2025, 3, 1), "3.1.6": date(2026, 11, 20)},
    "lxml": {"6.0": date(2025, 1, 1), "6.1": date(2026, 8, 1), "6.2": date(2026, 11, 1)},
    "young": {"1.0": date(2026, 11, 2), "1.1": date(2026, 11, 10)},
    "today": {"2.0": date(2026, 1, 1), "2.1": date(2026, 11, 27)},
}
"""What an index has, by the day on which it came there."""


class Resolver:
    """Answers as the resolver does: a line for each library, or which one was left out by its day."""

    stderr = ""

    def __init__(self, command: list[str], *, wanted: str, is_there: bool = True) -> None:
        until = date.fromisoformat(command[command.index("--exclude-newer") + 1])
        lines = []
        for each in wanted.splitlines():
            name, _, least = each.partition(">=")
            there = [version for version, day in RELEASES[name].items() if day <= until and version >= least]
            if not there:
                self.stderr = f"hint: `{name}` was filtered by `exclude-newer` to only include packages uploaded before"
            lines += [f"{name}=={max(there)}" for _each in there[:1]]
        if not is_there:
            self.stderr = "error: Request failed after 3 retries"
        self.returncode = 1 if self.stderr else 0
        self.stdout = "" if self.stderr else "\n".join(lines) + "\n"


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether it answers, one entry for each question to come; beyond them it does."""
    answers: list[bool] = []

    def run(command: list[str], **how: Any) -> Resolver:
        return Resolver(command, wanted=how["input"], is_there=answers.pop(0) if answers else True)

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(audit, "uv_environment", dict)
    return answers


def ages(pins: dict[str, str], days: int = 3) -> dict[str, Age]:
    return audit.ages_of(pins, mended_within=timedelta(days=days), today=TODAY)


@pytest.mark.usefixtures("index")
def test_how_old_a_library_is_follows_from_the_days_on_which_its_releases_came():
    pins = {"flask": "3.1.3", "jinja2": "3.1.0", "lxml": "6.0", "young": "1.0", "today": "2.0"}
    assert ages(pins) == {
        "flask": Age(),
        "jinja2": Age(when_due="3.1.6"),
        "lxml": Age(when_due="6.2", long_ago="6.1"),
        "young": Age(when_due="1.1"),
        "today": Age(),
    }
    assert ages(pins, days=90)["jinja2"] == Age()
    assert ages({"lxml": "6.2"}) == {"lxml": Age()}


def test_an_index_that_does_not_answer_tells_no_age(index: list[bool]):
    index[:] = [False]
    assert ages({"flask": "3.1.3"}) == {}
    index[:] = [True, False]
    assert ages({"flask": "3.1.3", "jinja2": "3.1.0"}) == {"flask": Age()}


def test_what_is_told_names_whatever_was_not_asked(capsys: pytest.CaptureFixture[str]):
    audit.tell("run.txt", audit.judge(PINS, Known(), ages=DUE, held={}, today=TODAY))
    told = capsys.readouterr()
    assert "0 asked about, 0 weaknesses known; 1 not asked about, and as new as they were 3 days ago" in told.out
    assert "NOT ASKED ABOUT: jinja2 3.1.0" in told.err


@pytest.mark.parametrize(("statuses", "status"), [((0, 0, 0, 0), 0), ((0, 2, 0, 1), 1), ((0, 0, 0, 2), 2)])
def test_the_gravest_of_all_files_is_the_answer(statuses: Iterable[int], status: int, monkeypatch: pytest.MonkeyPatch):
    left = iter(statuses)
    judged = {0: (ASKED, NEW), 1: (ASKED, LATE), 2: (Known(), DUE)}

    def audit_of(_name: str, _today: date) -> audit.Audit:
        known, their_ages = judged[next(left)]
        return audit.judge(PINS, known, ages=their_ages, held={}, today=TODAY)

    monkeypatch.setattr(audit, "audit_of", audit_of)
    assert audit.main() == status
    assert next(left, None) is None


def test_whatever_is_held_back_is_pinned_and_thought_through_again_within_half_a_year():
    pins = bill.pins_of("test.txt")
    for name, held in audit.held_back().items():
        assert name in pins
        assert held.reason
        assert held.looked_up is None or held.until - held.looked_up < timedelta(days=183)


def test_the_time_frames_are_those_that_are_promised():
    promised = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    assert f"| in what the server loads | {audit.MENDED_WITHIN['run.txt'].days} days |" in promised
    assert f"| in what only tests load | {audit.MENDED_WITHIN['test.txt'].days} days |" in promised
    assert f"| no weakness, only a newer version | {audit.NO_OLDER_THAN.days} days |" in promised


def test_whatever_the_product_runs_on_is_on_the_bill_and_audited():
    pins = bill.pins_of("run.txt")
    assert pins["flask"].startswith("3.")
    assert len(pins) > 40
    assert set(audit.MENDED_WITHIN) >= {"run.txt", "s3.txt"}


def test_a_bill_in_which_a_pin_is_missing_is_refused(monkeypatch: pytest.MonkeyPatch):
    class Empty:
        returncode, stderr = 0, ""

    def write_nothing(command: list[str], **_how: object) -> Empty:
        Path(command[command.index("--output-file") + 1]).write_text('{"components": []}', encoding="utf-8")
        return Empty()

    monkeypatch.setattr(subprocess, "run", write_nothing)
    with pytest.raises(bill.CannotWrite, match="flask"):
        bill.bill_of("run.txt")
