"""What can be written into the form, and what the check page makes of it before anything is stored."""

from __future__ import annotations

import gc

import pytest
from flask import Flask

from app.intake.forms import LONGEST_NAME, LONGEST_STORY, LONGEST_WORDS
from app.pipeline.clock import FixedClock
from app.pipeline.transaction import transaction
from app.presentation.form import Form
from tests.app.intake.conftest import WRITTEN, Checks
from tests.support.present import company
from tests.support.visitor import Visitor

LIMITS = {
    "text": LONGEST_STORY,
    "happened": LONGEST_WORDS,
    "impact_text": LONGEST_WORDS * 2,
    "employer": LONGEST_NAME,
    "workplace": LONGEST_NAME,
    "client": LONGEST_NAME,
    "keep_from": LONGEST_WORDS,
    "name": LONGEST_NAME,
    "contact": 300,
}
LISTS = (
    "channel",
    "actor",
    "types",
    "org_issues",
    "impacts",
    "requested",
    "employment",
    "group_size",
    "consent",
    "options",
)
NAMES_OF_ALPHA = (
    "青葉台コンタクト",
    "旧青葉台コンタクト",
    "アオバダイ",
    "あおばだい",
    "aobadai",
    "ｱｵﾊﾞﾀﾞｲ",
    "株式会社 青葉台 コンタクト",
)
ODD = {
    "emoji": "😀👩‍👩‍👧",
    "half-width kana": "ｶｽﾀﾏｰﾊﾗｽﾒﾝﾄ",
    "rare kanji": "𠮷𩸽",
    "markup": "<b>&amp;\"'</b>",
    "template": "{{ 7 * 7 }}",
}


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("path", ["/", "/consult"])
def test_the_pages_before_writing_are_there_in_both_languages(app: Flask, path: str, language: str) -> None:
    page = Visitor(app, language=language).get(path)
    assert f'lang="{language}"' in page.html
    assert "110" in page.text


def test_the_start_page_says_who_reads_it_when_and_what_it_is_not(app: Flask, clock: FixedClock) -> None:
    page = Visitor(app).get("/")
    for words in (
        "相談員",
        "10時から17時",
        "いまは窓口の時間内です",
        "119",
        "0120-279-338",
        "00-0000-0000",
        "この窓口ではないもの",
    ):
        assert words in page.text
    clock.move(to=clock.now().replace(hour=22))
    assert "2026年11月25日" in Visitor(app).get("/").text


def test_the_empty_form_is_kept_but_not_the_token_of_whoever_came_first(app: Flask) -> None:
    first, second = Visitor(app), Visitor(app)
    tokens = [visitor.get("/consult").form_with("text").fields["csrf_token"] for visitor in (first, second)]
    assert tokens[0] != tokens[1]
    second.send({"text": WRITTEN}, action="/consult/check")
    assert second.page.h1 == "確かめて送る"
    assert WRITTEN not in first.get("/consult").html


def test_only_what_happened_must_be_written(app: Flask) -> None:
    visitor = Visitor(app)
    visitor.get("/consult")
    visitor.send({"text": "  \n "}, action="/consult/check")
    assert visitor.page.title.startswith("エラー")
    assert "何があったかを入力してください" in visitor.page.text
    visitor.send({"text": "つらいです"}, action="/consult/check")
    assert visitor.page.h1 == "確かめて送る"


def gone_back(visitor: Visitor) -> dict[str, list[str]]:
    """What stands in the form again when somebody goes back from the check page."""
    visitor.post("/consult/send", {**visitor.page.form_with("carried").fields, "back": "1"})
    return visitor.page.form_with("text").fields


def everywhere(value: str) -> dict[str, str]:
    """The same words in every field that takes words."""
    return {"health_consent": "1", **dict.fromkeys(LIMITS, value)}


def test_every_field_takes_its_limit(checks: Checks) -> None:
    page = checks(health_consent="1", **{field: "あ" * limit for field, limit in LIMITS.items()}).page
    assert page.h1 == "確かめて送る"


def test_each_field_says_how_much_is_too_much_and_keeps_it(app: Flask) -> None:
    visitor = Visitor(app)
    for field, limit in LIMITS.items():
        visitor.get("/consult")
        typed = "あ" * (limit + 7)
        page = visitor.send({**everywhere("短い"), field: typed}, action="/consult/check")
        assert page.h1 == "相談を書く", field
        assert "7文字減らしてください" in page.text, field
        assert page.form_with("text").fields[field] == [typed], field


