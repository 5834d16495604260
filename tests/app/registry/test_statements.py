"""A signed statement: anybody reads whether it is genuine, for whom and until when, with us or without."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.pipeline.clock import FixedClock
from app.pipeline.secrets import ring
from app.registry.queries import LONGEST, public_keys, read_statement
from crypto import KeyRing, new_signing_key, sign_statement
from models.rules.status_statement import StatementReading
from tests.support.source_tree import ROOT
from tests.support.visitor import Visitor

NUMBER, NAME = "KC-2025-0001", "青葉台コンタクト株式会社"


def fetched(app: Flask, path: str) -> Any:
    return json.loads(app.test_client().get(path).get_data(as_text=True))


@pytest.fixture
def given(app: Flask) -> Any:
    """The statement of the company, as it hands it on."""
    return fetched(app, f"/registry/{NUMBER}/statement.json")


def pasted(app: Flask, text: str) -> str:
    visitor = Visitor(app)
    visitor.get("/registry/verify")
    return visitor.send({"text": text}).text


def test_a_statement_pasted_by_anybody_reads_genuine_for_whom_and_until_when(app: Flask, given: Any) -> None:
    page = pasted(app, json.dumps(given, ensure_ascii=False, indent=4))
    assert "本物の証明です" in page
    assert NAME in page
    assert NUMBER in page
    assert "2026年11月26日(木)まで有効です" in page
    assert given["statement"]["status"] == "certified"
    assert given["statement"]["as_of"] == "2026-11-24"


def test_each_false_statement_is_refused_in_a_sentence_of_its_own_and_none_of_its_words_is_repeated(
    app: Flask, given: Any
) -> None:
    said = {**given["statement"], "name": "偽りの会社"}
    forged = {
        "statement": said,
        "key": "01" * 8,
        "signature": sign_statement(said, signing_key=new_signing_key()).hex(),
    }
    doubled = json.dumps(given).replace('"status": "certified"', '"status": "revoked", "status": "certified"')
    refused = {
        "書き換えられた証明です": json.dumps({**given, "statement": said}),
        "協会が発行した証明ではありません": json.dumps(forged),
        "認定の証明ではありません": json.dumps({**given, "note": "偽りの会社"}),
        "証明として読み取れませんでした": json.dumps(given)[:-1],
        f"証明の全文は{LONGEST:,}文字までです": "[" * (LONGEST + 1),
        "証明の全文を入力してください": "",
    }
    assert '"revoked"' in doubled
    assert "書き換えられた証明です" in pasted(app, doubled)
    for sentence, text in refused.items():
        page = pasted(app, text)
        assert sentence in page
        assert "本物の証明です" not in page
        assert "証明された状態" not in page


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("[" * LONGEST, StatementReading.NOT_JSON),
        ("9" * LONGEST, StatementReading.OTHERWISE),
        ("NaN", StatementReading.OTHERWISE),
        ("[]", StatementReading.OTHERWISE),
        ('{"statement": {"a": 1}, "key": "", "signature": ""}', StatementReading.OTHERWISE),
        ('{"statement": {}, "key": 1, "signature": ""}', StatementReading.OTHERWISE),
        ('{"statement": {}, "key": "zz", "signature": ""}', StatementReading.OTHERWISE),
        ('{"statement": {}, "key": "", "signature": ""}', StatementReading.FORGED),
        ('{"statement": {"a": "\\ud800"}, "key": "KEY", "signature": ""}', StatementReading.CHANGED),
    ],
)
def test_no_text_makes_the_reading_fall_over(app: Flask, text: str, reading: StatementReading) -> None:
    with app.app_context():
        assert read_statement(text.replace("KEY", ring().active_id.hex())).reading is reading


def test_a_statement_is_believed_for_three_days_and_says_afterwards_that_it_was_ours(
    app: Flask, clock: FixedClock, given: Any
) -> None:
    clock.move(to=datetime(2026, 11, 26, 14, 59, 59, tzinfo=UTC))
    assert "本物の証明です" in pasted(app, json.dumps(given))
    clock.move(to=datetime(2026, 11, 26, 15, 0, tzinfo=UTC))
    page = pasted(app, json.dumps(given))
    assert "期限の切れた証明です" in page
    assert "有効なのは2026年11月26日(木)まででした" in page


def test_a_statement_outlives_the_turning_of_the_keys_but_not_the_removal_of_its_own(app: Flask, given: Any) -> None:
    with app.app_context():
        first = ring().active_id
        ring().make_active(ring().add(at=datetime(2026, 11, 24, tzinfo=UTC)))
        assert read_statement(json.dumps(given)).reading is StatementReading.GENUINE
        assert [key["id"] for key in public_keys()] == [key_id.hex() for key_id in ring().key_ids]
    later = fetched(app, f"/registry/{NUMBER}/statement.json")
    assert (given["key"], later["key"] != given["key"]) == (first.hex(), True)
    with app.app_context():
        newest = [{**key, "active": True} for key in json.loads(ring().to_json())[1:]]
        app.extensions["kikite_ring"] = KeyRing.from_json(json.dumps(newest))
        assert read_statement(json.dumps(given)).reading is StatementReading.FORGED
        assert read_statement(json.dumps(later)).reading is StatementReading.GENUINE


def test_the_example_of_the_documentation_verifies_one_without_us(
    app: Flask, clock: FixedClock, tmp_path: Path
) -> None:
    clock.move(to=datetime.now(UTC))
    given = fetched(app, f"/registry/{NUMBER}/statement.json")
    (example,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs/status-statement.md").read_text("utf-8"), re.DOTALL)
    assert len(list(filter(None, example.splitlines()))) == 10
    (tmp_path / "keys.json").write_text(json.dumps(fetched(app, "/registry/keys.json")), "utf-8")

    def verified(document: Any) -> subprocess.CompletedProcess[str]:
        (tmp_path / "given.json").write_text(json.dumps(document), "utf-8")
        asked = [sys.executable, "-X", "utf8", "-c", example, "given.json", "keys.json"]
        return subprocess.run(asked, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=False)

    assert verified(given).stdout.startswith(f"GENUINE {NUMBER}")
    changed = verified({**given, "statement": {**given["statement"], "status": "revoked"}})
    assert changed.returncode != 0
    assert "InvalidSignature" in changed.stderr
    clock.move(to=datetime.now(UTC) - timedelta(days=9))
    assert verified(fetched(app, f"/registry/{NUMBER}/statement.json")).stdout.startswith("EXPIRED")


def test_a_number_that_was_never_given_has_no_statement(app: Flask) -> None:
    assert app.test_client().get("/registry/KC-1999-0001/statement.json").status_code == 404
