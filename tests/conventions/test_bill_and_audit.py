"""The bill of materials holds every pin, and an audit that audited nothing is no success."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

import pytest

from tests.support.source_tree import ROOT

AUDIT = runpy.run_path(str(ROOT / "requirements" / "audit.py"))
BILL = runpy.run_path(str(ROOT / "requirements" / "bill.py"))


def answered(*rows: dict[str, Any]) -> str:
    return json.dumps({"dependencies": list(rows), "fixes": []})


SOUND = {"name": "flask", "version": "3.1.3", "vulns": []}
WEAK = {"name": "jinja2", "version": "3.1.0", "vulns": [{"id": "PYSEC-0", "fix_versions": ["3.1.6"]}]}
UNKNOWN = {"name": "alembic", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (answered(SOUND), 0),
        (answered(SOUND, WEAK), 1),
        (answered(WEAK, UNKNOWN), 1),
        (answered(SOUND, UNKNOWN), 2),
        (answered(UNKNOWN), 2),
        (answered(), 2),
        ("", 2),
        ("No known vulnerabilities found", 2),
        ("[]", 2),
    ],
)
def test_an_audit_that_could_not_ask_about_everything_fails(answer: str, status: int):
    assert AUDIT["read"](answer).status == status


def test_a_weakness_is_named_with_what_mends_it():
    assert AUDIT["read"](answered(WEAK)).weaknesses == ("jinja2 3.1.0: PYSEC-0, mended in 3.1.6",)


def test_whatever_the_product_runs_on_is_on_the_bill_and_audited():
    pins = BILL["pins_of"]("run.txt")
    assert pins["flask"].startswith("3.")
    assert len(pins) > 40
    assert set(AUDIT["AUDITED"]) >= {"run.txt", "s3.txt"}


def test_a_bill_in_which_a_pin_is_missing_is_refused(monkeypatch: pytest.MonkeyPatch):
    class Empty:
        returncode, stderr = 0, ""

    def write_nothing(command: list[str], **_how: object) -> Empty:
        Path(command[command.index("--output-file") + 1]).write_text('{"components": []}', encoding="utf-8")
        return Empty()

    monkeypatch.setattr(BILL["bill_of"].__globals__["subprocess"], "run", write_nothing)
    with pytest.raises(BILL["CannotWrite"], match="flask"):
        BILL["bill_of"]("run.txt")
