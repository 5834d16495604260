"""What an officer sees and does on the pages: the list, the cover, the copy, and every act on the way to the report."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from app.cases.actions import accept_report, begin_review, decide_extension, exclude, return_report
from app.mailbox.actions import withdraw_consent
from app.pipeline.clock import FixedClock
from app.pipeline.transaction import db
from models.audit_record import AuditRecord
from models.case import Case
from models.clock import Clock
from models.exchange import Exchange
from models.extension import Extension
from models.message import Message
from models.outbox_message import OutboxMessage
from models.report import Report
from models.rules.case_lifecycle import CaseState
from models.rules.consent import ConsentLevel
from models.rules.deadlines import ClockKind
from models.rules.taxonomy.severity import Severity
from tests.support import road
from tests.support.present import consulter, person, present
from tests.support.report import REPORT
from tests.support.visitor import Visitor, sign_in


@pytest.fixture
def reference(app: Flask) -> str:
    """Something forwarded to alpha's office, as a reference."""
    with app.app_context():
        return road.routed(severity=Severity.HIGH).reference


@pytest.fixture
def officer(app: Flask, reference: str) -> Visitor:
    """Alpha's officer, who has opened what was forwarded."""
    visitor = sign_in(app, "alpha_officer")
    visitor.get(f"/office/{reference}")
    visitor.send(action="/open")
    return visitor


def exchange_of(reference: str) -> Exchange:
    return db().scalars(select(Exchange).where(Exchange.reference == reference)).one()


def state_of(app: Flask, reference: str) -> CaseState:
    with app.app_context():
        return db().get_one(Case, exchange_of(reference).case_id).state


def running(reference: str) -> set[ClockKind]:
    clocks = db().scalars(select(Clock).where(Clock.subject_id == exchange_of(reference).id))
    return {clock.kind for clock in clocks if clock.is_running}


def test_the_list_shows_the_reference_the_state_and_the_clock_with_its_reason(app: Flask, reference: str) -> None:
    page = sign_in(app, "alpha_officer").get("/office/")
    assert reference in page.links
    assert "受領の確認待ち" in page.text
    assert "責任者の受領確認" in page.text
    assert "あと3営業日" in page.text
    assert "3営業日目" in page.text, "the due date explains itself"
    assert road.FORWARDED not in page.text


def test_the_list_says_so_when_there_is_nothing(app: Flask) -> None:
    page = sign_in(app, "alpha_officer").get("/office/")
    assert "いまは何もありません" in page.text


@pytest.mark.parametrize("show", ["due", "review", "over", "nonsense"])
def test_every_part_of_the_list_opens_in_both_languages(app: Flask, reference: str, show: str) -> None:
    for language in ("ja", "en"):
        visitor = sign_in(app, "alpha_officer", language=language)
        assert visitor.get(f"/office/?show={show}&after=nonsense").status == 200


def test_the_copy_is_read_only_after_it_was_opened_on_purpose(app: Flask, reference: str) -> None:
    visitor = sign_in(app, "alpha_officer")
    cover = visitor.get(f"/office/{reference}")
    assert road.FORWARDED not in cover.text
    assert "探したり推し量ったりしないでください" in cover.text
    with app.app_context():
        assert exchange_of(reference).opened_at is None
    opened = visitor.send(action="/open")
    assert road.FORWARDED in opened.text
    with app.app_context():
        assert exchange_of(reference).opened_at is not None
        names = set(db().scalars(select(AuditRecord.name)))
        assert {"exchange.open", "copy.view"} <= names


def test_the_officer_sees_the_copy_and_never_the_original(officer: Visitor) -> None:
    assert road.FORWARDED in officer.page.text
    assert road.WRITTEN not in officer.page.text


def test_the_officer_learns_the_week_and_no_day_of_the_submission(app: Flask, officer: Visitor, reference: str) -> None:
    assert "2026年11月23日からの週です" in officer.page.text
    with app.app_context():
        number = db().get_one(Case, exchange_of(reference).case_id).number
    assert number not in officer.page.html, "the case's own number stays with the association"


