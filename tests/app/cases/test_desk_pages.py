"""The desk at its pages: the whole road as a counselor walks it, with the others' parts done by actions."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.cases.actions import deliver_held
from app.cases.queries import exchanges_of, latest_copy
from app.pipeline.transaction import db
from models.case import Case
from models.message import Message
from models.rules.case_lifecycle import CaseState
from models.rules.consent import ConsentLevel
from models.rules.taxonomy.harassment_type import HINTS, HarassmentType
from models.rules.taxonomy.severity import Severity
from tests.support import road
from tests.support.present import person
from tests.support.visitor import Visitor, sign_in


def written(app: Flask, **answers: object) -> tuple[Case, str]:
    """A consultation has arrived; the request that brought it is over."""
    with app.app_context():
        return road.submitted(**answers)  # type: ignore[arg-type]


def state_of(app: Flask, case: Case) -> CaseState:
    with app.app_context():
        return road.case_of(case).state


def desk(case: Case, page: str = "") -> str:
    return f"/desk/{case.number}{page}"


def triaged_by(counselor: Visitor, case: Case, *, severity: str = "S2") -> None:
    counselor.get(desk(case))
    counselor.send(action="/open-triage")
    counselor.get(desk(case, "/triage"))
    counselor.send({"severity": severity, "types": ["HT-ABU"], "org_issues": ["OI-NOS"]})


def copy_put_by(counselor: Visitor, case: Case, *, level: str = "CN-2", text: str = road.FORWARDED) -> None:
    counselor.get(desk(case, "/copy"))
    link = next(url for words, url in counselor.page.links.items() if "転送版を書く" in words)
    counselor.get(link)
    counselor.send({"level": level, "text": text, "is_right_company": "1"})


def approved_by_the_consulter(app: Flask, case: Case, code: str) -> None:
    with app.app_context():
        exchange = exchanges_of(road.case_of(case))[0]
        road.approved(road.case_of(case), code, latest_copy(exchange))


def reference_of(app: Flask, case: Case) -> str:
    with app.app_context():
        return exchanges_of(road.case_of(case))[0].reference


def test_a_counselor_walks_the_whole_road_at_the_pages(app: Flask):
    case, code = written(app)
    counselor = sign_in(app, "counselor")
    counselor.get("/desk/")
    assert case.number in counselor.page.text
    triaged_by(counselor, case)
    assert state_of(app, case) is CaseState.TRIAGE
    copy_put_by(counselor, case)
    assert state_of(app, case) is CaseState.AWAIT_CONSENT
    approved_by_the_consulter(app, case, code)
    counselor.get(desk(case, f"/send/{reference_of(app, case)}"))
    counselor.send({"is_right": "1"})
    assert "転送を予約しました" in counselor.page.text
    with app.app_context():
        road.let_hours_pass(25)
        assert road.done(deliver_held) == 1
        exchange = exchanges_of(road.case_of(case))[0]
        road.reported(exchange)
    counselor = sign_in(app, "counselor")
    counselor.get(desk(case))
    counselor.send(action="/begin-review")
    assert road.REPORT["fact_check"] in counselor.page.text
    counselor.send({"accept": "1"})
    assert state_of(app, case) is CaseState.FEEDBACK
    counselor.get(desk(case, "/feedback"))
    counselor.send({"feedback": road.TOLD})
    counselor.get(desk(case, "/close"))
    counselor.send({"outcome": "OC-IMP"})
    assert state_of(app, case) is CaseState.CLOSED
    assert "相談を終結しました" in counselor.page.text


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_page_of_the_desk_comes_in_both_languages(app: Flask, language: str):
    with app.app_context():
        case, code = road.triaged()
        exchange = road.reported(road.routed(case, code))
        reference = exchange.reference
    counselor = sign_in(app, "counselor", language=language)
    for page in (
        "",
        "/review",
        "/feedback",
        "/copy",
        f"/send/{reference}",
        f"/recall/{reference}",
        f"/reroute/{reference}",
        "/close",
        "/triage",
        "/ask",
        "/advise",
        "/identity",
        "/identity?reason=contact",
    ):
        counselor.get(desk(case, page))
        assert counselor.page.h1
    for tab in ("all", "mine", "untaken", "company", "consulter", "closing", "closed", "nonsense"):
        counselor.get(f"/desk/?show={tab}")


def test_the_page_shows_what_was_written_and_records_the_reading_first(app: Flask):
    case, _code = written(app)
    counselor = sign_in(app, "counselor")
    counselor.get(desk(case))
    assert road.WRITTEN in counselor.page.text
    assert "内容を開きました" in counselor.page.text


def test_a_copy_that_names_the_consulter_goes_no_further_than_the_form(app: Flask):
    case, _code = written(app, name="風見 みどり", contact="090-1111-2222")
    counselor = sign_in(app, "counselor")
    triaged_by(counselor, case)
    copy_put_by(counselor, case, text="風見さんから、長時間の暴言について相談がありました。")
    assert "会社に伝えてはならないものが残っています" in counselor.page.text
    assert "風見さんから、長時間の暴言" in counselor.page.html
    assert state_of(app, case) is CaseState.TRIAGE


def test_a_copy_may_not_ask_for_more_than_was_consented(app: Flask):
    case, _code = written(app, consent=ConsentLevel.CN_1)
    counselor = sign_in(app, "counselor")
    triaged_by(counselor, case)
    copy_put_by(counselor, case, level="CN-3", text="長い時間の暴言がありました。")
    assert counselor.page.title.startswith("エラー")
    assert state_of(app, case) is CaseState.TRIAGE


def test_a_stale_page_loses_nothing_and_says_what_changed(app: Flask):
    case, _code = written(app)
    counselor = sign_in(app, "counselor")
    triaged_by(counselor, case)
    counselor.get(desk(case, "/advise"))
    stale = counselor.page
    counselor.get(desk(case, "/ask"))
    counselor.send({"question": "そのとき、上司の方はどうされましたか。"})
    counselor.send({"advice": "まずは休んでください。電話を切ってよい場面があります。"}, page=stale, status=409)
    assert "まずは休んでください。電話を切ってよい場面があります。" in counselor.page.html
    assert state_of(app, case) is CaseState.NEED_INFO


def test_a_mistake_keeps_what_was_typed(app: Flask):
    case, _code = written(app)
    counselor = sign_in(app, "counselor")
    triaged_by(counselor, case)
    counselor.get(desk(case, "/ask"))
    counselor.send({"question": "あ" * 4001})
    assert counselor.page.title.startswith("エラー")
    assert "あ" * 4001 in counselor.page.html


@pytest.mark.parametrize("language", ["ja", "en"])
def test_whoever_weighs_a_case_is_reminded_of_what_goes_with_each_kind(app: Flask, language: str):
    case, _code = written(app)
    counselor = sign_in(app, "counselor", language=language)
    counselor.get(desk(case))
    counselor.send(action="/open-triage")
    counselor.get(desk(case, "/triage"))
    assert all(hint[language == "en"] in counselor.page.text for hint in HINTS.values())


def test_that_no_customer_did_anything_is_chosen_alone_at_the_desk_as_well(app: Flask):
    case, _code = written(app)
    counselor = sign_in(app, "counselor")
    counselor.get(desk(case))
    counselor.send(action="/open-triage")
    counselor.get(desk(case, "/triage"))
    counselor.send({"severity": "S2", "types": ["HT-ABU", "HT-NA"], "org_issues": []})
    assert counselor.page.title.startswith("エラー")
    assert f"「{HarassmentType.NO_CUSTOMER_ACT.ja}」は、ほかの項目と一緒には選べません" in counselor.page.text


def test_the_desk_sees_who_asks_for_the_worker_and_how_to_refuse(app: Flask):
    with app.app_context():
        case, code = road.triaged()
        road.reported(
            road.routed(case, code),
            blocks={**road.REPORT, "fact_check": "この相談は誰ですか。特定したいので教えてください。"},
        )
    counselor = sign_in(app, "counselor")
    counselor.get(desk(case))
    assert "相談者を探す言葉があるようです" in counselor.page.text
    assert "お答えできません" in counselor.page.html


def test_without_consent_the_page_of_sending_refuses_in_words(app: Flask):
    case, _code = written(app, consent=ConsentLevel.CN_0)
    counselor = sign_in(app, "counselor")
    triaged_by(counselor, case)
    copy_put_by(counselor, case)
    reference = reference_of(app, case)
    counselor.get(desk(case, f"/send/{reference}"))
    assert "伝えることに同意していません" in counselor.page.text
    token = counselor.page.form_with("csrf_token", action="/sign-out").fields["csrf_token"]
    counselor.post(desk(case, f"/send/{reference}"), {"csrf_token": token, "version": "4", "is_right": "1"})
    assert state_of(app, case) is CaseState.AWAIT_CONSENT
    officer = sign_in(app, "alpha_officer")
    officer.get("/office/")
    assert reference not in officer.page.text


def test_two_people_close_what_is_grave_at_the_pages(app: Flask):
    with app.app_context():
        number = road.triaged(severity=Severity.HIGH)[0].number
        case = db().scalars(select(Case).where(Case.number == number)).one()
        db().expunge_all()
    counselor = sign_in(app, "counselor")
    counselor.get(f"/desk/{number}/advise")
    counselor.send({"advice": "お話しくださってありがとうございます。"})
    counselor.get(f"/desk/{number}/close")
    assert "二人で終結します" in counselor.page.text
    counselor.send({"outcome": "OC-ADV"})
    assert "終結の確認が求められています" in counselor.page.text
    assert "二人目として確認し、終結する" not in counselor.page.text
    manager = sign_in(app, "manager")
    manager.get("/desk/?show=closing")
    assert number in manager.page.text
    manager.get(f"/desk/{number}?reason=second")
    manager.send({"answer": ""}, action="/confirm-close", status=400)
    assert state_of(app, case) is CaseState.ADVICE
    manager.get(f"/desk/{number}?reason=second")
    manager.send(action="/confirm-close")
    assert state_of(app, case) is CaseState.CLOSED


def test_an_empty_report_is_sent_back_with_what_is_missing(app: Flask):
    with app.app_context():
        case, code = road.triaged()
        thin = dict.fromkeys(road.REPORT, "適切に対応しました。") | {"actions": ["AC-NON"]}
        road.reported(road.routed(case, code), blocks=thin)
        db().expunge_all()
    counselor = sign_in(app, "counselor")
    counselor.get(desk(case))
    counselor.send(action="/begin-review")
    assert "対応の内容を確かめてください" in counselor.page.text
    assert "中身の少ない項目があります" in counselor.page.text
    counselor.send({"missing": ["fact_check", "prevention"], "reason": "何を確かめたかを書いてください。"})
    assert state_of(app, case) is CaseState.IN_ACTION
    assert "差し戻しました" in counselor.page.text


def test_somebody_is_kept_away_and_the_case_is_given_on(app: Flask):
    case, _code = written(app, keep_from="責任者の方は、相手の家族です。")
    counselor = sign_in(app, "counselor")
    triaged_by(counselor, case)
    counselor.get(desk(case))
    assert "責任者の方は、相手の家族です。" in counselor.page.text
    with app.app_context():
        officer, second = person("alpha_officer").id.hex, person("second_counselor").id.hex
    counselor.send(action=f"/exclude/{officer}")
    assert "除外済み" in counselor.page.text
    counselor.send({"person": second}, action="/assign")
    with app.app_context():
        assert road.assignee(road.case_of(case)) == "second_counselor"


def test_a_company_is_found_by_its_former_name_and_shown_with_its_address(app: Flask):
    case, _code = written(app, company=None)
    counselor = sign_in(app, "counselor")
    triaged_by(counselor, case)
    counselor.get(desk(case, "/copy"))
    counselor.send({"words": "旧青葉台"})
    assert "青葉台コンタクト株式会社" in counselor.page.text
    assert "東京都架空区一丁目" in counselor.page.text
    assert "旧青葉台" not in counselor.page.path


@pytest.mark.parametrize("typed", ["", " ", "\x00見えない文字", "あ" * 4001])
def test_what_is_not_a_message_is_not_sent(app: Flask, typed: str):
    case, _code = written(app)
    counselor = sign_in(app, "counselor")
    counselor.get(desk(case))
    form = counselor.page.form_with("message")
    counselor.post(form.action, {**form.fields, "message": typed})
    assert counselor.page.title.startswith("エラー")
    with app.app_context():
        assert db().scalar(select(func.count()).select_from(Message)) == 0


@pytest.mark.parametrize("path", ["/put/nonsense", "/put/" + "0" * 32, "/extension/" + "0" * 32, "/exclude/nonsense"])
def test_what_does_not_belong_to_the_case_is_not_there(app: Flask, path: str):
    case, _code = written(app)
    counselor = sign_in(app, "counselor")
    triaged_by(counselor, case)
    token = counselor.page.form_with("csrf_token", action="/sign-out").fields["csrf_token"]
    refusal = counselor.post(desk(case, path), {"csrf_token": token, "version": "3"}, status=404)
    assert road.WRITTEN not in refusal.text
    assert state_of(app, case) is CaseState.TRIAGE


def test_a_copy_of_another_case_cannot_be_put_from_here(app: Flask):
    with app.app_context():
        other, _code = road.triaged()
        copy = road.copied(other).id.hex
        case, _code = road.triaged()
        mine = case.number
    counselor = sign_in(app, "counselor")
    counselor.get(f"/desk/{mine}")
    token = counselor.page.form_with("csrf_token", action="/sign-out").fields["csrf_token"]
    counselor.post(f"/desk/{mine}/put/{copy}", {"csrf_token": token, "version": "4"}, status=404)
    assert state_of(app, case) is CaseState.TRIAGE
