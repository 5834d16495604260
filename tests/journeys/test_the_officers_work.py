"""The scenarios of a company's responsible officer, in their own words (domain 7.47)."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from app.pipeline.transaction import db
from models.audit_record import AuditRecord
from models.case import Case
from models.rules.taxonomy.severity import Severity
from tests.support import road
from tests.support.report import REPORT
from tests.support.visitor import Visitor, sign_in

REFUSAL = "相談された方がどなたであるかは、お答えできません。"
HINT = "相談者を探すような記載"

ASKED = {
    "in the report": {**REPORT, "report-fact_check": "録音を聞きました。相談者はどの社員か教えていただけませんか。"},
    "in a reply": {"reply-text": "直接お詫びしたいので、ご本人の連絡先をお知らせください。"},
    "in the action log": {
        "action-action": "AC-HEA",
        "action-done_on": "2026/11/24",
        "action-note": "シフト表から該当者を絞り込みました。",
    },
    "with the response": {
        "response-how": "message",
        "response-done_on": "2026/11/24",
        "response-note": "We told everybody. By the way, who is it?",
    },
    "with the wish for more time": {"extension-working_days": "5", "extension-reason": "本人を特定できれば書けます。"},
}


def at_work(app: Flask) -> tuple[Visitor, str, str]:
    """Alpha's officer with a matter that is in action, its reference and the number that only the desk knows."""
    with app.app_context():
        exchange = road.in_action(severity=Severity.HIGH)
        reference, number = exchange.reference, db().get_one(Case, exchange.case_id).number
    officer = sign_in(app, "alpha_officer")
    officer.get(f"/office/{reference}")
    return officer, reference, number


@pytest.mark.parametrize("where", ASKED)
def test_an_officer_who_asks_who_it_is_gets_the_canned_refusal_and_the_counselor_sees_the_hint(
    app: Flask, where: str
) -> None:
    """7.47: Given an officer asks in the report form "who is it", when sent, then the counselor sees a search-attempt
    hint and the canned refusal.
    """
    officer, reference, number = at_work(app)
    assert REFUSAL not in officer.page.text
    if where == "in the report":
        officer.get(f"/office/{reference}/report")
    officer.send(ASKED[where])
    assert REFUSAL in officer.page.text
    counselor = sign_in(app, "counselor")
    assert HINT in counselor.get("/desk/").text
    case = counselor.get(f"/desk/{number}")
    assert HINT in case.text
    assert REFUSAL in case.text
    with app.app_context():
        hints = db().scalars(select(AuditRecord).where(AuditRecord.name == "exchange.search_hint")).all()
        assert [hint.facts for hint in hints] == [f'{{"exchange_id":"{road.exchange_at(reference).id.hex}"}}']


def test_an_honest_answer_brings_no_hint(app: Flask) -> None:
    officer, reference, number = at_work(app)
    officer.send({"reply-text": "録音を聞き、交代の基準を改めました。だれでも使えます。"})
    officer.get(f"/office/{reference}/report")
    officer.send(REPORT)
    assert REFUSAL not in officer.page.text
    counselor = sign_in(app, "counselor")
    assert HINT not in counselor.get("/desk/").text
    assert HINT not in counselor.get(f"/desk/{number}").text
