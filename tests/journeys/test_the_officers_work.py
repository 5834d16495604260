"""The scenarios of a company's responsible officer, in their own words (domain 7.8, 7.21, 7.22, 7.23, 7.47)."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from app.clocks.queries import clocks_of, running_clock
from app.escalations.queries import file_of_company, matters_of
from app.pipeline.clock import TOKYO, FixedClock
from app.pipeline.transaction import db
from models.audit_record import AuditRecord
from models.case import Case
from models.extension import Extension
from models.report import Report
from models.rules.case_lifecycle import CaseState
from models.rules.company_duties import Duty
from models.rules.deadlines import ClockKind
from models.rules.people import Role
from models.rules.taxonomy.severity import Severity
from tests.support import road
from tests.support.coming_and_going import newcomer, works_off_the_queue
from tests.support.ladder import at, drafted, file_of, newest, swept
from tests.support.present import company, person
from tests.support.report import REPORT
from tests.support.visitor import Visitor, sign_in
from tests.support.world import PASSWORD

REFUSAL = "相談された方がどなたであるかは、お答えできません。"
HINT = "相談者を探す言葉"

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


def clocks_at(reference: str) -> dict[ClockKind, tuple[datetime, datetime, datetime | None]]:
    """When each clock started, is due and was met."""
    found = clocks_of(road.exchange_at(reference).id)
    return {clock.kind: (clock.started_at, clock.due_at, clock.met_at) for clock in found}


def test_a_new_officer_sees_the_case_from_the_hand_over_with_its_history_and_the_old_one_loses_it_that_minute(
    app: Flask, clock: FixedClock
) -> None:
    """7.8: Given the officer changes mid-case, when the new officer logs in, then she sees the case from handover with
    history, and the old officer loses access at that minute; clocks do not restart.
    """
    old, reference, _number = at_work(app)
    old.send({"reply-text": "交代の手順を見直しています。"})
    old.send({**ASKED["in the action log"], "action-note": "録音を聞きました。"})
    old.get(f"/office/{reference}/report")
    begun = {"report-fact_check": "録音を半分まで聞きました。"}
    form = old.page.form_with(*begun)
    old.post(f"/office/{reference}/draft/report", {**form.fields, **begun})
    with app.app_context():
        before, officer = clocks_at(reference), person("alpha_officer").id
        # Her successor signs up while she is still there; then her service ends, in the middle of the case.
        newcomer(Role.OFFICER, of="alpha")
        works_off_the_queue("counselor")
        works_off_the_queue("alpha_officer")
    clock.move(to=datetime(2026, 11, 26, 14, 5, tzinfo=TOKYO))
    old = sign_in(app, "alpha_officer")
    assert road.FORWARDED in old.get(f"/office/{reference}").text
    manager = sign_in(app, "manager")
    manager.get(f"/people/{officer}")
    manager.send({"sure": "1"}, action=next(str(one.action) for one in manager.page.forms if "/end" in str(one.action)))
    gone = old.client.get(f"/office/{reference}")
    assert gone.status_code in {302, 303}
    assert "/sign-in" in gone.headers["Location"]
    new = Visitor(app)
    new.get("/sign-in")
    new.send({"mail": "successor-officer@kikite.example", "password": PASSWORD})
    assert reference in new.get("/office/").text
    page = new.get(f"/office/{reference}")
    for history in (road.FORWARDED, "交代の手順を見直しています。", "録音を聞きました。", "本人から話を聞きました。"):
        assert history in page.text
    assert new.get(f"/office/{reference}/report").form_with(*begun).fields["report-fact_check"] == list(begun.values())
    with app.app_context():
        assert clocks_at(reference) == before
    again = Visitor(app)
    again.get("/sign-in")
    again.send({"mail": "alpha_officer@kikite.example", "password": PASSWORD}, status=401)


def test_an_officer_who_answers_the_worker_and_sends_no_report_is_asked_for_the_report_only(
    app: Flask, clock: FixedClock
) -> None:
    """7.21: Given the officer replies to the worker but sends no report, when 30 BD pass, then the state is RESPONDED,
    the report clock is overdue and E1 cites the report only.
    """
    officer, reference, number = at_work(app)
    officer.send({"reply-text": "交代の手順を見直しました。いつでも代われます。"})
    officer.send(
        {"response-how": "message", "response-done_on": "2026/11/24", "response-note": "見直した手順を伝えました。"}
    )
    assert "対応済み・報告書が未提出" in officer.page.text
    # Thirty business days from 11-24 end on 01-12; the last reminder goes out three after that, and then E1 opens.
    with app.app_context():
        swept(at(2027, 1, 15, 11))
        exchange = road.exchange_at(reference)
        assert db().get_one(Case, exchange.case_id).state is CaseState.RESPONDED
        running = running_clock(exchange.id, ClockKind.FINAL_REPORT)
        assert running is not None
        assert running.due_at < clock.now()
        assert running_clock(exchange.id, ClockKind.INITIAL_REPORT) is None
        request = drafted(file_of())
        assert [(matter.duty, one and one.id) for matter, one in matters_of(request)] == [(Duty.REPORT, exchange.id)]
    assert "営業日超過" in sign_in(app, "alpha_officer").get(f"/office/{reference}").text
    assert "会社の段階 対応済み・報告書が未提出" in sign_in(app, "counselor").get(f"/desk/{number}").text


def test_a_report_without_content_is_returned_with_what_is_missing_and_the_second_one_leads_to_a_request(
    app: Flask,
) -> None:
    """7.22: Given a report "handled appropriately" with no content, when reviewed, then it is returned with the missing
    items; the second empty return leads to a request.
    """
    _officer, reference, number = at_work(app)
    empty = {name: "適切に対応しました。" if name in TEXTS else value for name, value in REPORT.items()}
    for round_, day in enumerate((26, 27), start=1):
        officer = sign_in(app, "alpha_officer")
        officer.get(f"/office/{reference}/report")
        officer.send(empty)
        assert "報告書を提出しました" in officer.page.text
        counselor = sign_in(app, "counselor")
        counselor.get(f"/desk/{number}")
        counselor.send(action="/begin-review")
        assert "中身の少ない項目があります" in counselor.page.text
        counselor.send({"missing": ["prevention", "care"], "reason": "いつまでに何をするかを書いてください。"})
        assert "報告を差し戻しました" in counselor.page.text
        page = officer.get(f"/office/{reference}")
        for missing in ("再発の防止", "働く人への配慮", "いつまでに何をするかを書いてください。"):
            assert missing in page.text
        with app.app_context():
            swept(at(2026, 11, day))
            file = file_of_company(company("alpha").id)
            assert (file is not None and file.next_step == "E3") is (round_ == 2)
    with app.app_context():
        request = drafted(file_of())
        assert [matter.duty for matter, _exchange in matters_of(request)] == [Duty.POOR_REPORT]
        assert newest(file_of()).id == request.id
        assert [report.number for report in db().scalars(select(Report).order_by(Report.number))] == [1, 2]


TEXTS = tuple(name for name, value in REPORT.items() if isinstance(value, str) and name != "report-rule_usable")


def test_more_time_asked_on_the_due_day_is_granted_once_shown_to_both_sides_and_refused_the_second_time(
    app: Flask, clock: FixedClock
) -> None:
    """7.23: Given an extension asked on the due day with a reason, when approved once, then the new date is shown to
    both sides; a second extension is refused by rule.
    """
    _officer, reference, number = at_work(app)
    clock.move(to=at(2027, 1, 12, 15))
    officer = sign_in(app, "alpha_officer")
    assert "今日 17:00まで" in officer.get(f"/office/{reference}").text
    officer.send({"extension-working_days": "5", "extension-reason": "録音の確認に時間がかかっています。"})
    counselor = sign_in(app, "counselor")
    counselor.get(f"/desk/{number}")
    assert "録音の確認に時間がかかっています。" in counselor.page.text
    grant = next(form for form in counselor.page.forms if form.fields.get("answer") == ["grant"])
    counselor.post(str(grant.action), dict(grant.fields))
    # Five business days after 1-12 is 1-19.
    assert "報告期限を2027年1月19日" in counselor.page.text
    shown = officer.get(f"/office/{reference}").text
    assert re.search(r"延長が認められました。新しい期限は2027年1月19日", shown)
    assert "延長をお願いする" not in shown
    clock.move(to=at(2027, 1, 19, 15))
    officer = sign_in(app, "alpha_officer")
    fields = officer.get(f"/office/{reference}").form_with("reply-text").fields
    again = {
        "extension-version": fields["reply-version"],
        "extension-working_days": "3",
        "extension-reason": "まだです",
    }
    officer.post(f"/office/{reference}/extension", {**fields, **again})
    assert "延長は1回までです" in officer.page.text
    with app.app_context():
        assert [one.granted for one in db().scalars(select(Extension))] == [True]
        running = running_clock(road.exchange_at(reference).id, ClockKind.FINAL_REPORT)
        assert running is not None
        assert running.due_at.astimezone(TOKYO).date() == at(2027, 1, 19).date()
