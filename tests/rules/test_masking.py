"""What looks like a detail is pointed out with its reason and readable words instead; ordinary words are left alone."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.masking.deciding import parts_of, questions, rewritten
from models.rules.masking.kinds import Kind
from models.rules.masking.moments import hours_instead, month_instead, number_in, weekday_instead
from models.rules.masking.plain import plain
from models.rules.masking.proposals import COVERED, proposals_for
from models.rules.masking.word import Word

PERSON = ("名詞", "固有名詞", "人名", "姓")
REGION = ("名詞", "固有名詞", "地名", "一般")


def as_proposed(text: str, words: tuple[Word, ...] = ()) -> str:
    asked = questions(proposals_for(text, words))
    return rewritten(text, [(question, question.instead) for question in asked])


# fmt: off
@pytest.mark.parametrize(("text", "kind", "words"), [
    ("連絡は090-1234-5678へ",               Kind.PHONE,   "090-1234-5678"),
    ("電話03(1234)5678でした",              Kind.PHONE,   "03(1234)5678"),
    ("携帯は０９０ー１２３４ー５６７８",    Kind.PHONE,   "０９０ー１２３４ー５６７８"),
    ("内線4417です",                        Kind.PHONE,   "4417"),
    ("tanaka.t@example.jpから",             Kind.MAIL,    "tanaka.t@example.jp"),
    ("Xの@tanaka_hから",                    Kind.MAIL,    "@tanaka_h"),
    ("〒123-4567です",                      Kind.ADDRESS, "〒123-4567"),
    ("東京都架空区青葉一丁目2-3に住む",     Kind.ADDRESS, "東京都架空区青葉一丁目2-3"),
    ("架空市青葉町3-12-5へ来いと",          Kind.ADDRESS, "架空市青葉町3-12-5"),
    ("お客様番号12-3456の方",               Kind.NUMBER,  "12-3456"),
    ("通話ID:C20261105-0382",               Kind.NUMBER,  "C20261105-0382"),
    ("令和八年十一月三日のこと",            Kind.DAY,     "令和八年十一月三日"),
    ("11/3(火)に",                          Kind.DAY,     "11/3(火)"),
    ("おとといのこと",                      Kind.DAY,     "おととい"),
    ("午後三時すぎに",                      Kind.HOUR,    "午後三時すぎ"),
    ("１９：４０から",                      Kind.HOUR,    "１９：４０"),
    ("遅番でした",                          Kind.SHIFT,   "遅番"),
    ("第二センターにいます",                Kind.PLACE,   "第二センター"),
    ("五階の席です",                        Kind.PLACE,   "五階"),
    ("妊娠五か月です",                      Kind.RARE,    "妊娠五か月"),
    ("ネパール人です",                      Kind.RARE,    "ネパール人"),
    ("定年後の再雇用です",                  Kind.RARE,    "定年後の再雇用"),
    ("夜は私ひとりです",                    Kind.RARE,    "私ひとり"),
    ("鈴木様に怒鳴られ",                    Kind.NAME,    "鈴木様"),
    ("ｽｽﾞｷ様から",                          Kind.NAME,    "ｽｽﾞｷ様"),
    ("上司の東は何も",                      Kind.NAME,    "東"),
    ("さかいと名乗る",                      Kind.NAME,    "さかい"),
])
def test_a_detail_is_pointed_out_by_its_form(text: str, kind: Kind, words: str) -> None:
    assert [(one.kind, one.words) for one in proposals_for(text)] == [(kind, words)]


@pytest.mark.parametrize("text", [
    "お客様に怒鳴られました",   "皆さんの前で",             "二時間で15回の電話",     "奥さんからの電話",
    "神様のように",             "一時的に落ち着いた",       "24時間以内に返事を",     "三日間休みました",
    "二日酔いのような声",       "100000円を返せと",         "第三者の立場で",         "一日に三十件です",
    "業者さんの手配で",         "王様のような態度",         "サービスの課題です",     "お客様センターへ", "",
])
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert proposals_for(text) == ()


@pytest.mark.parametrize(("text", "proposed"), [
    ("田中様が怒鳴り、山本課長は黙り、田中様はまた怒鳴った。", "お客様Aが怒鳴り、上司Bは黙り、お客様Aはまた怒鳴った。"),
    ("お客様の木村さんから電話。",                             "お客様のAさんから電話。"),
    ("私、佐藤と申します。",                                   "私、相談者と申します。"),
    ("11月14日と12月3日に、火曜日の午後2時に。",               "11月中旬と12月上旬に、ある曜日の午後に。"),
    ("第一センターから第二センターへ、また第一センターへ。",   "拠点Aから拠点Bへ、また拠点Aへ。"),
    ("第一センターにいます。",                                 "ある拠点にいます。"),
    ("会員番号は445-1123です。",                               f"会員番号は{COVERED}です。"),
    ("六十二歳の再雇用で、ほんまにつらいです。",               "ある年代のある雇用の形で、本当につらいです。"),
])
def test_the_words_instead_can_be_read_and_the_same_stays_the_same(text: str, proposed: str) -> None:
    assert as_proposed(text) == proposed
# fmt: on


def test_a_name_in_kana_and_the_same_name_in_kanji_have_one_letter() -> None:
    text = "田中が来て、タナカは怒った。"
    words = (Word(0, 2, PERSON, "タナカ"), Word(6, 9, PERSON, "タナカ"))
    assert as_proposed(text, words) == "Aさんが来て、Aさんは怒った。"


def test_a_family_name_alone_is_the_one_of_the_whole_name() -> None:
    text = "田中宏様から。田中様はまた。松様と松本様は別。"
    parts = [(0, 2, "タナカ"), (2, 3, "ヒロシ"), (7, 9, "タナカ"), (14, 15, "マツ"), (17, 19, "マツモト")]
    words = tuple(Word(start, end, PERSON, reading) for start, end, reading in parts)
    assert as_proposed(text, words) == "お客様Aから。お客様Aはまた。お客様Bとお客様Cは別。"


def test_a_region_is_known_by_the_dictionary_and_a_dialect_is_no_region() -> None:
    words = (Word(0, 2, REGION, "サッポロ"),)
    assert as_proposed("札幌で働く", words) == "ある地域で働く"
    assert proposals_for("札幌時間", words) == ()


def test_each_proposal_says_its_kind_and_its_reason_in_both_languages() -> None:
    for one in proposals_for("遅番で、鈴木様から090-1234-5678へ。妊娠中です。"):
        assert all((one.kind.label("ja"), one.kind.label("en"), one.reason.label("ja"), one.reason.label("en")))


def test_the_same_words_are_one_question_with_every_place() -> None:
    asked = questions(proposals_for("鈴木様が、鈴木様と名乗る。"))
    assert [(one.words, len(one.places)) for one in asked] == [("鈴木様", 2)]


def test_what_is_left_stays_as_it_was_written() -> None:
    text = "遅番で、鈴木様から。"
    asked = questions(proposals_for(text))
    assert rewritten(text, [(one, None) for one in asked]) == text
    decided = [(one, "あの人" if one.kind is Kind.NAME else None) for one in asked]
    assert rewritten(text, decided) == "遅番で、あの人から。"


def test_the_parts_of_a_text_are_the_text() -> None:
    text = "遅番で、鈴木様から。鈴木様は。"
    parts = parts_of(text, questions(proposals_for(text)))
    assert "".join(part.text for part in parts) == text
    assert [part.number for part in parts if part.number] == [1, 2, 2]


@pytest.mark.parametrize(
    ("words", "number"),
    [("12", 12), ("十", 10), ("十二", 12), ("二十", 20), ("三十一", 31), ("零", 0), ("百", None), ("", None)],
)
def test_numbers_are_read_in_figures_and_in_japanese(words: str, number: int | None) -> None:
    assert number_in(words) == number


# fmt: off
@pytest.mark.parametrize(("words", "instead"), [
    ("2026年11月3日(火)", "2026年11月上旬"), ("11/20", "11月中旬"), ("2026-11-21", "2026年11月下旬"),
    ("九月末日", "九月下旬"), ("先月の二十日", "先月中旬"),
])
def test_a_day_becomes_a_third_of_its_month(words: str, instead: str) -> None:
    assert month_instead(words) == instead


@pytest.mark.parametrize(("words", "instead"), [
    ("午前3時", "深夜"), ("朝9時", "午前"), ("午後3時ごろ", "午後"), ("夜10時", "夜"), ("夜中の2時", "深夜"),
    ("14:05", "午後"), ("23時", "夜"), ("3時", "ある時刻"), ("午前零時", "深夜"),
])
def test_an_hour_becomes_a_part_of_the_day(words: str, instead: str) -> None:
    assert hours_instead(words) == instead
# fmt: on


def test_a_week_may_stay_and_its_day_goes() -> None:
    assert weekday_instead("先週の火曜日") == "先週"
    assert weekday_instead("毎週月曜") == "毎週決まった曜日"
    assert weekday_instead("金曜日") == "ある曜日"


SIGNS = "あｶﾞ㈱市区町村県都様さん氏ー0123456789０９-@.a一丁目番地〒月日時火曜夜勤私だけは、。\n "


@given(st.text(alphabet=SIGNS, max_size=300))
def test_no_text_breaks_it_and_places_never_overlap(text: str) -> None:
    places = proposals_for(text)
    assert all(one.end <= other.start for one, other in pairwise(places))
    assert all(text[one.start : one.end] == one.words and one.words and one.instead for one in places)
    parts = parts_of(text, questions(places))
    assert "".join(part.text for part in parts) == text


@given(st.text(max_size=200))
def test_every_place_of_the_plain_text_is_known_in_the_original(text: str) -> None:
    read = plain(text)
    assert len(read.text) == len(read.begins) == len(read.ends)
    assert all(0 <= begin < end <= len(text) for begin, end in zip(read.begins, read.ends, strict=True))
