"""Letters and certificates that leave under a number: their kinds, their words, and what no wording may leave out.

Source: domain 1.3 (documents), 6.4 (the ladder, E1 to E9) and 6.5 (the certificate). The words are templates: only what
stands in braces is put in, and all of it comes from the company's file. A shipped template is never edited, because old
letters are made again from it; new words are a new row with its own day.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models.rules.decision import ALLOWED, Decision, refused
from models.rules.escalation_ladder import Step
from models.rules.labelled import Labelled
from models.rules.working_days import day_with_weekday

LONGEST_TEMPLATE = 4_000
SHORTEST_TEMPLATE = 40
LONGEST_AHEAD = timedelta(days=366)
LAYOUT = 1
"""How a letter is set; another layout is another number, and letters of before keep theirs."""


def day_in_letter(day: date) -> str:
    """2026年11月22日: a letter to a company is Japanese in any language of the page."""
    return f"{day.year}年{day.month}月{day.day}日"


def moment_in_letter(at: datetime) -> str:
    """2026年11月22日 17:00, of a moment on a Japanese clock."""
    return f"{day_in_letter(at.date())} {at:%H:%M}"


def due_in_letter(until: datetime) -> str:
    """2026年12月8日(火) 17:00, of a moment on a Japanese clock by which something is to be done.

    A letter keeps what was put in: one of before, without the weekday, is made again as it was.
    """
    return f"{day_with_weekday(until.date())} {until:%H:%M}"


class Placeholder(Labelled):
    """What is put into a letter, by the name that stands in braces."""

    # fmt: off
    COMPANY     = "company",     "会社名",         "Company"
    ASSOCIATION = "association", "協会名",         "Association"
    NUMBER      = "number",      "文書番号",       "Number of the letter"
    DAY         = "day",         "発行日",         "Day of issue"
    MATTER      = "matter",      "本文",           "What is asked for"
    TERM        = "term",        "期限",           "Until when"
    GROUND      = "ground",      "根拠",           "Ground by pledge"
    FACTS       = "facts",       "事実",           "Facts"
    RIGHT       = "right",       "弁明の方法",     "Right to explain, and how"
    INSPECTION  = "inspection",  "記録の閲覧",     "Inspection of the file"
    CERTIFIED   = "certified",   "認定番号",       "Number of the certification"
    RESOLUTION  = "resolution",  "決議番号",       "Number of the resolution"
    DECISION    = "decision",    "決定",           "Decision"
    REASONS     = "reasons",     "理由",           "Reasons"
    EFFECT      = "effect",      "効力の日時",     "When it takes effect"
    OBJECTION   = "objection",   "不服申立て",     "Right to object, and until when"
    FIRST_DAY   = "first_day",   "有効期間の初日", "First day of validity"
    LAST_DAY    = "last_day",    "有効期間の末日", "Last day of validity"
    # fmt: on

    @property
    def written(self) -> str:
        """As it stands in a template."""
        return f"{{{self.ja}}}"


_P = Placeholder
_EVERYWHERE = frozenset({_P.COMPANY, _P.ASSOCIATION, _P.NUMBER, _P.DAY})


class LetterKind(Labelled):
    """A kind of letter."""

    # fmt: off
    COOPERATION       = "cooperation",       "協力依頼書",     "Cooperation request"
    COOPERATION_AGAIN = "cooperation_again", "再協力依頼書",   "Second cooperation request"
    IMPROVEMENT       = "improvement",       "改善要求書",     "Improvement request"
    LAST_IMPROVEMENT  = "last_improvement",  "最終改善要求書", "Last improvement request"
    HEARING           = "hearing",           "弁明通知書",     "Notice of the opportunity to explain"
    DECISION          = "decision",          "決定通知書",     "Notice of a decision"
    REVOCATION        = "revocation",        "取消通知書",     "Notice of revocation"
    REINSTATEMENT     = "reinstatement",     "回復通知書",     "Notice of reinstatement"
    CERTIFICATE       = "certificate",       "認定証",         "Certificate"
    # fmt: on

    @property
    def required(self) -> tuple[Placeholder, ...]:
        """What the law or fair procedure needs in it. The number and the day stand on every letter by its layout."""
        return _REQUIRED[self]

    @property
    def allowed(self) -> frozenset[Placeholder]:
        """What may stand in it."""
        return _EVERYWHERE | frozenset(self.required)


_REQUEST = (_P.MATTER, _P.TERM, _P.GROUND)
# fmt: off
_REQUIRED: Mapping[LetterKind, tuple[Placeholder, ...]] = {
    LetterKind.COOPERATION:       _REQUEST,
    LetterKind.COOPERATION_AGAIN: _REQUEST,
    LetterKind.IMPROVEMENT:       _REQUEST,
    LetterKind.LAST_IMPROVEMENT:  _REQUEST,
    LetterKind.HEARING:           (_P.CERTIFIED, _P.FACTS, _P.GROUND, _P.TERM, _P.RIGHT, _P.INSPECTION),
    LetterKind.DECISION:          (_P.CERTIFIED, _P.RESOLUTION, _P.DECISION, _P.REASONS),
    LetterKind.REVOCATION:        (_P.CERTIFIED, _P.RESOLUTION, _P.GROUND, _P.REASONS, _P.EFFECT, _P.OBJECTION),
    LetterKind.REINSTATEMENT:     (_P.CERTIFIED, _P.RESOLUTION, _P.REASONS),
    LetterKind.CERTIFICATE:       (_P.COMPANY, _P.CERTIFIED, _P.FIRST_DAY, _P.LAST_DAY),
}
KIND_OF_STEP: Mapping[Step, LetterKind] = {
    Step.E1: LetterKind.COOPERATION,
    Step.E2: LetterKind.COOPERATION_AGAIN,
    Step.E3: LetterKind.IMPROVEMENT,
    Step.E4: LetterKind.LAST_IMPROVEMENT,
}
# fmt: on


@dataclass(frozen=True, slots=True)
class Template:
    """The words of a kind of letter from a day on; the day is its version."""

    kind: LetterKind
    valid_from: date
    text: str


_FROM = date(2025, 10, 1)
_GREETING = "拝啓 時下ますますご清栄のこととお喜び申し上げます。"


def _request(opening: str, closing: str) -> str:
    return (
        f"{_GREETING}{opening}\n\n{{本文}}\n\n{closing}\n\n敬具\n\n記\n\n"
        "1. 期限: {期限}\n\n2. 根拠: {根拠}\n\n3. 回答の方法: 会社の画面の「協会からの文書」で、この文書を開いてお答えください。\n\n以上"
    )


SHIPPED: tuple[Template, ...] = (
    Template(
        LetterKind.COOPERATION,
        _FROM,
        _request("", "ご多忙のところ恐れ入りますが、下記のとおりご協力をお願い申し上げます。"),
    ),
    Template(
        LetterKind.COOPERATION_AGAIN,
        _FROM,
        _request("", "重ねてのお願いとなりますが、下記のとおりご協力くださいますようお願い申し上げます。"),
    ),
    Template(
        LetterKind.IMPROVEMENT,
        _FROM,
        _request("", "働く人を守るため、下記のとおり改善していただきますようお願い申し上げます。"),
    ),
    Template(
        LetterKind.LAST_IMPROVEMENT,
        _FROM,
        _request("", "これが最終の要求となります。下記のとおり、必ずご対応くださいますようお願い申し上げます。"),
    ),
    Template(
        LetterKind.HEARING,
        _FROM,
        f"{_GREETING}\n\n"
        "当協会は、貴社の認定(認定番号 {認定番号})を取り消すかどうかについて、理事会で審議いたします。"
        "決定の前に、貴社のお考えを伺います。下記のとおり弁明の機会を設けますので、ご案内申し上げます。\n\n敬具\n\n記\n\n"
        "1. 審議のもとになる事実\n{事実}\n\n2. 根拠: {根拠}\n\n3. 弁明の期限: {期限}\n\n"
        "4. 弁明の方法\n{弁明の方法}\n\n5. 記録の閲覧\n{記録の閲覧}\n\n以上",
    ),
    Template(
        LetterKind.DECISION,
        _FROM,
        f"{_GREETING}\n\n貴社の認定について、理事会で次のとおり決定しましたので、お知らせいたします。\n\n敬具\n\n記\n\n"
        "1. 認定番号: {認定番号}\n\n2. 決議番号: {決議番号}\n\n3. 決定: {決定}\n\n4. 理由\n{理由}\n\n以上",
    ),
    Template(
        LetterKind.REVOCATION,
        _FROM,
        f"{_GREETING}\n\n貴社の認定について、理事会で取消しを決議しましたので、お知らせいたします。\n\n敬具\n\n記\n\n"
        "1. 取り消す認定: 認定番号 {認定番号}\n\n2. 決議番号: {決議番号}\n\n3. 根拠: {根拠}\n\n4. 理由\n{理由}\n\n"
        "5. 効力が生じる日時: {効力の日時}\n\n6. 公表とマークの使用停止\n"
        "効力が生じた日から12か月のあいだ、会社名、認定番号、取消しの日と理由を一行で公表します。認定マークは、効力が生じた"
        "日から使用できません。20営業日以内に、使用をやめたことを「認定」のページから確認してください。\n\n"
        "7. 不服申立て\n{不服申立て}\n\n8. 再申請\n"
        "取消しの効力が生じた日から12か月を過ぎると、改めて認定を申請できます。\n\n以上",
    ),
    Template(
        LetterKind.REINSTATEMENT,
        _FROM,
        f"{_GREETING}\n\n理事会は、貴社の認定の取消しを改め、認定を元の番号のまま回復することを決議しましたので、"
        "お知らせいたします。取消しの公表は取り下げます。\n\n敬具\n\n記\n\n"
        "1. 回復する認定: 認定番号 {認定番号}\n\n2. 決議番号: {決議番号}\n\n3. 理由\n{理由}\n\n以上",
    ),
    Template(
        LetterKind.CERTIFICATE,
        _FROM,
        "{会社名} 殿\n\n"
        "貴社は、カスタマーハラスメントから働く人を守るための誓約事項を約束し、当協会の定める認定の要件を満たしました。"
        "よって、ここに認定します。\n\n"
        "認定番号: {認定番号}\n\n有効期間: {有効期間の初日}から{有効期間の末日}まで",
    ),
)

_BRACES = str.maketrans({"\uff5b": "{", "\uff5d": "}"})
_IN_BRACES = re.compile(r"\{([^{}]*)\}")
_BY_NAME = {one.ja: one for one in Placeholder}


def template_on(kind: LetterKind, day: date, rewritten: Iterable[Template] = ()) -> Template:
    """The words of a kind of letter on a day; before the first row the first one holds."""
    of_kind = sorted((one for one in (*SHIPPED, *rewritten) if one.kind is kind), key=lambda one: one.valid_from)
    in_force = [one for one in of_kind if one.valid_from <= day]
    return in_force[-1] if in_force else of_kind[0]


def template_of(kind: LetterKind, version: date, rewritten: Iterable[Template] = ()) -> Template:
    """The very template of a version. Raises LookupError when there is none, rather than take another one."""
    for one in (*SHIPPED, *rewritten):
        if (one.kind, one.valid_from) == (kind, version):
            return one
    raise LookupError(kind, version)


def names_in(text: str) -> tuple[str, ...]:
    """What stands in braces in a text, in its order."""
    return tuple(match.strip() for match in _IN_BRACES.findall(text.translate(_BRACES)))


def filled(template: Template, values: Mapping[Placeholder, str]) -> str:
    """The letter's words. What is put in is put in once: braces inside a value are words like any others."""
    return _IN_BRACES.sub(lambda match: values[_BY_NAME[match[1].strip()]], template.text.translate(_BRACES))


