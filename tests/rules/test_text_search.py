"""When a text holds the words that are looked for."""

import pytest

from models.rules.permissions import POLICY, WITH_REASON, Permission
from models.rules.text_search import AROUND, excerpt, holds, words_in

TEXT = "夜勤の終わりに、同じお客様から二時間続けて怒鳴られ、ＳＶに代わってもらえませんでした。ｸﾚｰﾑの録音があります。"


@pytest.mark.parametrize("typed", ["夜勤", "夜勤　怒鳴", "sv", "ＳＶ", "クレーム", "くれーむ", "ｸﾚｰﾑ 夜勤", "オ客様"])
def test_one_spelling_finds_all_spellings(typed: str):
    assert holds(TEXT, words_in(typed))


@pytest.mark.parametrize("typed", ["日勤", "夜勤 日勤", "svx", "くれいむ"])
def test_every_word_must_be_there(typed: str):
    assert not holds(TEXT, words_in(typed))


@pytest.mark.parametrize("typed", ["", " ", "　", "\u3000\t"])
def test_no_words_are_held_by_no_text(typed: str):
    assert not holds(TEXT, words_in(typed))


def test_an_excerpt_is_a_few_signs_around_the_first_word_and_no_more():
    shown = excerpt(TEXT * 3, words_in("くれーむ sv"))
    assert "SVに代わって" in shown
    assert shown.startswith("…")
    assert len(shown) <= 2 * AROUND + len("SV") + 2
    assert excerpt(TEXT, words_in("日勤")) == ""
    assert excerpt("ß夜勤ﬁ", words_in("夜勤")) == "ß夜勤fi"


def test_whoever_may_search_may_read_and_gives_the_same_reasons():
    readers = POLICY[Permission.CASE_READ]
    for cell in POLICY[Permission.CASE_SEARCH]:
        assert cell in readers
        asked = (Permission.CASE_SEARCH, cell) in WITH_REASON
        assert asked == ((Permission.CASE_READ, cell) in WITH_REASON)
