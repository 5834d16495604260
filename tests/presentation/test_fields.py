"""What each field takes, tidies and refuses, and in which words."""

import re
from datetime import date

import pytest
from flask import Flask
from flask_babel import Babel
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from app.presentation.choices import Choices, OneOf, Option
from app.presentation.fields import Code, Day, MailAddress, PlainText, Secret, Tick, WholeNumber
from app.presentation.form import ErrorItem, Form
from app.presentation.typed_text import tidy
from models.rules.labelled import Labelled
from tests.support.source_tree import ROOT


class Harm(Labelled):
    SHOUTING = "T1", "暴言", "Shouting"
    CLAIMS = "T2", "過度な要求", "Excessive demands"
    TIME = "T3", "長時間の拘束", "Held for hours"


@pytest.fixture(autouse=True)
def posting():
    app = Flask("fields")
    app.config.update(SECRET_KEY="fields", WTF_CSRF_ENABLED=False)
    Babel(app, default_locale="ja")
    with app.test_request_context("/", method="POST"):
        yield


def asked(unbound, *answers):
    """The one field of a form to which these answers were posted, and whether the form took them."""
    form = type("OneField", (Form,), {"x": unbound})(MultiDict([("x", answer) for answer in answers]))
    return form.x, form.validate()


def refusal(unbound, *answers):
    field, taken = asked(unbound, *answers)
    assert not taken
    return str(field.errors[0])


def story(**given):
    return PlainText("出来事", **{"thing": "出来事", "limit": 10, "rows": 5, **given})


def test_an_empty_answer_is_asked_for_by_its_thing():
    assert refusal(story(), "") == "出来事を入力してください。"
    assert refusal(story()) == "出来事を入力してください。"
    assert refusal(story(), " \u3000\r\n ") == "出来事を入力してください。"


def test_an_optional_field_may_stay_empty():
    field, taken = asked(story(required=False), "")
    assert taken
    assert field.data == ""


def test_a_text_at_its_limit_is_taken_and_one_over_says_how_many_too_many():
    assert asked(story(), "あ" * 10)[1]
    assert refusal(story(), "あ" * 12) == "出来事は10文字までです。いまは12文字なので、2文字減らしてください。"


def test_what_was_too_long_is_shown_again_whole():
    field, _ = asked(story(), "あ" * 100_000)
    assert field.shown() == "あ" * 100_000


def test_a_browsers_newlines_count_as_one_character_each():
    field, taken = asked(story(), "一\r\n二\r三\u2028四\r\n")
    assert taken
    assert field.data == "一\n二\n三\n四"


def test_one_line_has_no_newlines():
    assert asked(story(rows=0), "一 \r\n 二")[0].data == "一 二"


@pytest.mark.parametrize("hidden", [chr(0), chr(0xD800), chr(0xDFFF)])
def test_what_no_keyboard_makes_is_refused_and_taken_out_of_what_is_shown(hidden):
    field, taken = asked(story(), f"あ{hidden}い")
    assert not taken
    assert "読み取れない文字" in str(field.errors[0])
    assert field.shown() == "あい"


@pytest.mark.parametrize(
    "hidden", [*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A)), "\ufeff", "\x08"]
)
def test_signs_that_reorder_or_hide_letters_are_removed_silently(hidden):
    field, taken = asked(story(), f"あ{hidden}い")
    assert taken
    assert field.data == "あい"


@pytest.mark.parametrize("kept", ["ﾊﾝｶｸ", "👩‍👩‍👧", "𠮷野", "髙﨑", "①", "a\tb"])
def test_half_width_kana_emoji_and_rare_kanji_stay_as_typed(kept):
    assert asked(story(), kept)[0].data == kept


@given(st.text(st.characters(codec=None)), st.booleans())
def test_a_tidy_text_stays_as_it_is_when_tidied_again(text, lines):
    once = tidy(text, lines=lines)
    assert tidy(once, lines=lines) == once
    once.encode()


def test_a_code_is_kept_as_typed_but_trimmed():
    assert (
        asked(
            Code(
                "コード",
            ),
            " k7qx-３M9D \n",
        )[0].data
        == "k7qx-３M9D"
    )


def test_a_password_is_taken_exactly_and_never_sent_back():
    field, taken = asked(
        Secret(
            "パスワード",
        ),
        "  空白 も文字  ",
    )
    assert taken
    assert field.data == "  空白 も文字  "
    assert field.shown() == ""
    assert refusal(Secret("パスワード", least=12), "短い") == "パスワードは12文字以上にしてください。"
    assert "256文字以内" in refusal(
        Secret(
            "パスワード",
        ),
        "a" * 257,
    )
    assert "使えない文字" in refusal(
        Secret(
            "パスワード",
        ),
        "a\u0000b",
    )


@pytest.mark.parametrize(
    "typed", ["2026-11-22", "2026/11/22", "2026年11月22日", "２０２６．１１．２２", " 2026 年 11 月 22 日 "]
)
def test_a_day_is_read_however_it_is_written(typed):
    assert asked(Day("日", thing="日付"), typed)[0].data == date(2026, 11, 22)


@pytest.mark.parametrize("typed", ["2026-02-30", "22/11/2026", "きのう", "0000-01-01", "2026-11-22; x"])
def test_a_day_that_is_none_is_refused_and_shown_as_typed(typed):
    field, taken = asked(Day("日", thing="日付"), typed)
    assert not taken
    assert "実際にある日付" in str(field.errors[0])
    assert field.shown() == typed
    assert field.data is None