def test_a_hundred_kilobytes_in_every_field_are_refused_in_words_and_kept(checks: Checks) -> None:
    page = checks(**everywhere("x" * 100_000)).page
    assert page.title.startswith("エラー")
    fields = page.form_with("text").fields
    assert all(fields[field] == ["x" * 100_000] for field in LIMITS)


@pytest.mark.parametrize("odd", ODD)
def test_odd_signs_stay_as_they_were_typed_in_every_field(checks: Checks, odd: str) -> None:
    visitor = checks(**everywhere(ODD[odd]))
    page = visitor.page
    assert page.h1 == "確かめて送る"
    fields = gone_back(visitor)
    assert [fields[field] for field in LIMITS] == [[ODD[odd]]] * len(LIMITS)
    assert page.text.count(ODD[odd]) >= len(LIMITS)


def test_signs_that_change_the_order_of_letters_are_removed_from_every_field(checks: Checks) -> None:
    fields = gone_back(checks(**everywhere("ab\u202ecd\u2066ef")))
    assert [fields[field] for field in LIMITS] == [["abcdef"]] * len(LIMITS)


def test_nul_is_refused_in_words_in_every_field_and_the_rest_kept(app: Flask) -> None:
    visitor = Visitor(app)
    for field in LIMITS:
        visitor.get("/consult")
        page = visitor.send({**everywhere("短い"), field: "前\x00後"}, action="/consult/check")
        assert "読み取れない文字" in page.text, field
        assert page.form_with("text").fields[field] == ["前後"], field


def test_half_of_a_surrogate_pair_never_breaks_a_page(app: Flask) -> None:
    visitor = Visitor(app)
    token = visitor.get("/consult").form_with("text").fields["csrf_token"][0]
    for field in LIMITS:
        body = f"csrf_token={token}&health_consent=1&text=ok&{field}=".encode() + b"%ED%A0%80%E3%81%82"
        response = visitor.client.post("/consult/check", data=body, content_type="application/x-www-form-urlencoded")
        assert response.status_code == 200, field


def test_an_answer_that_is_not_in_its_list_is_refused(app: Flask) -> None:
    visitor = Visitor(app)
    for field in LISTS:
        visitor.get("/consult")
        page = visitor.send({"text": WRITTEN, field: "XX-不明"}, action="/consult/check")
        assert page.title.startswith("エラー"), field
        assert "一覧の中から選んでください" in page.text, field


def test_at_most_five_kinds_and_none_beside_nothing(checks: Checks) -> None:
    six = ["HT-ABU", "HT-LNG", "HT-REP", "HT-EXC", "HT-INT", "HT-AUT"]
    assert "5個まで" in checks(types=six).page.text
    assert "一緒には選べません" in checks(types=["HT-NA", "HT-ABU"]).page.text
    assert "一緒には選べません" in checks(impacts=["IM-NON", "IM-STR"]).page.text
    assert "一緒には選べません" in checks(org_issues=["OI-NON", "OI-NOS"]).page.text


def test_health_is_read_only_with_its_own_consent_but_nobody_in_danger_is_sent_back(checks: Checks) -> None:
    assert "体調や受診のことが書かれています" in checks(impacts=["IM-SLP"]).page.text
    assert checks(impacts=["IM-SLP"], health_consent="1").page.h1 == "確かめて送る"
    assert checks(impacts=["IM-STR"]).page.h1 == "確かめて送る"
    assert checks(impacts=["IM-SUI"], impact_text="眠れません").page.h1 == "確かめて送る"


def test_going_back_keeps_every_answer(checks: Checks) -> None:
    answers = {
        "employer": "青葉台",
        "types": ["HT-ABU", "HT-SEX"],
        "consent": "CN-3",
        "group_size": "5_to_20",
        "channel": "HC-TELIN",
        "impact_text": "つらい\n二行目",
        "health_consent": "1",
    }
    visitor = checks(**answers)
    fields = gone_back(visitor)
    assert fields["text"] == [WRITTEN]
    for name, value in answers.items():
        assert fields[name] == (value if isinstance(value, list) else [value]), name


def test_a_company_is_found_by_any_of_its_names(app: Flask) -> None:
    visitor = Visitor(app)
    for typed in NAMES_OF_ALPHA:
        visitor.get("/consult")
        page = visitor.send({"text": WRITTEN, "employer": typed}, action="/consult/check")
        for told in ("青葉台コンタクト株式会社", "旧社名: 旧青葉台コンタクト株式会社", "東京都架空区一丁目", "正会員"):
            assert told in page.text, typed