class TemplateRefusal(Labelled):
    """Why a letter cannot be worded so."""

    # fmt: off
    NOT_BEFORE_TOMORROW = "not_before_tomorrow", "始まる日は、明日からの日付にしてください。", "The first day must be tomorrow or later."
    TOO_FAR             = "too_far",             "始まる日が先すぎます。1年先までの日付にしてください。", "The first day is more than a year ahead."
    TAKEN               = "taken",               "その日から始まる文面が、もうあります。別の日にしてください。", "Another wording begins on that day."
    TOO_SHORT           = "too_short",           "短すぎます。40文字以上で書いてください。", "Too short: at least forty signs."
    NO_CHANGE           = "no_change",           "その日の文面と同じです。変更はいりません。", "The words are the same on that day."
    LONE_BRACE          = "lone_brace",          "波かっこ { } は、差し込む項目の名前を囲むときだけ使えます。", "Braces may only enclose the name of what is put in."
    UNKNOWN             = "unknown",             "この文書に差し込めない項目です", "This cannot be put into this letter"
    MISSING             = "missing",             "手続きに欠かせない項目が抜けています", "Something that the procedure needs is missing"
    # fmt: on


OF_THE_DAY = frozenset({TemplateRefusal.NOT_BEFORE_TOMORROW, TemplateRefusal.TOO_FAR, TemplateRefusal.TAKEN})