def test_a_number_is_read_in_full_width_and_kept_in_its_range():
    people = WholeNumber("人数", least=1, most=999)
    assert asked(people, "１２")[0].data == 12
    assert refusal(people, "0") == "人数は、1から999までの数で入力してください。"
    assert refusal(people, "十人") == "人数は、数字で入力してください。"
    assert refusal(people, "9" * 5000) == "人数は、数字で入力してください。"


@pytest.mark.parametrize("typed", ["officer@example.jp", "ｏｆｆｉｃｅｒ＠ｅｘａｍｐｌｅ．ｊｐ"])
def test_a_mail_address_is_made_half_width(typed):
    assert asked(MailAddress("メール", thing="メールアドレス"), typed)[0].data == "officer@example.jp"


@pytest.mark.parametrize(
    "typed", ["officer", "a@b", "a b@example.jp", "a@example.jp\r\nBcc: b@example.jp", f"{'a' * 250}@example.jp"]
)
def test_what_is_no_mail_address_is_refused(typed):
    assert "name@example.jp" in refusal(MailAddress("メール", thing="メールアドレス"), typed)


def test_a_box_that_must_be_ticked_says_so():
    assert asked(Tick("読みました", thing="説明"), "1")[0].data is True
    assert refusal(Tick("読みました", thing="説明")) == "説明を確かめて、チェックを入れてください。"
    assert asked(Tick("続報", required=False))[0].data is False


def test_one_choice_becomes_the_enumerations_member():
    field, taken = asked(OneOf("種類", options=Harm), "T2")
    assert taken
    assert field.data is Harm.CLAIMS


def test_a_choice_outside_the_list_is_refused():
    assert refusal(OneOf("種類", options=Harm), "T9") == "種類は、一覧の中から選んでください。"
    assert refusal(Choices("種類", options=Harm), "T1", "T9") == "種類は、一覧の中から選んでください。"
    assert refusal(OneOf("種類", options=Harm)) == "種類を選んでください。"


def test_several_choices_keep_the_lists_order_and_their_number():
    field, taken = asked(Choices("種類", options=Harm, most=2), "T3", "T1", "T3")
    assert taken
    assert field.data == (Harm.SHOUTING, Harm.TIME)
    assert "2個まで" in refusal(Choices("種類", options=Harm, most=2), "T1", "T2", "T3")
    assert refusal(Choices("種類", options=Harm)) == "種類を選んでください。"
    assert asked(Choices("種類", options=Harm, required=False))[0].data == ()


def test_options_found_after_the_form_was_made_still_decide():
    form = type("Later", (Form,), {"x": OneOf("会社", select=True)})(MultiDict({"x": "c2"}))
    assert form.x.data is None
    form.x.options = [("c1", "一社目"), Option("c2", "二社目", group="近く")]
    assert form.validate()
    assert form.x.data == "c2"


def test_what_was_stored_is_chosen_when_the_page_opens():
    kinds = {"one": OneOf("種類", options=Harm), "many": Choices("種類", options=Harm)}
    form = type("Filled", (Form,), kinds)(None, data={"one": Harm.TIME, "many": (Harm.TIME, Harm.SHOUTING)})
    assert form.one.data is Harm.TIME
    assert form.many.data == (Harm.SHOUTING, Harm.TIME)
    assert [line.chosen for _, lines in form.one.shown_groups() for line in lines] == [False, False, True]


def test_a_form_reads_the_body_and_never_the_address():
    app = Flask("body")
    app.config.update(SECRET_KEY="body", WTF_CSRF_ENABLED=False)
    Babel(app, default_locale="ja")
    form_class = type("Body", (Form,), {"x": story(required=False)})
    with app.test_request_context("/?x=address", method="POST", data={}):
        assert form_class().x.data == ""
    with app.test_request_context("/?x=address", method="POST", json={"x": "json"}):
        assert form_class().x.data == ""
    with app.test_request_context("/?x=address", method="GET"):
        assert form_class().x.data == ""
    with app.test_request_context("/?x=address", method="POST", data={"x": "body"}):
        assert form_class().x.data == "body"


def test_a_check_over_several_fields_reaches_the_summary():
    form = type("Two", (Form,), {"x": story(), "y": story()})(MultiDict({"x": "", "y": "あ"}))
    form.validate()
    assert form.refuse(form.y, "先に出来事を書いてください。") is False
    assert form.error_items() == (
        ErrorItem("出来事を入力してください。", "#x"),
        ErrorItem("先に出来事を書いてください。", "#y"),
    )


def test_what_is_to_be_ticked_is_named_by_what_it_is_about():
    """「%(thing)sを確かめて」 follows: 「確認を確かめて」 is no sentence."""
    ticked = re.compile(r"\bTick\((?:[^()]|\([^()]*\))*?thing=_l\(\"([^\"]*)\"\)")
    assert ticked.findall('sure = Tick(_l("終わらせます"), thing=_l("確認"))') == ["確認"]
    named = [
        (path, thing) for path in (ROOT / "app").rglob("*.py") for thing in ticked.findall(path.read_text("utf-8"))
    ]
    assert len(named) > 20
    assert not [(path, thing) for path, thing in named if thing.endswith("確認")]
