"""The lists of codes whose words the association changes, which codes stay on offer and why, and what a change has to keep.

Source: domain, 3 ("codes stable, labels editable, effective-dated"). A code never changes what it means: what is changed is
how it is called, and whether forms still offer it. What was chosen before keeps its code and stays readable.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import TypeVar

from models.rules.consent import ConsentLevel, ConsentOption
from models.rules.labelled import Labelled
from models.rules.rule_change import DayRefusal, refusal_of_day
from models.rules.taxonomy import employment, harassment_type, impact, organisational_issue
from models.rules.taxonomy.actor_relation import OUT_OF_SCOPE, ActorRelation
from models.rules.taxonomy.channel import Channel
from models.rules.taxonomy.company_action import CompanyAction
from models.rules.taxonomy.employment import Employment
from models.rules.taxonomy.harassment_type import HarassmentType
from models.rules.taxonomy.impact import Impact
from models.rules.taxonomy.intake_route import IntakeRoute
from models.rules.taxonomy.organisational_issue import OrganisationalIssue
from models.rules.taxonomy.outcome import Outcome
from models.rules.taxonomy.requested_help import RequestedHelp
from models.rules.taxonomy.severity import FLOORS, Severity

LONGEST_LABEL = 40
LONGEST_LABEL_EN = 80
LEAST_OFFERED = 2
"""A list with fewer answers asks nothing."""


class CodeList(Labelled):
    """A list of codes: what it is called, and where its words are read."""

    # fmt: off
    HARASSMENT = "harassment_type",      "カスハラの類型",     "Types of harassment",      "相談の入力画面、受付審査、一覧の絞り込み、統計", "The consultation form, triage, the desk's filters, statistics"
    CHANNEL    = "channel",              "どこでの出来事か",   "Where it happened",        "相談の入力画面、一覧の絞り込み、統計",           "The consultation form, the desk's filters, statistics"
    ROUTE      = "intake_route",         "届き方",             "How it reached us",        "電話・手紙の入力画面、一覧の絞り込み、統計",     "The phone desk's form, the desk's filters, statistics"
    SEVERITY   = "severity",             "重大さ",             "Severity",                 "受付審査、相談の一覧、統計",                     "Triage, the board, statistics"
    ACTOR      = "actor_relation",       "相手の立場",         "Who acted",                "相談の入力画面、一覧の絞り込み、統計",           "The consultation form, the desk's filters, statistics"
    EMPLOYMENT = "employment",           "働き方",             "Form of work",             "相談の入力画面、一覧の絞り込み、統計",           "The consultation form, the desk's filters, statistics"
    ISSUE      = "organisational_issue", "職場・会社の課題",   "Issues of the workplace",  "相談の入力画面、受付審査、会社別の記録、統計",   "The consultation form, triage, company files, statistics"
    IMPACT     = "impact",               "心身や生活への影響", "Effects on the worker",    "相談の入力画面、相談員が読む画面",               "The consultation form, the desk's reading page"
    HELP       = "requested_help",       "希望すること",       "What the consulter wants", "相談の入力画面、一覧の絞り込み、統計",           "The consultation form, the desk's filters, statistics"
    CONSENT    = "consent_level",        "会社に伝える範囲",   "What a company may know",  "相談の入力画面、同意の画面、転送版、会社の画面", "The consultation form, the consent pages, the forwarded copy"
    PERMISSION = "consent_option",       "使いみちごとの同意", "Further permissions",      "相談の入力画面、同意の画面",                     "The consultation form, the consent pages"
    ACTION     = "company_action",       "会社が行ったこと",   "What the company did",     "会社の対応の記録と報告書、報告の確認",           "The company's log and report, the review"
    OUTCOME    = "outcome",              "終わり方",           "How a case ended",         "相談を終える画面、一覧の絞り込み、統計",         "The closing page, the desk's filters, statistics"
    # fmt: on

    def __init__(self, _code: str, _ja: str = "", _en: str = "", place_ja: str = "", place_en: str = "") -> None:
        self.place_ja = place_ja
        self.place_en = place_en

    def place(self, locale: str) -> str:
        """Where its words are read."""
        return self.place_en if locale.lower().startswith("en") else self.place_ja

    @property
    def codes(self) -> type[Labelled]:
        """The codes of the list."""
        return CODES[self]

    @property
    def asks_the_consulter(self) -> bool:
        """Whether the person who writes reads it too, in words of her own."""
        return self in _ASKED_OF_THE_CONSULTER


CODES: Mapping[CodeList, type[Labelled]] = MappingProxyType({
    CodeList.HARASSMENT: HarassmentType,
    CodeList.CHANNEL: Channel,
    CodeList.ROUTE: IntakeRoute,
    CodeList.SEVERITY: Severity,
    CodeList.ACTOR: ActorRelation,
    CodeList.EMPLOYMENT: Employment,
    CodeList.ISSUE: OrganisationalIssue,
    CodeList.IMPACT: Impact,
    CodeList.HELP: RequestedHelp,
    CodeList.CONSENT: ConsentLevel,
    CodeList.PERMISSION: ConsentOption,
    CodeList.ACTION: CompanyAction,
    CodeList.OUTCOME: Outcome,
})  # fmt: skip
_ASKED_OF_THE_CONSULTER = frozenset(CodeList) - {
    *(CodeList.ROUTE, CodeList.SEVERITY, CodeList.ACTION, CodeList.OUTCOME),
}
EDITABLE = frozenset(CODES.values())
MEMBERS: Mapping[str, Labelled] = MappingProxyType({one.value: one for codes in CODES.values() for one in codes})


def list_of(code: Labelled) -> CodeList:
    """The list that a code stands in."""
    return next(one for one, codes in CODES.items() if isinstance(code, codes))


class WhyHeld(Labelled):
    """Why a code cannot be taken out of offer: a rule depends on it."""

    # fmt: off
    GRADE       = "grade",       "重大さは、期限の長さと、終えるときに必要な人数を決めています。",           "Severity decides how long deadlines are and how many people close a case."
    CONSENT     = "consent",     "同意は、会社に何を伝えてよいかを決めています。相談者の選べることは減らせません。", "Consent decides what a company may be told; a consulter's choices are not taken away."
    ROUTE       = "route",       "届き方は、内容の確かめ方と、本人の同意として扱えるかを決めています。",     "How it reached us decides how words are confirmed and whether they count as consent."
    CRISIS      = "crisis",      "選ばれると、すぐに緊急の連絡先を示し、一覧の先頭に出します。",             "When it is chosen, emergency contacts are shown at once and the case comes first."
    FLOOR       = "floor",       "選ばれると、重大さを自動で引き上げます。",                                 "When it is chosen, the severity is lifted."
    ALONE       = "alone",       "「当てはまるものがない」と答える人のために必要です。",                     "It is needed for those to whom nothing else applies."
    HEALTH      = "health",      "選ばれると、体調のことを読んでよいかを本人に確かめます。",                 "When it is chosen, consent to read about health is asked for."
    EMPLOYER    = "employer",    "雇う会社と働く会社が違うことを示し、同意を会社ごとに尋ねます。",           "It tells that employer and workplace differ, and consent is asked for each."
    SCOPE       = "scope",       "協会の対象ではないことを示し、ほかの窓口を案内します。",                   "It tells that the matter is for another desk."
    FIRST       = "first",       "選ばれると、不利益な扱いの訴えとして、急いで扱います。",                   "When it is chosen, the case is handled as a complaint of retaliation."
    SECOND_LOOK = "second_look", "会社の報告を、もう一度確かめるかどうかを決めています。",                   "It decides whether a company's report is looked at twice."
    ANSWERED    = "answered",    "相談者に答えたとき、会社の対応の記録に自動で付きます。",                   "It is entered in the company's log when the worker was answered."
    ENDING      = "ending",      "相談の終わり方の決まりや、記録を残す期間の決まりが、これをもとにしています。", "The rules of how a case ends, or how long it is kept, go by it."
    # fmt: on


_KEEPS = WhyHeld
HELD: Mapping[Labelled, WhyHeld] = MappingProxyType({
    **dict.fromkeys(Severity, _KEEPS.GRADE),
    **dict.fromkeys((*ConsentLevel, *ConsentOption), _KEEPS.CONSENT),
    **dict.fromkeys(IntakeRoute, _KEEPS.ROUTE),
    **dict.fromkeys(impact.ABOUT_HEALTH, _KEEPS.HEALTH),
    **dict.fromkeys(FLOORS, _KEEPS.FLOOR),
    **dict.fromkeys(impact.SHOWS_CRISIS_LINES, _KEEPS.CRISIS),
    **dict.fromkeys((*harassment_type.STANDS_ALONE, *impact.STANDS_ALONE, *organisational_issue.STANDS_ALONE), _KEEPS.ALONE),
    **dict.fromkeys(employment.EMPLOYER_IS_NOT_WORKPLACE, _KEEPS.EMPLOYER),
    **dict.fromkeys(OUT_OF_SCOPE, _KEEPS.SCOPE),
    **dict.fromkeys((OrganisationalIssue.RETALIATION, RequestedHelp.NO_RETALIATION), _KEEPS.FIRST),
    **dict.fromkeys((CompanyAction.NONE, CompanyAction.MOVED_WORKER, RequestedHelp.CHANGE_OF_DUTY), _KEEPS.SECOND_LOOK),
    CompanyAction.EXPLAINED_TO_WORKER: _KEEPS.ANSWERED,
    **dict.fromkeys((
        *(Outcome.RESOLVED, Outcome.ADVICE, Outcome.NO_CONSENT, Outcome.WITHDRAWN, Outcome.OUT_OF_SCOPE),
        *(Outcome.DUPLICATE, Outcome.IMPROPER_USE, Outcome.NON_MEMBER),
    ), _KEEPS.ENDING),
})  # fmt: skip
"""What no page takes out of offer; a test compares it with the codes that the rules and the program name."""


@dataclass(frozen=True, slots=True)
class CodeWording:
    """How a code is called from a day on: by the desk, and by the person who writes where she reads other words."""

    code: Labelled
    valid_from: date
    ja: str
    en: str
    worker_ja: str = ""
    worker_en: str = ""

    def words(self, locale: str) -> str:
        """What the desk and the company read."""
        return self.en if locale.lower().startswith("en") else self.ja

    def to_the_worker(self, locale: str) -> str:
        """What the person who writes reads."""
        own = self.worker_en if locale.lower().startswith("en") else self.worker_ja
        return own or self.words(locale)

    def same_as(self, other: CodeWording) -> bool:
        """Whether it reads the same, whatever the day."""
        return replace(self, valid_from=other.valid_from) == other


@dataclass(frozen=True, slots=True)
class Offer:
    """Whether forms offer a code from a day on."""

    code: Labelled
    valid_from: date
    offered: bool


@dataclass(frozen=True, eq=False)
class CodesOn:
    """The words that differ from what is shipped on one day, and the codes that are not on offer, with since when."""

    wordings: Mapping[Labelled, CodeWording]
    withdrawn: Mapping[Labelled, date]


Row = TypeVar("Row", CodeWording, Offer)
AS_SHIPPED = CodesOn(MappingProxyType({}), MappingProxyType({}))


def codes_on(day: date, wordings: Iterable[CodeWording], offers: Iterable[Offer]) -> CodesOn:
    """What the rows make of the lists on a day."""
    said = {one.code: one for one in _by_day(wordings) if one.valid_from <= day}
    offered = {one.code: one for one in _by_day(offers) if one.valid_from <= day}
    withdrawn = {code: one.valid_from for code, one in offered.items() if not one.offered}
    return CodesOn(MappingProxyType(said), MappingProxyType(withdrawn))


def _by_day(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: row.valid_from)


class CodeRefusal(Labelled):
    """Why a code cannot be called so, or taken out of offer or back into it."""

    # fmt: off
    NO_CHANGE       = "no_change",       "その日の言葉と同じです。変更はいりません。",                         "The words are the same on that day."
    SAME_AS_ANOTHER = "same_as_another", "同じ一覧の、ほかの分類と同じ言葉になる日があります。区別できる言葉にしてください。", "On some day another code of the list has the same words."
    ONE_LANGUAGE    = "one_language",    "相談者の画面での言い方は、日本語と英語の両方を書くか、両方を空けてください。", "Give the consulter's words in both languages, or in neither."
    HELD            = "held",            "決まりがこの分類をもとにしているため、選べなくすることはできません。", "A rule depends on this code."
    NO_NEWS         = "no_news",         "その日には、もうそうなっています。変更はいりません。",                "It is so on that day already."
    TOO_FEW         = "too_few",         "選べる分類が少なくなりすぎる日があります。一覧には2つ以上を残してください。", "On some day the list would offer fewer than two."
    # fmt: on


Shipped = Mapping[Labelled, CodeWording]
"""How every code of a list is called where no row says otherwise."""


def refusal_of_words(
    new: CodeWording, *, today: date, taken: bool, rows: Sequence[CodeWording], shipped: Shipped
) -> DayRefusal | CodeRefusal | None:
    """Why a code cannot be called so from a day on."""
    if refusal := refusal_of_day(new.valid_from, today=today, taken=taken):
        return refusal
    if bool(new.worker_ja) != bool(new.worker_en):
        return CodeRefusal.ONE_LANGUAGE
    before = codes_on(new.valid_from, rows, ()).wordings.get(new.code, shipped[new.code])
    if new.same_as(before):
        return CodeRefusal.NO_CHANGE
    return CodeRefusal.SAME_AS_ANOTHER if alike_on_some_day([*rows, new], today=today, shipped=shipped) else None


def alike_on_some_day(rows: Sequence[CodeWording], *, today: date, shipped: Shipped) -> bool:
    """Whether two codes of one list would be called the same on some day from today on."""
    of_list = [row for row in rows if row.code in shipped]
    for day in {today, *(row.valid_from for row in of_list if row.valid_from > today)}:
        called = {**shipped, **codes_on(day, of_list, ()).wordings}
        for locale in ("ja", "en"):
            for names in (
                [_folded(one.words(locale)) for one in called.values()],
                [_folded(one.to_the_worker(locale)) for one in called.values()],
            ):
                if len(set(names)) < len(names):
                    return True
    return False


def _folded(words: str) -> str:
    return "".join(words.split()).casefold()


def refusal_of_offer(new: Offer, *, today: date, taken: bool, rows: Sequence[Offer]) -> DayRefusal | CodeRefusal | None:
    """Why a code cannot be taken out of offer, or back into it, from a day on."""
    if new.code in HELD:
        return CodeRefusal.HELD
    if refusal := refusal_of_day(new.valid_from, today=today, taken=taken):
        return refusal
    if (new.code not in codes_on(new.valid_from, (), rows).withdrawn) is new.offered:
        return CodeRefusal.NO_NEWS
    return CodeRefusal.TOO_FEW if too_few_on_some_day([*rows, new], list_of(new.code), today=today) else None


def too_few_on_some_day(rows: Sequence[Offer], codes: CodeList, *, today: date) -> bool:
    """Whether a list would offer too little on some day from today on."""
    days = {today, *(row.valid_from for row in rows if row.valid_from > today)}
    return any(
        sum(1 for code in codes.codes if code not in codes_on(day, (), rows).withdrawn) < LEAST_OFFERED for day in days
    )
