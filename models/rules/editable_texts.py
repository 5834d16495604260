"""Texts that the secretariat words itself: what stands in them as shipped, and what a new wording has to keep.

Source: domain, 4.2 (the canned refusal, 7.47; who reads what is written) and its rule that what is said of the law is
shown as editable, dated text and never as legal advice.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from models.rules.decision import ALLOWED, Decision, refused
from models.rules.labelled import Labelled

LONGEST_TEXT = 600
SHORTEST_TEXT = 20
LONGEST_AHEAD = timedelta(days=366)


class EditableText(Labelled):
    """A text, what it is called, and where it stands."""

    # fmt: off
    STANDING_ANSWER  = "standing_answer",  "「相談したのはだれか」へのお断り", "Answer to “who is it?”", "会社の責任者の画面と、相談員が写して使う文面", "On the officer's page, and for the desk to copy"
    READER_NOTICE    = "reader_notice",    "だれが読みますか",               "Who reads it",           "最初のページ",                                 "On the first page"
    LEGAL_DEFINITION = "legal_definition", "法律の定義の説明",               "What the law defines",   "会社の報告書の画面",                           "On the page of a company's report"
    # fmt: on

    def __init__(self, _code: str, _ja: str = "", _en: str = "", place_ja: str = "", place_en: str = "") -> None:
        self.place_ja = place_ja
        self.place_en = place_en

    def place(self, locale: str) -> str:
        """Where the text is read."""
        return self.place_en if locale.lower().startswith("en") else self.place_ja


@dataclass(frozen=True, slots=True)
class Wording:
    """A text as it reads from a day on."""

    text: EditableText
    valid_from: date
    ja: str
    en: str

    def words(self, locale: str) -> str:
        """The text in the language of a page."""
        return self.en if locale.lower().startswith("en") else self.ja


_FROM = date(2025, 10, 1)
# A paragraph ends with a blank line, as in a form.
SHIPPED: tuple[Wording, ...] = (
    Wording(
        EditableText.STANDING_ANSWER,
        _FROM,
        "相談された方がどなたであるかは、お答えできません。お尋ねや特定につながる調べは、相談された方への不利益につながるおそれがあるため、"
        "お控えください。転送した内容の範囲で、事実の確認と、働く人を守るための対応をお願いいたします。"
        "名前が分からなくてもできる対応を、協会の相談員が一緒に考えます。",
        "We cannot say who the consulter is. Asking about it, or looking into it in order to identify the person, may put "
        "them at a disadvantage, so please refrain. Within what the forwarded copy says, please check the facts and take "
        "steps to protect the people who work for you. The association's counselors will think with you about what can be "
        "done without knowing the name.",
    ),
    Wording(
        EditableText.READER_NOTICE,
        _FROM,
        "読むのは、協会の相談員です。会社には、あなたが選ばないかぎり、相談があったことも伝わりません。\n\n"
        "書いたことは暗号にして保存します。相談員とあなた(受付コードを持つ人)だけが開けます。",
        "The association's counselors read it. Unless you choose so, the company does not even learn that there was a "
        "consultation.\n\n"
        "What you write is stored encrypted. Only counselors and you (whoever holds the receipt code) can open it.",
    ),
    Wording(
        EditableText.LEGAL_DEFINITION,
        _FROM,
        "3つとも当てはまるときが、法律のいうカスタマーハラスメントです。判断がまだでも、当てはまらなくても、働く人への配慮は必要です。"
        "正当な苦情はハラスメントではありません。",
        "The law speaks of customer harassment where all three apply. Whether it was judged yet or not, and whether it "
        "applies or not, care for the worker is needed. A legitimate complaint is no harassment.",
    ),
)


def wording_on(text: EditableText, day: date, rewritten: Iterable[Wording] = ()) -> Wording:
    """How a text reads on a day; before the first wording the first one holds."""
    of_text = sorted((one for one in (*SHIPPED, *rewritten) if one.text is text), key=lambda one: one.valid_from)
    in_force = [one for one in of_text if one.valid_from <= day]
    return in_force[-1] if in_force else of_text[0]


class WordingRefusal(Labelled):
    """Why a text cannot be worded so."""

    # fmt: off
    NOT_BEFORE_TOMORROW = "not_before_tomorrow", "始まる日は、明日からの日付にしてください。", "The first day must be tomorrow or later."
    TOO_FAR             = "too_far",             "始まる日が先すぎます。1年先までの日付にしてください。", "The first day is more than a year ahead."
    TAKEN               = "taken",               "その日から始まる変更が、もうあります。取り消してから、入力し直してください。", "Another change begins on that day."
    TOO_SHORT           = "too_short",           "短すぎます。日本語も英語も、20文字以上で書いてください。", "Too short: at least twenty signs in each language."
    NO_CHANGE           = "no_change",           "その日の文章と同じです。変更はいりません。", "The text is the same on that day."
    # fmt: on


OF_THE_DAY = frozenset({WordingRefusal.NOT_BEFORE_TOMORROW, WordingRefusal.TOO_FAR, WordingRefusal.TAKEN})


def may_reword(new: Wording, *, today: date, before: Wording, taken: bool) -> Decision:
    """Whether a text may read so from a day on."""
    refusals = {
        WordingRefusal.NOT_BEFORE_TOMORROW: new.valid_from <= today,
        WordingRefusal.TOO_FAR: new.valid_from > today + LONGEST_AHEAD,
        WordingRefusal.TAKEN: taken,
        WordingRefusal.TOO_SHORT: min(len(new.ja), len(new.en)) < SHORTEST_TEXT,
        WordingRefusal.NO_CHANGE: (new.ja, new.en) == (before.ja, before.en),
    }
    found = next((refusal for refusal, holds in refusals.items() if holds), None)
    return refused(found.code) if found else ALLOWED