def test_a_name_that_is_not_exact_leaves_the_choice_to_the_person(checks: Checks) -> None:
    exact, vague = (checks(employer=typed).page.form_with("employer_id") for typed in ("青葉台コンタクト", "青葉"))
    assert exact.fields["employer_id"] != [""]
    assert vague.fields["employer_id"] == [""]


def test_the_desk_within_the_company_is_named_where_the_company_is_sure(app: Flask, checks: Checks) -> None:
    desk = "人事部の相談室(平日9時から17時)"
    assert desk not in checks(employer="青葉台コンタクト").page.text
    with app.app_context(), transaction():
        company("alpha").inside_desk = desk
    page = checks(employer="青葉台コンタクト").page
    assert f"青葉台コンタクト株式会社: {desk}" in page.text
    assert "その窓口に自動で伝わることはありません" in page.text
    assert desk in checks(workplace="青葉台コンタクト").page.text
    assert desk not in checks(employer="青葉").page.text, "of a company that may be another one nothing is said"
    assert desk not in checks(client="青葉台コンタクト").page.text, "a client's desk is not for the agency's workers"


def test_a_company_outside_the_association_is_welcome_and_told_what_that_means(checks: Checks) -> None:
    page = checks(employer="どこにもない商店").page
    assert "会員の中に見つからない会社です" in page.text
    assert "相談できます" in page.text


def test_a_small_group_and_a_missing_company_are_pointed_out(checks: Checks) -> None:
    page = checks(group_size="under_5", consent="CN-2").page
    assert "人数が少ない職場です" in page.text
    assert "会社の名前がありません" in page.text
    assert "お名前が書かれていません" in checks(consent="CN-3", employer="青葉台").page.text


def test_words_of_danger_bring_the_crisis_lines_before_anything_is_sent(checks: Checks) -> None:
    page = checks(text="もう消えてしまいたいです。").page
    assert "ひとりで抱えずに、いますぐ話せるところがあります" in page.text
    assert page.links["0120-279-338"] == "tel:0120279338"
    assert "ひとりで抱えずに" not in checks().page.text


def test_the_crisis_lines_are_within_reach_while_somebody_writes(app: Flask) -> None:
    links = Visitor(app).get("/consult").links
    assert {"110", "119", "0120-279-338", "0120-783-556"} <= set(links)


def test_what_was_left_out_is_said_to_be_fine(checks: Checks) -> None:
    page = checks().page
    assert "書かなかったこと(このまま送って大丈夫です)" in page.text
    assert "どこでの出来事ですか" in page.text


def test_names_and_numbers_are_pointed_out_and_stay_as_typed(checks: Checks) -> None:
    text = "お客様の田中様(090-1234-5678、tanaka@example.jp、東京都架空区青葉一丁目2-3)から電話がありました。"
    visitor = checks(text=text)
    for words in (
        "人の名前: 田中様",
        "電話番号: 090-1234-5678",
        "メールアドレス・アカウント: tanaka@example.jp",
        "住所・郵便番号: 東京都架空区",
    ):
        assert words in visitor.page.text
    assert gone_back(visitor)["text"] == [text]


def test_the_browser_is_asked_to_remember_nothing(checks: Checks) -> None:
    visitor = checks()
    assert 'autocomplete="off"' in visitor.page.html
    assert visitor.page.response.headers["Cache-Control"] == "no-store"


def test_a_request_of_more_than_a_megabyte_gets_a_page_in_words(app: Flask) -> None:
    visitor = Visitor(app)
    visitor.get("/consult")
    page = visitor.send({"text": "あ" * 400_000}, action="/consult/check", status=413)
    assert page.h1


def test_what_was_typed_is_let_go_with_the_answer_and_not_when_the_collector_comes_by(checks: Checks) -> None:
    checks()
    gc.collect()
    before = {id(form) for form in forms_in_memory()}
    gc.disable()
    try:
        visitor = checks(text="")
        visitor.send({"text": WRITTEN}, action="/consult/check")
        visitor.send(action="/consult/send")
        left = [type(form).__name__ for form in forms_in_memory() if id(form) not in before]
    finally:
        gc.enable()
    assert "receipt" in visitor.page.html
    assert not left, "Whatever keeps its form keeps what was written: a field's way back to its form must be a weak one"


def forms_in_memory() -> list[Form]:
    return [thing for thing in gc.get_objects() if isinstance(thing, Form)]
