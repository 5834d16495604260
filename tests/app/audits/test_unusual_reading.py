"""Unusual reading is shown to the manager and the auditor, by numbers alone."""

from __future__ import annotations

from flask import Flask

from app.pipeline.audit import of_case, record
from models.rules.readings import Unusual
from tests.support import road
from tests.support.present import present
from tests.support.visitor import sign_in


def test_what_was_opened_without_being_ones_own_shows_to_manager_and_auditor(app: Flask) -> None:
    with app.app_context():
        cases = [road.submitted()[0] for _case in range(6)]

        def pried(key: str) -> None:
            for case in cases:
                facts = {"compartment": "narrative", "reason_code": "supervision"}
                record(of_case(case), "case.read", actor=present(key), facts=dict(facts))

        road.done(lambda: pried("counselor"))
        road.done(lambda: pried("head"))
        numbers = [case.number for case in cases]
    page = sign_in(app, "manager").get("/audits/readings")
    assert Unusual.NOT_OWN.ja in page.text
    assert "名前・counselor" in page.text
    assert "名前・head" not in page.text, "a manager follows the team, and not the head"
    assert not [number for number in numbers if number in page.html]
    page = sign_in(app, "auditor").get("/audits/readings")
    assert "名前・counselor" in page.text
    assert "名前・head" in page.text
    for key in ("counselor", "head", "admin", "chair"):
        assert sign_in(app, key).client.get("/audits/readings").status_code == 403


def test_where_nothing_is_unusual_the_page_says_so_and_what_would_be(app: Flask) -> None:
    page = sign_in(app, "auditor").get("/audits/readings")
    assert "ふだんと違う閲覧は見つかりませんでした" in page.text
    assert "22時から5時" in page.text
