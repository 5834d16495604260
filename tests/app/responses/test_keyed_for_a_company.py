"""What an officer said by telephone or letter: keyed by the desk as the officer's own act, and marked everywhere."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from app.cases.actions import decide_extension
from app.clocks.queries import running_clock
from app.pipeline.clock import TOKYO, FixedClock
from app.pipeline.transaction import db
from app.responses.actions import Told, key_acknowledgement
from models.audit_record import AuditRecord
from models.case import Case
from models.exchange import Exchange
from models.extension import Extension
from models.outbox_message import OutboxMessage
from models.proxy_entry import ProxyEntry
from models.report import Report
from models.rules.case_lifecycle import CaseState
from models.rules.deadlines import ClockKind
from models.rules.proxy import ProxyAct, ProxyWay
from models.rules.taxonomy.severity import Severity
from tests.support import road
from tests.support.present import person, present
from tests.support.report import REPORT
from tests.support.visitor import Visitor, sign_in

MARK = "協会の窓口が代理で入力したもの"


def told(
    app: Flask, act: str, *, way: str = "phone", on: str = "2026/11/24", by: str = "alpha_officer"
) -> dict[str, str]:
    with app.app_context():
        officer = person(by).id.hex
    return {
        f"{act}-told_by": officer,
        f"{act}-way": way,
        f"{act}-told_on": on,
        f"{act}-checked": "1",
    }


@pytest.fixture
def reference(app: Flask) -> str:
    with app.app_context():
        return road.routed(severity=Severity.HIGH).reference


def at_the_desk(app: Flask, reference: str, *, who: str = "counselor") -> Visitor:
    desk = sign_in(app, who)
    desk.get(f"/keyed/{reference}")
    return desk


def case_of(reference: str) -> Case:
    return db().get_one(Case, road.exchange_at(reference).case_id)


def entry_of(act: ProxyAct) -> ProxyEntry:
    return db().scalars(select(ProxyEntry).where(ProxyEntry.act == act)).one()


def test_an_acknowledgement_by_telephone_meets_the_clock_and_says_who_said_it_and_who_keyed_it(
    app: Flask, reference: str
) -> None:
    desk = at_the_desk(app, reference)
    desk.send(told(app, "acknowledge"))
    assert "代理で入力しました" in desk.page.text
    assert MARK in desk.page.text
    with app.app_context():
        exchange, entry = road.exchange_at(reference), entry_of(ProxyAct.ACKNOWLEDGE)
        assert case_of(reference).state is CaseState.ACKED
        assert running_clock(exchange.id, ClockKind.OFFICER_ACK) is None
        assert (entry.told_by_id, entry.keyed_by_id) == (person("alpha_officer").id, person("counselor").id)
        assert (entry.way, entry.told_on) == (ProxyWay.PHONE, date(2026, 11, 24))
        assert exchange.opened_at is None, "whoever telephones has not opened the copy"
        done = {
            record.name: record.actor_role
            for record in db().scalars(select(AuditRecord).where(AuditRecord.subject_id == exchange.case_id))
        }
        assert done["exchange.key_in"] == done["case.acknowledged"] == "counselor"
        mails = db().scalars(select(OutboxMessage).where(OutboxMessage.person_id == person("alpha_officer").id))
        assert any("keyed" in mail.idempotency_key for mail in mails), "the officer is told what was keyed in her name"


def test_the_officer_sees_on_her_page_what_was_keyed_for_her(app: Flask, reference: str) -> None:
    at_the_desk(app, reference).send(told(app, "acknowledge", way="letter"))
    officer = sign_in(app, "alpha_officer")
    officer.get(f"/office/{reference}")
    assert road.FORWARDED not in officer.page.text, "the cover is still before the copy"
    officer.send(action="/open")
    assert MARK in officer.page.text
    assert "手紙・FAX" in officer.page.text
    assert "名前・counselor" in officer.page.text


def test_a_report_by_letter_is_the_officers_report_and_is_marked_on_both_sides(app: Flask) -> None:
    with app.app_context():
        reference = road.in_action(severity=Severity.HIGH).reference
    desk = at_the_desk(app, reference)
    desk.send({**REPORT, **told(app, "report", way="letter")})
    assert "代理入力" in desk.page.text
    with app.app_context():
        report = db().scalars(select(Report)).one()
        assert entry_of(ProxyAct.REPORT).report_id == report.id
        assert case_of(reference).state is CaseState.REPORTED
    officer = sign_in(app, "alpha_officer")
    officer.get(f"/office/{reference}")
    assert "(協会が代理で入力)" in officer.page.text
    assert REPORT["report-care"] in officer.page.text


def test_more_time_that_was_asked_on_the_due_day_is_keyed_the_day_after(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        exchange = road.in_action(severity=Severity.HIGH)
        reference = exchange.reference
        running = running_clock(exchange.id, ClockKind.FINAL_REPORT)
        assert running is not None
        due = running.due_at.astimezone(TOKYO)
    clock.move(to=datetime(due.year, due.month, due.day + 1, 10, tzinfo=TOKYO))
    asked = {"extension-working_days": "5", "extension-reason": "録音の確認に時間がかかっています。"}
    desk = at_the_desk(app, reference)
    desk.send({**asked, **told(app, "extension", on=f"{due.year}/{due.month}/{due.day + 1}")})
    assert "期限を過ぎてからは延長できません" in desk.page.text
    desk.send({**asked, **told(app, "extension", on=f"{due.year}/{due.month}/{due.day}")})
    with app.app_context():
        asked_for = db().scalars(select(Extension)).one()
        assert entry_of(ProxyAct.EXTENSION).extension_id == asked_for.id
        road.done(lambda: decide_extension(case_of(reference), asked_for, True, actor=present("counselor")))
        assert asked_for.granted, "the desk that keyed it late may still grant what was asked in time"


def test_only_whoever_acts_for_the_company_now_can_have_said_it(app: Flask, reference: str) -> None:
    desk = at_the_desk(app, reference)
    assert "名前・alpha_deputy" not in desk.page.text
    desk.send(told(app, "acknowledge", by="alpha_deputy"))
    assert "代理で入力しました" not in desk.page.text
    with app.app_context():
        exchange = road.exchange_at(reference)
        stranger = Told(by=person("epsilon_officer"), on=date(2026, 11, 24), way=ProxyWay.PHONE)
        with pytest.raises(ValueError, match="speaks for it"):
            key_acknowledgement(exchange, stranger, actor=present("counselor"))
        assert db().scalars(select(ProxyEntry)).all() == []
        assert road.exchange_at(reference).acknowledged_at is None


@pytest.mark.parametrize(
    ("field", "answer", "words"),
    [
        ("checked", "", "本人と内容を確かめて、チェックを入れてください"),
        ("told_on", "2026/12/24", "今日より後の日付です"),
        ("way", "", "伝えられた方法"),
        ("told_by", "nobody", "伝えた人"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_keyed(
    app: Flask, reference: str, field: str, answer: str, words: str
) -> None:
    desk = at_the_desk(app, reference)
    desk.send({**told(app, "acknowledge"), f"acknowledge-{field}": answer})
    assert words in desk.page.text
    assert "エラー" in desk.page.html
    with app.app_context():
        assert db().scalars(select(ProxyEntry)).all() == []


@pytest.mark.parametrize("somebody", ["second_counselor", "manager", "alpha_officer", "alpha_representative"])
def test_nobody_but_the_counselor_in_charge_keys_for_a_company(app: Flask, reference: str, somebody: str) -> None:
    visitor = sign_in(app, somebody)
    token = visitor.page.form_with(action="/sign-out").fields["csrf_token"][0]
    status = 403 if somebody == "manager" else 404
    visitor.get(f"/keyed/{reference}", status=404)
    visitor.post(f"/keyed/{reference}/acknowledge", {"csrf_token": token, "acknowledge-version": "1"}, status=status)
    with app.app_context():
        assert road.exchange_at(reference).acknowledged_at is None


def test_what_changed_meanwhile_is_not_keyed_over(app: Flask, reference: str) -> None:
    desk = at_the_desk(app, reference)
    with app.app_context():
        road.acknowledged(road.exchange_at(reference))
    desk.send(told(app, "acknowledge"), status=409)
    with app.app_context():
        assert db().scalars(select(ProxyEntry)).all() == []
        exchange: Exchange = road.exchange_at(reference)
        assert exchange.acknowledged_by_id == person("alpha_officer").id
