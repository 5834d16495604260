"""The external adviser (domain, 1.1, A12): access to one part of one case, time-boxed and logged; off by default."""

from __future__ import annotations

import uuid
from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from app.advisers.queries import showable_parts
from app.operations.sweep import sweep
from app.pipeline.clock import FixedClock, today
from app.pipeline.transaction import db
from models.adviser_access import AdviserAccess
from models.audit_record import AuditRecord
from models.rules.adviser_access import AccessEnd
from models.rules.consent import ConsentLevel
from tests.support import road
from tests.support.present import person
from tests.support.visitor import Visitor, sign_in

QUESTION = "業務を離れたあとの電話が、つきまといに当たるかを教えてください。"
ADVICE = "回数と時刻を記録してください。警告の申し出ができる場合があります。"


def mailbox(app: Flask, code: str) -> Visitor:
    visitor = Visitor(app)
    visitor.get("/mailbox/enter")
    visitor.send({"receipt": code})
    return visitor


def assert_ended_and_logged(app: Flask, case_id: uuid.UUID) -> None:
    with app.app_context():
        access = db().scalars(select(AdviserAccess)).one()
        assert (access.ended_how, access.sealed_key) == (AccessEnd.EXPIRED, b"")
        names = [
            name
            for name in db().scalars(
                select(AuditRecord.name).where(AuditRecord.subject_id == case_id).order_by(AuditRecord.number)
            )
            if name.startswith("adviser.")
        ]
        assert names == [
            "adviser.ask", "adviser.agree", "adviser.acknowledge", "adviser.read", "adviser.advise", "adviser.end",
        ]  # fmt: skip


def test_an_external_adviser_reads_one_part_of_one_case_for_a_time_and_every_reading_is_logged(
    app: Flask, clock: FixedClock
) -> None:
    """A12: Role "external adviser" with per-case, time-boxed, logged access; off by default."""
    with app.app_context():
        case, code = road.triaged(consent=ConsentLevel.CN_0)
        number, case_id = case.number, case.id
        adviser_id, part = person("adviser").id.hex, showable_parts(case)[0].id.hex
        last_day = today() + timedelta(days=3)
    adviser = sign_in(app, "adviser")
    assert "いま見られるものはありません" in adviser.page.text, "off by default"

    manager = sign_in(app, "manager")
    manager.get(f"/desk/{number}/advisers")
    manager.send(
        {"adviser": adviser_id, "part": part, "sought": "law", "question": QUESTION, "last_day": last_day.isoformat()}
    )
    assert "同意があるまで、何も見せません" in manager.page.text
    assert "いま見られるものはありません" in adviser.get("/adviser/").text

    her = mailbox(app, code)
    assert QUESTION in her.get("/mailbox/advisers").text
    her.post(
        "/mailbox/advisers",
        {**her.page.form_with("decision", action="/mailbox/advisers").fields, "decision": "agree"},
    )
    assert "見せることを承りました" in her.page.text

    adviser.get("/adviser/")
    (address,) = {url for words, url in adviser.page.links.items() if words == "相談の内容"}
    adviser.get(address)
    assert road.WRITTEN not in adviser.page.text, "the promise comes first"
    adviser.send({"secrecy": "1", "no_interest": "1"})
    assert road.WRITTEN in adviser.page.text
    adviser.send({"advice": ADVICE})
    desk = sign_in(app, "counselor")
    assert ADVICE in desk.get(f"/desk/{number}").text

    with app.app_context():
        end = db().scalars(select(AdviserAccess.ends_at)).one()
    clock.move(to=end)
    late = sign_in(app, "adviser")
    late.get(address, status=404)
    assert "end_due_accesses" in sweep(app).done
    assert_ended_and_logged(app, case_id)
    her = mailbox(app, code)
    page = her.get("/mailbox/advisers")
    assert "読まれた日時(1回)" in page.text
    assert "いまは見せていません" in page.text
