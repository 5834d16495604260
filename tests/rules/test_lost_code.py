"""A secret word for a lost code is hers, long, and none that a colleague would think of."""

import pytest

from models.rules.lost_code import COMMON_WORDS, RUNS, WeakWord, folded_answer, weakness_of

NAMES = ("みなも通信サービス株式会社", "", "ミナモ", "沢田 はなこ", "090-0000-1234")


@pytest.mark.parametrize(
    ("word", "weak"),
    [
        ("みかんの木の下に猫",          None),
        ("コウモリがさとたいやき",      None),
        ("correct horse battery",       None),
        ("7月の雨とピアノ",             None),
        ("みなもに月と古い舟がうかぶ",  None),
        ("",                            WeakWord.SHORT),
        ("りんごの木の下",              WeakWord.SHORT),
        ("り・ん・ご・の・木の下",      WeakWord.SHORT),
        ("12345678",                    WeakWord.DIGITS),
        ("１９８０年４月１日",          WeakWord.DIGITS),
        ("昭和五十五年四月一日",        WeakWord.DIGITS),
        ("平成2年12月24日生まれ",       WeakWord.DIGITS),
        ("S55.04.01 1234",              WeakWord.DIGITS),
        ("誕生日1980-04-01",            WeakWord.DIGITS),
        ("みなも通信サービス",          WeakWord.OWN),
        ("ミナモ通信サービス株式会社2", WeakWord.OWN),
        ("みなもの森と川",              WeakWord.SHORT),
        ("ミナモの森と川と",            WeakWord.OWN),
        ("沢田はなこ沢田はなこ",        WeakWord.OWN),
        ("おつかれさまです",            WeakWord.COMMON),
        ("パスワード1234",              WeakWord.COMMON),
        ("2026password",                WeakWord.COMMON),
        ("あいうえおかきくけこ",        WeakWord.COMMON),
        ("こけくきかおえうい",          WeakWord.COMMON),
        ("いろはにほへと1",             WeakWord.COMMON),
        ("qwertyuiop",                  WeakWord.COMMON),
        ("ねこねこねこねこ",            WeakWord.COMMON),
        ("abcabcabcabc",                WeakWord.COMMON),
    ],
)
def test_a_word_is_refused_for_what_makes_it_easy_to_guess(word: str, weak: WeakWord | None):
    assert weakness_of(word, names=NAMES) is weak


def test_the_lists_are_written_as_words_are_compared():
    assert {folded_answer(word) for word in COMMON_WORDS} == COMMON_WORDS
    assert [folded_answer(run) for run in RUNS] == list(RUNS)
