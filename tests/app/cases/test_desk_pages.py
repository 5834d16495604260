"""The desk at its pages: the whole road as a counselor walks it, with the others' parts done by actions."""

from __future__ import annotations

import pytest
from flask import Flask

from app.cases.queries import exchanges_of
from models.case import Case
from models.rules.case_lifecycle import CaseState
from models.rules.consent import ConsentLevel
from tests.support import road
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
        from app.cases.queries import latest_copy  # noqa: PLC0415 - read where the case is read

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
        from app.cases.actions import deliver_held  # noqa: PLC0415 - the clock's part

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


def test_what_looks_like_a_customers_name_is_offered_masked(app: Flask):
    case, _code = written(
        app, text="山本様から二時間、090-3333-4444の番号で怒鳴られました。住所は架空県架空市一丁目です。"
    )
    counselor = sign_in(app, "counselor")
    triaged_by(counselor, case)
    counselor.get(desk(case, "/copy"))
    counselor.get(next(url for words, url in counselor.page.links.items() if "転送版を書く" in words))
    assert "●●から二時間、●●の番号" in counselor.page.html


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


def test_the_desk_sees_who_asks_for_the_worker_and_how_to_refuse(app: Flask):
    with app.app_context():
        case, code = road.triaged()
        road.reported(
            road.routed(case, code),
            blocks={**road.REPORT, "fact_check": "この相談は誰ですか。特定したいので教えてください。"},
        )
    counselor = sign_in(app, "counselor")
    counselor.get(desk(case))
    assert "相談者を探すような記載があります" in counselor.page.text
    assert "お答えできません" in counselor.page.html
