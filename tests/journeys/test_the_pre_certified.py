"""The companies that were certified before the system began, as issue and domain tell it (domain 1.3)."""

from __future__ import annotations

import csv
import io
import json

from flask import Flask
from sqlalchemy import func, select

from app.pipeline.transaction import db
from models.audit_record import AuditRecord
from models.certification import Certification
from models.rules.certification_lifecycle import CertificationState
from tests.support.pre_certified import AOI, MIDORI, choose, line, register_them, table
from tests.support.visitor import sign_in


def counted(app: Flask) -> tuple[int, int]:
    """How many certifications there are, and how many records."""
    with app.app_context():
        kinds = (Certification, AuditRecord)
        return tuple(db().scalar(select(func.count()).select_from(kind)) for kind in kinds)  # type: ignore[return-value]


def facts(app: Flask, name: str) -> list[dict[str, object]]:
    with app.app_context():
        return [json.loads(text) for text in db().scalars(select(AuditRecord.facts).where(AuditRecord.name == name))]


def test_the_pre_certified_are_brought_in_from_a_file_with_a_report_line_by_line(app: Flask) -> None:
    register_them(app)
    entered_before = len(facts(app, "certification.entered"))
    manager = sign_in(app, "manager")
    before = counted(app)
    body = table(
        line(AOI, "KC-2025-0101"),
        line("1000000000008", "KC-2025-0103", name="どこにもない会社"),
        line(MIDORI, "KC-2025-0102", name='"=HYPERLINK(""kikite.example"")"'),
        line(AOI, "KC-2025-0101"),
    ).encode("cp932")

    page = choose(manager, body)
    assert "まだ何も登録していません" in page.text
    for verdict in (
        "この法人番号の会社は、登録されていません",
        "登録されている名前と違います",
        "2行目と比べてください",
    ):
        assert verdict in page.text
    assert counted(app) == before

    refused = manager.client.post("/certifications/file/refused", data=page.form_with("seen", action="refused").fields)
    rows = list(csv.reader(io.StringIO(refused.get_data(as_text=True).lstrip("\ufeff"))))
    assert [row[5] for row in rows] == ["行", "3", "4", "5"]
    assert rows[2][1].startswith("'=HYPERLINK")
    assert all(row[6] for row in rows)

    manager.page = page
    done = manager.send({}, action="/certifications/file/confirm")
    assert "1社の認定を登録しました" in done.text
    with app.app_context():
        entered = db().scalars(select(Certification).where(Certification.number == "KC-2025-0101")).one()
        assert (entered.state, entered.is_pre_certified) == (CertificationState.CERTIFIED, True)
        assert (str(entered.valid_from), str(entered.valid_to)) == ("2025-10-01", "2027-09-30")
    assert len(facts(app, "certification.entered")) == entered_before + 1
    (about,) = facts(app, "certification.bring_in")
    assert {name: about[name] for name in ("taken", "already", "refused")} == {"taken": 1, "already": 0, "refused": 3}
    assert "あおい窓口株式会社" in manager.get("/registry").text

    # The same file a second time does nothing, and neither does the same confirmation.
    after = counted(app)
    again = choose(manager, body)
    assert "新しく取り込める行はありません" in again.text
    assert "登録済み" in again.text
    manager.page = page
    assert "登録が変わりました" in manager.send({}, action="/certifications/file/confirm").text
    assert counted(app) == after
