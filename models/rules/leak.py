"""The leak worksheet: what must be reported to the authority, by when, with which nine items, and who is reminded when.

Source: domain, 2.4 (four triggers, preliminary and full report, the person told, encryption that exempts) and 7.19. The law
changes: each set of rules has its first day, and a worksheet keeps the version that it began with. Nothing here is legal
advice: the table proposes, and a person decides.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType

from models.rules.dated import row_at
from models.rules.deadlines import ClockKind
from models.rules.labelled import Labelled
from models.rules.lifecycle import Lifecycle, Row, each
from models.rules.working_days import JST, in_japan


class LeakReach(Labelled):
    """What got into wrong hands, or may have."""

    # fmt: off
    COPY   = "copy",   "会社に渡した転送版が、伝えるはずでない相手に読まれた", "A forwarded copy was read by whom it was not meant for"
    STORE  = "store",  "データベース・ファイル・バックアップが持ち出された",   "The database, files or a backup were taken"
    SIGNED_IN = "signed_in", "だれかの端末や利用者の権限で、画面から読まれた", "Read on the pages, with somebody's device or account"
    PAPER  = "paper",  "紙・郵便・電話・メールなど、このシステムの外",         "Paper, post, telephone or mail, outside this system"
    OTHER  = "other",  "そのほか・まだ分からない",                             "Something else, or not known yet"
    # fmt: on


class LeakTrigger(Labelled):
    """The four cases in which the law asks for a report; one is enough."""

    # fmt: off
    SENSITIVE = "sensitive", "病気・犯罪の被害などの要配慮個人情報が含まれる(1人でも)", "It holds sensitive data, such as illness or being the victim of a crime (one person is enough)"
    FINANCIAL = "financial", "不正に使われると、財産の被害が出るおそれがある",           "Misuse may cause financial loss"
    WRONGFUL  = "wrongful",  "不正の目的で行われたおそれがある(盗難・不正アクセスなど)", "It may have been done for a wrongful purpose, such as theft or intrusion"
    MANY      = "many",      "1,000人を超える人のデータである",                           "It concerns more than 1,000 people"
    # fmt: on


class KeySafety(Labelled):
    """Whether what was taken was sealed, and whether its key was apart from it and safe."""

    # fmt: off
    SAFE    = "safe",    "封じられたままで、鍵は別の場所にあり無事である", "Still sealed, and the key was elsewhere and is safe"
    LOST    = "lost",    "鍵も一緒に失われた、または使われたおそれがある", "The key was lost with it, or may have been used"
    OPENED  = "opened",  "開かれた文章として読まれた",                     "It was read as opened words"
    UNKNOWN = "unknown", "まだ分からない",                                 "Not known yet"
    # fmt: on


class LeakDuty(Labelled):
    """What the table proposes about the report."""

    # fmt: off
    REPORT       = "report",       "報告が必要とみられます",                               "A report seems to be needed"
    EXEMPT       = "exempt",       "高度な暗号化により、報告は不要とみられます",           "Advanced encryption seems to exempt it"
    NO_TRIGGER   = "no_trigger",   "四つのどれにも当たらなければ、報告は不要とみられます", "None of the four applies, so no report seems to be needed"
    NOT_KNOWN    = "not_known",    "鍵が無事か分かるまで、報告が必要なものとして進めます", "Until the key is known to be safe, go on as if a report is needed"
    # fmt: on


class LeakItem(Labelled):
    """The nine items of the report, in the order of the rule."""

    # fmt: off
    SUMMARY     = "summary",     "概要",                                       "Summary"
    DATA        = "data",        "漏えいした(おそれのある)個人データの項目",   "The kinds of personal data concerned"
    PEOPLE      = "people",      "本人の数",                                   "How many people"
    CAUSE       = "cause",       "原因",                                       "Cause"
    SECONDARY   = "secondary",   "二次被害(おそれを含む)の有無と内容",         "Secondary harm, or the risk of it"
    TO_PERSONS  = "to_persons",  "本人への対応の状況",                         "What was done for the persons"
    PUBLICATION = "publication", "公表の状況",                                 "Publication"
    PREVENTION  = "prevention",  "再発防止のための措置",                       "Measures against it happening again"
    FURTHER     = "further",     "その他参考になること",                       "Anything else of use"
    # fmt: on


class LeakTold(Labelled):
    """Who is told. The first two are the reports themselves."""

    # fmt: off
    SPEEDY  = "speedy",  "個人情報保護委員会に速報", "Preliminary report to the authority"
    FINAL   = "final",   "個人情報保護委員会に確報", "Full report to the authority"
    PERSON  = "person",  "本人",                     "The person concerned"
    COMPANY = "company", "会社・委託元",             "A company or client"
    POLICE  = "police",  "警察",                     "The police"
    PUBLIC  = "public",  "公表",                     "The public"
    OTHERS  = "others",  "そのほか",                 "Somebody else"
    # fmt: on


REPORTS = frozenset({LeakTold.SPEEDY, LeakTold.FINAL})
"""What is told as a report stands on one version of the nine items, and that version is kept."""


class LeakState(Labelled):
    """Where a worksheet is."""

    # fmt: off
    CHECKING   = "checking",   "確認中",       "Being checked"
    TO_REPORT  = "to_report",  "報告が必要",   "To be reported"
    NO_REPORT  = "no_report",  "報告は不要",   "No report needed"
    ENDED      = "ended",      "完了",         "Done"
    # fmt: on


class LeakAct(Labelled):
    """What may be done with a worksheet; the words are those on its button."""

    # fmt: off
    WRITE    = "write",    "9つの項目を書く",             "Write the nine items"
    ASSESS   = "assess",   "漏えいの状況を見直す",       "Weigh the circumstances anew"
    TELL     = "tell",     "知らせたことを記録する",     "Record who was told"
    NAME     = "name",     "関係する相談を加える",       "Add a case that it concerns"
    NEED     = "need",     "報告が必要と判断する",       "Decide that a report is needed"
    SPARE    = "spare",    "報告は不要と判断する",       "Decide that no report is needed"
    REPORT   = "report",   "速報を記録する",             "Record the preliminary report"
    CONCLUDE = "conclude", "確報を記録する",             "Record the full report"
    END      = "end",      "漏えいの記録を終える",       "End the worksheet"
    REOPEN   = "reopen",   "漏えいの記録を開き直す",     "Open the worksheet again"
    # fmt: on


_S, _A = LeakState, LeakAct
_RUNNING = (_S.CHECKING, _S.TO_REPORT)
_UNENDED = (*_RUNNING, _S.NO_REPORT)

# A preliminary report may leave before anybody has decided: the days run from becoming aware, not from deciding.
# fmt: off
LEAK_LIFECYCLE: Lifecycle[LeakState, LeakAct] = Lifecycle(
    "leak", _S.CHECKING, frozenset({_S.ENDED}), (
    #   while in          act          makes         by            event
    *each(_UNENDED,       _A.WRITE,    None,         "leak:write", "leak.write",    gives=("sheet_id",)),
    *each(_UNENDED,       _A.ASSESS,   None,         "leak:write", "leak.assess",   gives=("reach", "key_safety", "triggers", "day")),
    *each(_UNENDED,       _A.NAME,     None,         "leak:write", "leak.name",     gives=("case_id",)),
    *each(_UNENDED,       _A.TELL,     None,         "leak:write", "leak.tell",     gives=("leak_telling_id", "told")),
    *each((_S.CHECKING, _S.NO_REPORT),
                          _A.NEED,     _S.TO_REPORT, "leak:judge", "leak.need"),
    *each(_RUNNING,       _A.SPARE,    _S.NO_REPORT, "leak:judge", "leak.spare",    gives=("sheet_id", "duty")),
    *each(_RUNNING,       _A.REPORT,   _S.TO_REPORT, "leak:judge", "leak.report",   gives=("leak_telling_id", "sheet_id"),
        marks=("speedy_at",)),
    *each(_RUNNING,       _A.CONCLUDE, _S.TO_REPORT, "leak:judge", "leak.conclude", gives=("leak_telling_id", "sheet_id"),
        marks=("final_at",)),
    Row(_S.TO_REPORT,     _A.END,      _S.ENDED,     "leak:judge", "leak.end",      needs=("final_at",), marks=("ended_at",)),
    Row(_S.NO_REPORT,     _A.END,      _S.ENDED,     "leak:judge", "leak.end",      marks=("ended_at",)),
    Row(_S.ENDED,         _A.REOPEN,   _S.CHECKING,  "leak:judge", "leak.reopen",   clears=("ended_at",)),
))
# fmt: on

CAN_BE_AWARE_BEFORE = timedelta(days=366)
"""How long ago somebody may have become aware; an older day is a slip of the pen."""


@dataclass(frozen=True, slots=True)
class LeakRules:
    """What the law asks from a day on."""

    version: str
    valid_from: date
    triggers: frozenset[LeakTrigger]
    exempting: frozenset[KeySafety]
    longer_for: frozenset[LeakTrigger]
    """With one of these the full report has the longer term."""
    tells_the_person: bool


# A change of the law is a new row with its own day; a row that has been in force is never edited.
LEAK_RULES: tuple[LeakRules, ...] = (
    LeakRules(
        version="2022-04",
        valid_from=date(2022, 4, 1),
        triggers=frozenset(LeakTrigger),
        exempting=frozenset({KeySafety.SAFE}),
        longer_for=frozenset({LeakTrigger.WRONGFUL}),
        tells_the_person=True,
    ),
)


def leak_rules_at(moment: datetime, rows: Iterable[LeakRules] = LEAK_RULES) -> LeakRules:
    """The row in force at a moment."""
    return row_at(moment, rows)


def leak_rules_of(version: str, rows: Iterable[LeakRules] = LEAK_RULES) -> LeakRules:
    """The row that a worksheet began with."""
    return next(row for row in rows if row.version == version)


def duty(triggers: AbstractSet[LeakTrigger], safety: KeySafety, *, rules: LeakRules) -> LeakDuty:
    """What the rules propose; whoever decides otherwise writes why."""
    if not triggers & rules.triggers:
        return LeakDuty.NO_TRIGGER
    if safety in rules.exempting:
        return LeakDuty.EXEMPT
    return LeakDuty.NOT_KNOWN if safety is KeySafety.UNKNOWN else LeakDuty.REPORT


def final_clock(triggers: AbstractSet[LeakTrigger], *, rules: LeakRules, longer_is_decided: bool) -> ClockKind:
    """By which clock the full report is due: the longer term is not had by ticking a box, it is decided."""
    longer = bool(triggers & rules.longer_for) and longer_is_decided
    return ClockKind.LEAK_FINAL_WRONGFUL if longer else ClockKind.LEAK_FINAL


FINAL_CLOCKS = frozenset({ClockKind.LEAK_FINAL, ClockKind.LEAK_FINAL_WRONGFUL})
SPEEDY_CLOCKS = frozenset({ClockKind.LEAK_SPEEDY_GOAL, ClockKind.LEAK_SPEEDY})

# Days before (or after) the due day on which who decides is reminded. The preliminary report is due on the fifth day,
# counting the first: so the first reminder comes on the second day and not on the fifth (domain, 2.4).
_FINAL_RHYTHM = (-10, -5, -3, -1, 0, 1, 3, 7)
_RHYTHM: Mapping[ClockKind, tuple[int, ...]] = MappingProxyType(
    {
        ClockKind.LEAK_SPEEDY: (-3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7),
        ClockKind.LEAK_FINAL: _FINAL_RHYTHM,
        ClockKind.LEAK_FINAL_WRONGFUL: _FINAL_RHYTHM,
    }
)
REMINDS_AT = time(9, 0)
"""In the morning, on closed days too: the days of this law run on."""


def reminders_of(kind: ClockKind, due_at: datetime) -> tuple[datetime, ...]:
    """The moments (UTC) at which a clock that still runs is reminded of."""
    day = in_japan(due_at).date()
    return tuple(
        datetime.combine(day + timedelta(days=step), REMINDS_AT, JST).astimezone(UTC) for step in _RHYTHM.get(kind, ())
    )


def next_reminder(due: Iterable[tuple[ClockKind, datetime]], *, after: datetime) -> datetime | None:
    """The first moment after another at which something still runs to be reminded of."""
    coming = [at for kind, due_at in due for at in reminders_of(kind, due_at) if at > after]
    return min(coming, default=None)


def triggers_in(codes: str) -> frozenset[LeakTrigger]:
    """The triggers that a worksheet names."""
    return frozenset(LeakTrigger(code) for code in codes.split())


def codes_of(triggers: Iterable[LeakTrigger]) -> str:
    """The triggers as a worksheet names them, in the order of the law."""
    chosen = frozenset(triggers)
    return " ".join(trigger.value for trigger in LeakTrigger if trigger in chosen)


def facts_of(triggers: Iterable[LeakTrigger]) -> str | None:
    """The triggers as the record names them: codes joined by a plus sign."""
    return codes_of(triggers).replace(" ", "+") or None
