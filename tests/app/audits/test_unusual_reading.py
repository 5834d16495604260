"""Unusual reading is shown to the manager and the auditor by numbers alone, mailed once, and looked into by another."""

from __future__ import annotations

import json
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from flask import Flask
from sqlalchemy import delete, select

from app.audits.actions import DayNotOver, look_into
from app.operations.outbox import send_waiting
from app.operations.unusual_readings import find_unusual_readings
from app.people.queries import name_of
from app.pipeline.audit import of_case, record
from app.pipeline.clock import FixedClock, today
from app.pipeline.transaction import db
from models.audit_record import AuditRecord
from models.lease import Lease
from models.outbox_message import OutboxMessage
from models.person import Person
from models.rules.readings import Unusual
from models.unusual_reading import UnusualReading
from tests.support import road
from tests.support.present import person, present
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


def pried_into(key: str = "counselor") -> None:
    """Somebody opened many cases that are not hers."""
    cases = [road.submitted()[0] for _case in range(6)]

    def pry() -> None:
        for case in cases:
            facts = {"compartment": "narrative", "reason_code": "supervision"}
            record(of_case(case), "case.read", actor=present(key), facts=dict(facts))

    road.done(pry)


def found() -> int:
    """The clock's turn; its lease is of a few hours."""
    road.done(lambda: db().execute(delete(Lease)))
    return find_unusual_readings()


def mails_about_findings() -> dict[str, str]:
    rows = db().scalars(select(OutboxMessage).where(OutboxMessage.idempotency_key.contains(":unusual:")))
    return {name_of(db().get_one(Person, row.person_id)): row.kind for row in rows}


def test_each_finding_is_mailed_once_to_whoever_is_shown_it_and_says_nothing(app: Flask) -> None:
    with app.app_context():
        pried_into()
        assert found() == 1
        assert find_unusual_readings() == 0, "another turn leaves it alone for hours"
        assert found() == 0, "and finds nothing new afterwards"
        assert mails_about_findings() == {"名前・manager": "update", "名前・auditor": "update"}
        (finding,) = db().scalars(select(UnusualReading)).all()
        assert (finding.person_id, finding.day, finding.unusual) == (
            person("counselor").id,
            today(),
            Unusual.NOT_OWN,
        )
        send_waiting(app)
    mails = [file.read_bytes() for file in (app.config["KIKITE"].data / "mail").glob("*.eml")]
    texts = [message_from_bytes(mail, policy=default).get_body().get_content() for mail in mails]
    assert texts
    for text in texts:
        for word in ("閲覧", "counselor", "架空", "reading", Unusual.NOT_OWN.ja, Unusual.NOT_OWN.en):
            assert word not in text


def test_the_reader_herself_is_not_told_and_what_is_long_past_is_mailed_to_nobody(
    app: Flask, clock: FixedClock
) -> None:
    with app.app_context():
        pried_into("manager")
        assert found() == 1
        assert mails_about_findings() == {"名前・auditor": "update"}
        pried_into("counselor")
        clock.move(to=clock.now() + timedelta(days=8))
        assert found() == 1
        assert mails_about_findings() == {"名前・auditor": "update"}
    assert "まだ確かめていません" in sign_in(app, "auditor").get("/audits/readings").text


def test_nobody_reads_on_under_a_note_of_the_same_day(app: Flask) -> None:
    with app.app_context():
        pried_into("manager")
        found()
        (finding_id,) = db().scalars(select(UnusualReading.id)).all()
        with pytest.raises(DayNotOver):
            road.done(lambda: look_into(db().get_one(UnusualReading, finding_id), "点検", actor=present("auditor")))
    assert "翌日から書きとめられます" in sign_in(app, "auditor").get(f"/audits/readings/{finding_id}").text


def test_somebody_else_than_the_reader_looks_into_it_with_a_remark_that_is_recorded_and_sealed(app: Flask) -> None:
    remark = "本人に尋ねた。月例の点検のために、順に開いたとのこと。"
    with app.app_context():
        pried_into("manager")
        found()
        road.let_hours_pass(24)
        (finding,) = db().scalars(select(UnusualReading)).all()
    path = f"/audits/readings/{finding.id}"
    manager = sign_in(app, "manager")
    assert "別の人が確かめます" in manager.get(path).text
    token = manager.page.forms[0].fields["csrf_token"]
    manager.post(path, {"csrf_token": token, "version": "1", "remark": remark})
    with app.app_context():
        assert db().get_one(UnusualReading, finding.id).looked_into_at is None
    auditor = sign_in(app, "auditor")
    auditor.get(path)
    auditor.send({"remark": remark})
    assert "確かめました" in auditor.get("/audits/readings").text
    assert remark in auditor.get(path).text
    assert [form for form in auditor.page.forms if "remark" in form.names] == []
    with app.app_context():
        kept = db().get_one(UnusualReading, finding.id)
        assert kept.looked_into_by_id == person("auditor").id
        assert remark.encode() not in (kept.sealed_remark or b"")
        (facts,) = db().scalars(select(AuditRecord.facts).where(AuditRecord.name == "reading.look_into"))
        assert json.loads(facts) == {"finding_id": finding.id.hex, "person_id": person("manager").id.hex}
    for key in ("counselor", "head", "admin"):
        assert sign_in(app, key).client.get(path).status_code == 403


def test_a_manager_does_not_find_what_is_not_shown_to_her(app: Flask) -> None:
    with app.app_context():
        pried_into("head")
        found()
        (finding,) = db().scalars(select(UnusualReading)).all()
        assert mails_about_findings() == {"名前・auditor": "update"}
    assert sign_in(app, "manager").client.get(f"/audits/readings/{finding.id}").status_code == 404
    assert sign_in(app, "auditor").get(f"/audits/readings/{finding.id}")
