"""What becomes of certification, file and cases when a company is merged, split or sells a business (6.5, 6.4, 7.33).

Each fact is a row: what happened, who of the two was certified, and what follows on the day.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType

from models.rules.dated import row_at
from models.rules.labelled import Labelled
from models.rules.lifecycle import Lifecycle, Row, each


class SuccessionKind(Labelled):
    """What happened between two companies."""

    # fmt: off
    MERGER   = "merger",   "吸収合併(前の会社はなくなります)", "Merger (the company before ceases to exist)"
    SPLIT    = "split",    "会社分割(前の会社は残ります)",     "Split (the company before goes on)"
    TRANSFER = "transfer", "事業の譲渡(前の会社は残ります)",   "Transfer of a business (the company before goes on)"
    # fmt: on


class SuccessionState(Labelled):
    """Where the entry of a succession is."""

    # fmt: off
    ENTERED     = "entered",     "二人目の確認待ち",       "Waits for the second person"
    CONFIRMED   = "confirmed",   "効力の日を待っています", "Waits for its day"
    IN_EFFECT   = "in_effect",   "効力が生じました",       "In effect"
    HANDED_OVER = "handed_over", "引き継ぎ済み",           "Handed over"
    CANCELLED   = "cancelled",   "取り消しました",         "Taken back"
    # fmt: on


class SuccessionAct(Labelled):
    """What may be done with it; the words are those on its button."""

    # fmt: off
    CONFIRM       = "confirm",       "二人目として確認する",       "Confirm as the second person"
    CANCEL        = "cancel",        "登録を取り消す",             "Take the entry back"
    TAKE_EFFECT   = "take_effect",   "効力を生じさせる",           "Take effect"
    HAND_OVER     = "hand_over",     "承継した会社に引き継ぐ",     "Hand over to the successor"
    CONFIRM_SCOPE = "confirm_scope", "認定の範囲の更新を記録する", "Record the update of the scope"
    # fmt: on


_S, _A = SuccessionState, SuccessionAct

# fmt: off
SUCCESSION_LIFECYCLE: Lifecycle[SuccessionState, SuccessionAct] = Lifecycle(
    "succession", _S.ENTERED, frozenset({_S.IN_EFFECT, _S.HANDED_OVER, _S.CANCELLED}), (
    #   while in      act                makes            by                    event
    Row(_S.ENTERED,   _A.CONFIRM,        _S.CONFIRMED,    "succession:confirm", "succession.confirmed",
        gives=("succession_id",), marks=("confirmed_at",)),
    # Entered by mistake: until its day nothing has happened, and either of the two takes it back.
    *each((_S.ENTERED, _S.CONFIRMED),
                      _A.CANCEL,         _S.CANCELLED,    "succession:enter",   "succession.cancelled",
        gives=("succession_id",), marks=("cancelled_at",)),
    Row(_S.CONFIRMED, _A.TAKE_EFFECT,    _S.IN_EFFECT,    "system:clock",       "succession.took_effect",
        gives=("succession_id", "merger_case"), marks=("took_effect_at",)),
    # Cases go on with the successor only after somebody has verified whom they go to (7.33).
    Row(_S.IN_EFFECT, _A.HAND_OVER,      _S.HANDED_OVER,  "succession:enter",   "succession.handed_over",
        gives=("succession_id",), marks=("handed_over_at",)),
    *each((_S.IN_EFFECT, _S.HANDED_OVER),
                      _A.CONFIRM_SCOPE,  None,            "succession:enter",   "succession.scope_confirmed",
        gives=("succession_id",), marks=("scope_confirmed_at",)),
))
# fmt: on


class MergerCase(Labelled):
    """Which rule of the table was used; kept with the certification that it ended."""

    # fmt: off
    CERTIFIED_BY_CERTIFIED = "certified_by_certified", "認定会社が、認定会社に合併された",     "A certified company was absorbed by a certified one"
    OTHER_BY_CERTIFIED     = "other_by_certified",     "認定のない会社が、認定会社に合併された", "A company without certification was absorbed by a certified one"
    CERTIFIED_BY_OTHER     = "certified_by_other",     "認定会社が、認定のない会社に合併された", "A certified company was absorbed by one that is not"
    OTHER_BY_OTHER         = "other_by_other",         "どちらの会社も認定されていない合併",   "Neither company is certified"
    SPLIT                  = "split",                  "会社分割",                             "Split"
    TRANSFER               = "transfer",               "事業の譲渡",                           "Transfer of a business"
    # fmt: on


class After(Labelled):
    """What becomes of a certification."""

    # fmt: off
    CONTINUES = "continues", "番号も期間もそのまま続きます",                               "Goes on with its number and its term"
    SCOPE     = "scope",     "番号も期間もそのまま続きます。認定の範囲を20営業日以内に改めます", "Goes on; its scope is updated within twenty business days"
    ENDS      = "ends",      "この日に終わります",                                         "Ends on the day"
    OWN       = "own",       "変わりません。この登録によって認定されることはありません",   "As it was; nothing is certified by this"
    NONE      = "none",      "認定はありません。必要なら、あらためて申請していただきます", "There is none; the company may apply anew"
    # fmt: on


@dataclass(frozen=True, slots=True)
class SuccessionRule:
    """One line of the table."""

    before: After
    """What becomes of the certification of the company before."""
    after: After
    """What becomes of the successor's."""