def test_a_blurred_summary_tells_not_even_the_week(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged(consent=ConsentLevel.CN_1, severity=Severity.HIGH)
        road.approved(case, code, road.copied(case, level=ConsentLevel.CN_1))
        reference = road.routed(case, code).reference
    visitor = sign_in(app, "alpha_officer")
    visitor.get(f"/office/{reference}")
    assert "からの週です" not in visitor.send(action="/open").text


@pytest.mark.parametrize(
    "stranger", ["beta_deputy", "delta_officer", "epsilon_officer", "alpha_deputy", "alpha_representative"]
)
def test_whoever_it_was_not_addressed_to_finds_nothing(app: Flask, reference: str, stranger: str) -> None:
    visitor = sign_in(app, stranger)
    assert reference not in visitor.get("/office/").text
    visitor.get(f"/office/{reference}", status=404)
    visitor.get(f"/office/{reference}/report", status=404)


@pytest.mark.parametrize("path", ["open", "acknowledge", "action", "reply", "response", "extension", "report"])
def test_another_company_can_do_nothing_with_it(app: Flask, reference: str, path: str) -> None:
    visitor = sign_in(app, "epsilon_officer")
    token = visitor.get("/office/").form_with(action="/sign-out").fields["csrf_token"][0]
    visitor.post(f"/office/{reference}/{path}", {"csrf_token": token, "version": "1"}, status=404)
    assert state_of(app, reference) is CaseState.ROUTED


@pytest.mark.parametrize("somebody", ["counselor", "chair", "auditor", "admin"])
def test_the_officers_list_is_for_companies(app: Flask, somebody: str) -> None:
    page = sign_in(app, somebody).get("/office/", status=403)
    assert "対応が必要なもの" not in page.text


def test_an_excluded_officer_finds_nothing(app: Flask, reference: str) -> None:
    with app.app_context():
        case = db().get_one(Case, exchange_of(reference).case_id)
        road.done(lambda: exclude(case, person("alpha_officer"), "desk", actor=present("counselor")))
    visitor = sign_in(app, "alpha_officer")
    assert reference not in visitor.get("/office/").text
    visitor.get(f"/office/{reference}", status=404)


def test_the_representative_acts_when_addressed(app: Flask) -> None:
    with app.app_context():
        reference = road.routed(company="gamma", severity=Severity.HIGH).reference
    visitor = sign_in(app, "gamma_representative")
    visitor.get(f"/office/{reference}")
    visitor.send(action="/open")
    visitor.send(action="/acknowledge")
    assert state_of(app, reference) is CaseState.ACKED


def test_the_deputy_acts_when_there_is_no_officer(app: Flask) -> None:
    with app.app_context():
        reference = road.routed(company="beta", severity=Severity.HIGH).reference
    visitor = sign_in(app, "beta_deputy")
    visitor.get(f"/office/{reference}")
    assert road.FORWARDED in visitor.send(action="/open").text


def test_acknowledging_meets_its_clock_and_tells_the_desk(app: Flask, officer: Visitor, reference: str) -> None:
    page = officer.send(action="/acknowledge")
    assert "受領を確認しました" in page.text
    assert "受領済み" in page.text
    assert state_of(app, reference) is CaseState.ACKED
    with app.app_context():
        assert running(reference) == {ClockKind.INITIAL_REPORT, ClockKind.FINAL_REPORT}
        mails = db().scalars(
            select(OutboxMessage.kind).where(
                OutboxMessage.person_id == person("counselor").id,
                OutboxMessage.idempotency_key.contains("acknowledged"),
            )
        )
        assert mails.all() == ["update"]


def test_acknowledging_twice_is_told_as_changed_meanwhile(officer: Visitor) -> None:
    before = officer.page
    officer.send(action="/acknowledge")
    page = officer.send(action="/acknowledge", page=before, status=409)
    assert "内容が変わりました" in page.text


def test_the_first_logged_action_is_the_initial_report(app: Flask, officer: Visitor, reference: str) -> None:
    officer.send(action="/acknowledge")
    page = officer.send(
        {"action-action": "AC-LOG", "action-done_on": "2026/11/24", "action-note": "録音を確かめました。"}
    )
    assert "録音を確かめました。" in page.text
    assert "録音・ログ確認" in page.text
    with app.app_context():
        assert running(reference) == {ClockKind.FINAL_REPORT}


def test_that_nothing_was_done_needs_a_reason_and_keeps_what_was_typed(officer: Visitor) -> None:
    officer.send(action="/acknowledge")
    page = officer.send({"action-action": "AC-NON", "action-done_on": "2026/11/23", "action-note": ""})
    assert page.title.startswith("エラー: ")
    assert "理由を入力してください" in page.text
    assert page.form_with("action-note").fields["action-done_on"] == ["2026-11-23"]
    assert page.form_with("action-note").fields["action-action"] == ["AC-NON"]


def test_an_action_of_tomorrow_is_refused(officer: Visitor) -> None:
    officer.send(action="/acknowledge")
    page = officer.send({"action-action": "AC-LOG", "action-done_on": "2026/11/25", "action-note": "予定です"})
    assert "今日より後の日付です" in page.text
    assert "予定です" in page.html


def test_a_reply_reaches_the_worker_and_nobody_learns_who_she_is(app: Flask, officer: Visitor, reference: str) -> None:
    officer.send(action="/acknowledge")
    page = officer.send({"reply-text": "交代の手順を見直します。お知らせくださりありがとうございます。"})
    assert "返信を届けました" in page.text
    assert "交代の手順を見直します。" in page.text
    with app.app_context():
        message = db().scalars(select(Message).where(Message.author == "officer")).one()
        assert message.exchange_id == exchange_of(reference).id


@pytest.mark.parametrize("text", ["相談者の名前を教えてください。", "これはどなたからの相談ですか。", "Who is it?"])
def test_asking_who_it_is_gets_the_standing_answer_and_is_recorded(app: Flask, officer: Visitor, text: str) -> None:
    officer.send(action="/acknowledge")
    page = officer.send({"reply-text": text})
    assert "お答えできません" in page.text
    with app.app_context():
        assert db().scalar(select(AuditRecord).where(AuditRecord.name == "exchange.search_hint")) is not None


def test_a_response_without_a_report_leaves_the_report_clock_running(
    app: Flask, officer: Visitor, reference: str
) -> None:
    officer.send(action="/acknowledge")
    officer.send({"action-action": "AC-HEA", "action-done_on": "2026/11/24", "action-note": ""})
    page = officer.send({"response-how": "message", "response-done_on": "2026/11/24", "response-note": "説明しました"})
    assert "報告書の提出がまだ残っています" in page.text
    assert state_of(app, reference) is CaseState.RESPONDED
    with app.app_context():
        assert running(reference) == {ClockKind.FINAL_REPORT}


def test_a_report_may_follow_the_acknowledgement_at_once(app: Flask, officer: Visitor, reference: str) -> None:
    officer.send(action="/acknowledge")
    officer.get(f"/office/{reference}/report")
    page = officer.send(REPORT)
    assert "報告書を提出しました" in page.text
    assert "報告済み・事務局が確認中" in page.text
    assert state_of(app, reference) is CaseState.REPORTED
    with app.app_context():
        assert running(reference) == set()


def test_a_report_before_the_acknowledgement_is_not_offered(officer: Visitor, reference: str) -> None:
    page = officer.get(f"/office/{reference}/report")
    assert page.path == f"/office/{reference}"


def test_a_report_keeps_what_was_typed_when_something_is_missing(officer: Visitor, reference: str) -> None:
    officer.send(action="/acknowledge")
    officer.get(f"/office/{reference}/report")
    page = officer.send({**REPORT, "report-care": "", "report-actions": ["AC-NON", "AC-LOG"]})
    assert page.title.startswith("エラー: ")
    assert "働く人への配慮を入力してください" in page.text
    assert "同時に選ぶことはできません" in page.text
    assert "理由を入力してください" in page.text
    assert page.form_with("report-care").fields["report-fact_check"] == [REPORT["report-fact_check"]]
    assert set(page.form_with("report-care").fields["report-actions"]) == {"AC-NON", "AC-LOG"}


@pytest.mark.parametrize("text", ["あ" * 4001, "あ" * 100_000, "\x00", " \n ", ""])
def test_a_block_that_cannot_be_kept_is_refused_in_words(officer: Visitor, reference: str, text: str) -> None:
    officer.send(action="/acknowledge")
    form = officer.get(f"/office/{reference}/report").form_with("report-care")
    page = officer.post(form.action, {**form.fields, **REPORT, "report-care": text})
    assert page.title.startswith("エラー: ")
    assert REPORT["report-prevention"] in page.html


def test_emoji_and_half_width_kana_are_kept_as_they_are(officer: Visitor, reference: str) -> None:
    officer.send(action="/acknowledge")
    page = officer.send({"reply-text": "ｵｰﾊﾞｰ対応しました👩‍💻\u202eここまで"})
    assert "ｵｰﾊﾞｰ対応しました👩‍💻ここまで" in page.text


def test_a_returned_report_says_what_is_missing_and_comes_back_filled_in(
    app: Flask, officer: Visitor, reference: str
) -> None:
    officer.send(action="/acknowledge")
    officer.get(f"/office/{reference}/report")
    officer.send(REPORT)
    with app.app_context():
        case = db().get_one(Case, exchange_of(reference).case_id)

        def give_back() -> None:
            desk = present("counselor")
            return_report(case, begin_review(case, actor=desk), "いつ警告するかを書いてください。", actor=desk)

        road.done(give_back)
        assert ClockKind.FINAL_REPORT in running(reference)
    page = officer.get(f"/office/{reference}")
    assert "いつ警告するかを書いてください。" in page.text
    assert "差戻し・書き直し" in page.text
    page = officer.get(f"/office/{reference}/report")
    form = page.form_with("report-care")
    assert "いつ警告するかを書いてください。" in page.text
    assert form.fields["report-care"] == [REPORT["report-care"]]
    assert form.fields["report-rule_usable"] == ["partly"]
    assert form.fields["report-actions"] == REPORT["report-actions"]
    officer.send({"report-measures_customer": "11月30日に書面で警告します。"})
    with app.app_context():
        numbers = db().scalars(select(Report.number).order_by(Report.number)).all()
        assert numbers == [1, 2]
        assert running(reference) == set()


def test_an_accepted_report_is_confirmed_to_the_officer(app: Flask, officer: Visitor, reference: str) -> None:
    with app.app_context():
        exchange = road.reported(exchange_of(reference))
        case = db().get_one(Case, exchange.case_id)

        def accept() -> None:
            desk = present("counselor")
            accept_report(case, begin_review(case, actor=desk), actor=desk)

        road.done(accept)
    page = officer.get(f"/office/{reference}")
    assert "報告書を受理しました" in page.text
    assert not [form for form in page.forms if form.action.startswith("/office")]
    assert reference in officer.get("/office/?show=review").text


def test_more_time_is_asked_once_and_its_answer_is_shown(app: Flask, officer: Visitor, reference: str) -> None:
    officer.send(action="/acknowledge")
    page = officer.send({"extension-working_days": "10", "extension-reason": "録音の取り寄せに時間がかかります。"})
    assert "10営業日の延長をお願いしています" in page.text
    assert "extension-reason" not in page.html, "a second one is not offered"
    with app.app_context():
        extension = db().scalars(select(Extension)).one()
        case = db().get_one(Case, exchange_of(reference).case_id)
        road.done(lambda: decide_extension(case, extension, True, actor=present("counselor")))
    assert "延長が認められました" in officer.get(f"/office/{reference}").text


def test_a_second_extension_is_refused_by_rule(officer: Visitor, reference: str) -> None:
    officer.send(action="/acknowledge")
    form = officer.page.form_with("extension-reason")
    asked = {**form.fields, "extension-working_days": "10", "extension-reason": "録音の取り寄せ"}
    officer.post(form.action, asked)
    officer.post(form.action, asked)
    assert "延長は1回までです" in officer.page.text
    assert "お願いしています" in officer.page.text


def test_more_time_is_not_asked_after_the_due_day(
    app: Flask, clock: FixedClock, officer: Visitor, reference: str
) -> None:
    officer.send(action="/acknowledge")
    with app.app_context():
        road.let_hours_pass(24 * 80)
    visitor = sign_in(app, "alpha_officer")
    visitor.get(f"/office/{reference}")
    page = visitor.send({"extension-working_days": "5", "extension-reason": "間に合いませんでした。"})
    assert "期限を過ぎてからは延長できません" in page.text
    assert "間に合いませんでした。" in page.html
    assert "営業日超過" in page.text


@pytest.mark.parametrize("days", ["0", "21", "-3", "many", ""])
def test_an_extension_of_no_sensible_length_is_refused(officer: Visitor, days: str) -> None:
    officer.send(action="/acknowledge")
    page = officer.send({"extension-working_days": days, "extension-reason": "理由です"})
    assert page.title.startswith("エラー: ")
    assert "理由です" in page.html


def test_nothing_is_readable_after_consent_was_withdrawn(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged(severity=Severity.HIGH)
        exchange = road.routed(case, code)
        road.acknowledged(exchange)
        reference = exchange.reference
        road.done(lambda: withdraw_consent(case, actor=consulter(code)))
    visitor = sign_in(app, "alpha_officer")
    page = visitor.get(f"/office/{reference}")
    assert "終了しました" in page.text
    assert road.FORWARDED not in page.text
    assert not re.search("同意|取り消", page.text), "why it ended is not the company's to know"
    visitor.get(f"/office/{reference}/report")
    assert road.FORWARDED not in visitor.page.text
    assert reference in visitor.get("/office/?show=over").text


def test_two_at_once_the_second_is_told_and_keeps_what_was_typed(app: Flask, officer: Visitor) -> None:
    officer.send(action="/acknowledge")
    stale = officer.page
    officer.send({"action-action": "AC-LOG", "action-done_on": "2026/11/24", "action-note": "はじめの記録です。"})
    page = officer.send(
        {"action-action": "AC-TRN", "action-done_on": "2026/11/24", "action-note": "二つ目に書いた長い記録です。"},
        page=stale,
        status=409,
    )
    assert "二つ目に書いた長い記録です。" in page.html


def test_a_forged_version_is_no_version(officer: Visitor) -> None:
    form = officer.page.form_with(action="/acknowledge")
    for typed in ("", "-1", "1e3", "９", "9" * 40):
        page = officer.post(form.action, {**form.fields, "version": typed}, status=409)
        assert "まだ行われていません" in page.text


def test_a_forged_form_is_refused(officer: Visitor) -> None:
    form = officer.page.form_with(action="/acknowledge")
    page = officer.post(form.action, {"version": form.fields["version"]}, status=400)
    assert "受領済み" not in page.text


def test_every_page_of_the_office_renders_in_english(app: Flask, officer: Visitor, reference: str) -> None:
    visitor = sign_in(app, "alpha_officer", language="en")
    visitor.get(f"/office/{reference}")
    visitor.send(action="/acknowledge")
    visitor.get(f"/office/{reference}/report")
    assert visitor.page.status == 200


def test_no_address_of_the_office_names_the_case(app: Flask, reference: str) -> None:
    with app.app_context():
        number = db().scalars(select(Case.number)).one()
    assert number not in reference
    assert not re.search(number[2:6], reference)


def test_the_report_tells_what_the_company_thinks_of_the_laws_definition_and_the_desk_reads_it(
    app: Flask, officer: Visitor, reference: str
) -> None:
    officer.send(action="/acknowledge")
    officer.get(f"/office/{reference}/report")
    judged = {
        "report-conduct": "yes",
        "report-beyond": "unclear",
        "report-judgement_reason": "お申し出の一部は、請求の誤りについての正当なものでした。",
        "report-may_be_legitimate": "1",
        "report-cooperation": "委託元に、請求の誤りを伝え、窓口での説明を直すよう求めました。",
    }
    officer.send({**REPORT, **judged})
    counselor = sign_in(app, "counselor")
    with app.app_context():
        number = road.case_at(reference).number
    counselor.get(f"/desk/{number}")
    counselor.send(action="/begin-review")
    for page in (officer.get(f"/office/{reference}"), counselor.page):
        for words in (
            "社会通念上許される範囲を超えていた まだ分からない",
            "働く人の就業環境が害された まだ判断していない",
            judged["report-judgement_reason"],
            "正当な申出や、障害のある人への合理的配慮の求めだった可能性がある",
            judged["report-cooperation"],
        ):
            assert words in page.text
    assert "一部しか使えなかった" in counselor.page.text, "whether the rule was usable is read in the review too"


def test_a_report_without_a_judgement_stays_a_consultation_and_is_taken(
    app: Flask, officer: Visitor, reference: str
) -> None:
    officer.send(action="/acknowledge")
    officer.get(f"/office/{reference}/report")
    officer.send(REPORT)
    assert "報告書を提出しました" in officer.page.text
    assert officer.page.text.count("まだ判断していない") == 3