def unknown_in(new: Template) -> tuple[str, ...]:
    """What stands in braces and cannot be put into this kind of letter."""
    known = {one.ja for one in new.kind.allowed}
    return tuple(dict.fromkeys(name for name in names_in(new.text) if name not in known))


def missing_in(new: Template) -> tuple[Placeholder, ...]:
    """What this kind of letter needs and the words leave out."""
    named = set(names_in(new.text))
    return tuple(one for one in new.kind.required if one.ja not in named)


def may_reword(new: Template, *, today: date, before: Template, taken: bool) -> Decision:
    """Whether a letter may be worded so from a day on."""
    left = _IN_BRACES.sub("", new.text.translate(_BRACES))
    refusals = {
        TemplateRefusal.NOT_BEFORE_TOMORROW: new.valid_from <= today,
        TemplateRefusal.TOO_FAR: new.valid_from > today + LONGEST_AHEAD,
        TemplateRefusal.TAKEN: taken,
        TemplateRefusal.LONE_BRACE: "{" in left or "}" in left,
        TemplateRefusal.UNKNOWN: bool(unknown_in(new)),
        TemplateRefusal.MISSING: bool(missing_in(new)),
        TemplateRefusal.TOO_SHORT: len(new.text) < SHORTEST_TEMPLATE,
        TemplateRefusal.NO_CHANGE: new.text == before.text,
    }
    found = next((refusal for refusal, holds in refusals.items() if holds), None)
    return refused(found.code) if found else ALLOWED