@dataclass(frozen=True, slots=True)
class SuccessionPolicy:
    """The table, from a day on."""

    version: str
    valid_from: date
    rules: Mapping[MergerCase, SuccessionRule]


_C, _X = MergerCase, After
# A change is a new row with its own day; a row that has been in force is never edited.
# fmt: off
SUCCESSION_POLICIES: tuple[SuccessionPolicy, ...] = (
    SuccessionPolicy("2025-10", date(2025, 10, 1), MappingProxyType({
        #                                          before         after
        _C.CERTIFIED_BY_CERTIFIED: SuccessionRule(_X.ENDS,       _X.CONTINUES),
        _C.OTHER_BY_CERTIFIED:     SuccessionRule(_X.NONE,       _X.SCOPE),
        _C.CERTIFIED_BY_OTHER:     SuccessionRule(_X.ENDS,       _X.NONE),
        _C.OTHER_BY_OTHER:         SuccessionRule(_X.NONE,       _X.NONE),
        # The parent goes on; what is new, or buys, has the certification of its own pledges alone.
        _C.SPLIT:                  SuccessionRule(_X.CONTINUES,  _X.OWN),
        _C.TRANSFER:               SuccessionRule(_X.CONTINUES,  _X.OWN),
    })),
)
# fmt: on


def succession_policy_at(
    moment: datetime, policies: Iterable[SuccessionPolicy] = SUCCESSION_POLICIES
) -> SuccessionPolicy:
    """The table in force at a moment."""
    return row_at(moment, policies)


def merger_case(kind: SuccessionKind, *, before_certified: bool, after_certified: bool) -> MergerCase:
    """Which line of the table holds."""
    if kind is not SuccessionKind.MERGER:
        return MergerCase(kind.value)
    if before_certified:
        return _C.CERTIFIED_BY_CERTIFIED if after_certified else _C.CERTIFIED_BY_OTHER
    return _C.OTHER_BY_CERTIFIED if after_certified else _C.OTHER_BY_OTHER


def absorbs(kind: SuccessionKind) -> bool:
    """Whether the company before ceases to exist: its membership, people, sites, ladder and open cases go over."""
    return kind is SuccessionKind.MERGER


LONGEST_WAY = timedelta(days=366)
"""How far back or ahead the day may lie."""


class SuccessionRefusal(Labelled):
    """Why something cannot be entered or done; it says what to do instead."""

    # fmt: off
    SAME_COMPANY    = "same_company",    "前の会社と同じ会社です。承継する会社を選んでください。",               "It is the same company; choose the successor."
    ABSORBED_BEFORE = "absorbed_before", "この会社は、合併してなくなることがすでに登録されています。",           "This company's merger is entered already."
    SUCCESSOR_GOES  = "successor_goes",  "承継する会社も、合併してなくなることが登録されています。合併後に残る会社を選んでください。", "The successor's own merger is entered; choose the company that remains."
    AN_INDIVIDUAL   = "an_individual",   "個人の賛助会員は、会社や事業を承継できません。承継する会社を選んでください。", "A supporting individual cannot take over a company or a business; choose the company."
    TWICE           = "twice",           "この会社、この日、この種類の登録がすでにあります。",                   "The same is entered already."
    BEFORE_JOINING  = "before_joining",  "この会社が入会した日、または会員の種別が変わった日より後の日付を入力してください。", "The day lies before the company joined, or its type changed."
    TOO_FAR         = "too_far",         "1年より前、または1年より先の日付です。日付を確かめてください。",       "The day is more than a year off."
    SAME_PERSON     = "same_person",     "登録した人とは別の人が確認します。",                                   "Somebody else than the one who entered it confirms it."
    UNKNOWN_YET     = "unknown_yet",     "登録した人か確認する人が、利用者として登録されてから日が浅いため、まだ確認できません。別の人に頼むか、日をおいてください。", "Whoever entered it or confirms it was registered too lately. Ask somebody else, or wait."
    NOT_A_MEMBER    = "not_a_member",    "承継した会社が会員ではないため、相談を引き継げません。担当の相談員が、相談者に案内します。", "The successor is no member; the counselors advise the consulters."
    NOBODY_THERE    = "nobody_there",    "承継した会社に、相談を受けられる責任者や代表者がいません。先に登録し、本人の登録が済んでから引き継いでください。", "The successor has nobody to receive cases; register somebody first."
    # fmt: on


def refusal_of_day(day: date, *, today: date, member_from: date | None) -> SuccessionRefusal | None:
    """Why this cannot be the day; None when it can. ``member_from`` is since when the company is the member it is."""
    if abs(day - today) > LONGEST_WAY:
        return SuccessionRefusal.TOO_FAR
    # The last day of the membership is the one before, and no membership ends before it began.
    return SuccessionRefusal.BEFORE_JOINING if member_from is not None and day <= member_from else None
