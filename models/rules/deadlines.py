"""When each thing is due: dated terms, and a due date that explains itself (domain sections 6.2 and 6.3)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from functools import lru_cache
from types import MappingProxyType

from models.rules.dated import row_at
from models.rules.decision import ALLOWED, Decision, refused
from models.rules.labelled import Labelled
from models.rules.taxonomy.severity import Severity
from models.rules.working_days import DESK_CLOSES, JST, Calendar, DayOff, add_months, day_with_weekday, in_japan

END_OF_DAY = time(23, 59, 59)


class ClockKind(Labelled):
    """What a clock measures."""

    # fmt: off
    ACKNOWLEDGE_CONSULTER = "acknowledge_consulter", "相談者への受付の連絡",       "Acknowledgement to the consulter"
    ACKNOWLEDGE_OUTER     = "acknowledge_outer",     "受付の連絡の最終期限",       "Acknowledgement, outer limit"
    ACKNOWLEDGE_GROUP     = "acknowledge_group",     "グループへの受付の連絡",     "Acknowledgement to a group"
    TRIAGE                = "triage",                "受付審査",                   "Triage"
    CONSULTER_ANSWER      = "consulter_answer",      "相談者からの回答",           "Answer of the consulter"
    CONSENT_ANSWER        = "consent_answer",        "同意の確認",                 "Answer about consent"
    SEND_HOLD             = "send_hold",             "送信までの待ち時間",         "Hold before sending"
    ROUTE                 = "route",                 "責任者への転送",             "Forwarding to the officer"
    OFFICER_ACK           = "officer_ack",           "責任者の受領確認",           "Officer's acknowledgement"
    INITIAL_REPORT        = "initial_report",        "初期報告",                   "Initial report"
    FINAL_REPORT          = "final_report",          "最終報告",                   "Final report"
    REPORT_EXTENSION      = "report_extension",      "最終報告の延長の上限",       "Longest extension of the report"
    REVIEW                = "review",                "事務局の確認",               "Secretariat review"
    FEEDBACK              = "feedback",              "相談者への結果案内",         "Feedback to the consulter"
    PROGRESS_NOTE         = "progress_note",         "途中経過の連絡",             "Progress note"
    FEEDBACK_OUTER        = "feedback_outer",        "結果案内の最終期限",         "Feedback, outer limit"
    ADVICE                = "advice",                "助言",                       "Advice"
    VACANCY               = "vacancy",               "後任の責任者の登録",         "Appointment of an officer"
    PLEDGE_CONFIRMATION   = "pledge_confirmation",   "誓約の年1回の確認",          "Yearly confirmation of the pledges"
    SURVEY_ANSWER         = "survey_answer",         "実態調査への回答",           "Answer to a survey"
    REMINDER_E0           = "reminder_e0",           "督促(E0)への対応",           "Answer to the reminder (E0)"
    REQUEST_E1            = "request_e1",            "協力依頼(E1)への回答",       "Answer to E1"
    REQUEST_E2            = "request_e2",            "再協力依頼(E2)への回答",     "Answer to E2"
    REQUEST_E3            = "request_e3",            "改善要求(E3)の計画の提出",   "Plan in answer to E3"
    REQUEST_E3_PROOF      = "request_e3_proof",      "改善要求(E3)の実施の証明",   "Proof in answer to E3"
    REQUEST_E4            = "request_e4",            "最終改善要求(E4)への回答",   "Answer to E4"
    EXPLANATION           = "explanation",           "弁明書の提出",               "Written explanation"
    OBJECTION             = "objection",             "不服申立て",                 "Objection"
    STOP_USE              = "stop_use",              "マークの使用停止の確認",     "Removal of the mark"
    SCOPE_UPDATE          = "scope_update",          "認定の範囲の更新",           "Update of what a certification covers"
    PUBLICATION           = "publication",           "取消の公表の終わり",         "End of publication"
    RETALIATION_WATCH     = "retaliation_watch",     "不利益取扱いの見守り",       "Retaliation watch"
    REOPEN                = "reopen",                "再開できる期間",             "Reopening"
    RECEIPT_VALID         = "receipt_valid",         "受付コードの有効期間",         "Validity of the receipt"
    LEAK_SPEEDY_GOAL      = "leak_speedy_goal",      "漏えいの速報(目標)",         "Preliminary report of a leak, the goal"
    LEAK_SPEEDY           = "leak_speedy",           "漏えいの速報",               "Preliminary report of a leak"
    LEAK_FINAL            = "leak_final",            "漏えいの確報",               "Full report of a leak"
    LEAK_FINAL_WRONGFUL   = "leak_final_wrongful",   "漏えいの確報(不正の目的)",   "Full report of a leak with a wrongful purpose"
    # fmt: on


OFFICERS_CLOCKS = frozenset({ClockKind.OFFICER_ACK, ClockKind.INITIAL_REPORT, ClockKind.FINAL_REPORT})
"""What a company's officer has to do by a day; her company's own closure days are passed over, as 6.2 says."""


BY_ITS_OWN_DAY = frozenset({ClockKind.SURVEY_ANSWER})
"""These have no term: whoever asks says the day."""


class Unit(Enum):
    """In what a term is counted."""

    BUSINESS_DAYS = "business_days"
    CALENDAR_DAYS = "calendar_days"
    DAYS_WITH_THE_FIRST = "days_with_the_first"
    """Calendar days of which the one on which it begins is the first, as for reports of leaks."""
    MONTHS = "months"
    HOURS = "hours"
    DESK_HOURS = "desk_hours"


_WHOLE_DAYS = frozenset({Unit.BUSINESS_DAYS, Unit.CALENDAR_DAYS, Unit.DAYS_WITH_THE_FIRST, Unit.MONTHS})
"""The hour at which such a term begins does not move its end."""


@dataclass(frozen=True, slots=True)
class Term:
    """So much of a unit; with ``or_later``, whichever of the two ends later."""

    amount: int
    unit: Unit
    or_later: "Term | None" = None


@dataclass(frozen=True, slots=True)
class BySeverity:
    """A term for each severity, and one for as long as it is not known."""

    unknown: Term
    terms: Mapping[Severity, Term]

    def term(self, severity: Severity | None) -> Term:
        """The term for a severity."""
        return self.unknown if severity is None else self.terms[severity]


def _bd(amount: int) -> Term:
    return Term(amount, Unit.BUSINESS_DAYS)


def _days(amount: int) -> Term:
    return Term(amount, Unit.CALENDAR_DAYS)


def _with_the_first(amount: int) -> Term:
    return Term(amount, Unit.DAYS_WITH_THE_FIRST)


def _months(amount: int) -> Term:
    return Term(amount, Unit.MONTHS)


@dataclass(frozen=True, slots=True)
class DeadlinePolicy:
    """The terms that hold from a day on, until a later row takes over."""

    version: str
    valid_from: date
    clocks: Mapping[ClockKind, Term | BySeverity]

    def term(self, kind: ClockKind, severity: Severity | None = None) -> Term:
        """The term of a clock; the severity matters only to the clocks that depend on it."""
        entry = self.clocks[kind]
        return entry.term(severity) if isinstance(entry, BySeverity) else entry


_K, _S = ClockKind, Severity
# A change is a new row with its own day; a row that has been in force is never edited.
# fmt: off
DEADLINE_POLICIES: tuple[DeadlinePolicy, ...] = (
    DeadlinePolicy("2025-10", date(2025, 10, 1), MappingProxyType({
        _K.ACKNOWLEDGE_CONSULTER: _bd(2),
        _K.ACKNOWLEDGE_OUTER:     _bd(5),
        _K.ACKNOWLEDGE_GROUP:     _bd(1),
        _K.TRIAGE:                BySeverity(_bd(1), MappingProxyType({
            _S.LOW:               _bd(3),
            _S.MODERATE:          _bd(2),
            _S.HIGH:              _bd(1),
            _S.CRITICAL:          Term(1, Unit.DESK_HOURS),
        })),
        _K.CONSULTER_ANSWER:      _bd(20),
        _K.CONSENT_ANSWER:        _bd(20),
        _K.SEND_HOLD:             BySeverity(Term(24, Unit.HOURS), MappingProxyType({
            _S.LOW:               Term(24, Unit.HOURS),
            _S.MODERATE:          Term(24, Unit.HOURS),
            _S.HIGH:              Term(0, Unit.HOURS),
            _S.CRITICAL:          Term(0, Unit.HOURS),
        })),
        _K.ROUTE:                 _bd(1),
        _K.OFFICER_ACK:           _bd(3),
        _K.INITIAL_REPORT:        _bd(10),
        _K.FINAL_REPORT:          _bd(30),
        _K.REPORT_EXTENSION:      _bd(20),
        _K.REVIEW:                _bd(5),
        _K.FEEDBACK:              _bd(5),
        _K.PROGRESS_NOTE:         _days(30),
        _K.FEEDBACK_OUTER:        _months(3),
        _K.ADVICE:                _bd(10),
        _K.VACANCY:               _bd(10),
        _K.PLEDGE_CONFIRMATION:   _bd(20),
        _K.REMINDER_E0:           _bd(3),
        _K.REQUEST_E1:            _bd(5),
        _K.REQUEST_E2:            _bd(5),
        _K.REQUEST_E3:            _bd(10),
        _K.REQUEST_E3_PROOF:      _bd(30),
        _K.REQUEST_E4:            _bd(10),
        _K.EXPLANATION:           Term(14, Unit.CALENDAR_DAYS, or_later=_bd(10)),
        _K.OBJECTION:             _days(14),
        _K.STOP_USE:              _bd(20),
        _K.SCOPE_UPDATE:          _bd(20),
        _K.PUBLICATION:           _months(12),
        _K.RETALIATION_WATCH:     _months(12),
        _K.REOPEN:                _months(12),
        _K.RECEIPT_VALID:         _months(12),
        _K.LEAK_SPEEDY_GOAL:      _with_the_first(3),
        _K.LEAK_SPEEDY:           _with_the_first(5),
        _K.LEAK_FINAL:            _with_the_first(30),
        _K.LEAK_FINAL_WRONGFUL:   _with_the_first(60),
    })),
)
# fmt: on


def policy_at(moment: datetime, policies: Iterable[DeadlinePolicy] = DEADLINE_POLICIES) -> DeadlinePolicy:
    """The row in force at a moment."""
    return row_at(moment, policies)


@dataclass(frozen=True, slots=True)
class DueDate:
    """A moment in UTC, with the rule and the calendar that produced it and the reason in both languages."""

    due_at: datetime
    policy_version: str
    calendar_version: str
    explanation_ja: str
    explanation_en: str

    @property
    def day(self) -> date:
        """The due day in Japan."""
        return in_japan(self.due_at).date()

    def explanation(self, locale: str) -> str:
        """Why this day, for the screen (scenario 7.15)."""
        return self.explanation_en if locale.lower().startswith("en") else self.explanation_ja


def due(
    kind: ClockKind,
    *,
    from_: datetime,
    calendar: Calendar,
    policy: DeadlinePolicy,
    severity: Severity | None = None,
    company_closures: Iterable[date] = (),
) -> DueDate:
    """When a clock that starts at ``from_`` is due.

    Business days fall due at 17:00 in Japan on the last of them, when the desk closes. Calendar days and months ignore
    closures and fall due at the end of their last day. Hours and desk hours run to the minute. ``company_closures``
    are for the clocks of officers alone.
    """
    return due_by_term(
        policy.term(kind, severity),
        from_=from_,
        calendar=calendar,
        policy_version=policy.version,
        company_closures=company_closures,
    )


def due_by_term(
    term: Term, *, from_: datetime, calendar: Calendar, policy_version: str, company_closures: Iterable[date] = ()
) -> DueDate:
    """When a term that starts at ``from_`` ends; a human may have set its length (an extension, for example)."""
    here = in_japan(from_)
    if term.unit in _WHOLE_DAYS and (term.or_later is None or term.or_later.unit in _WHOLE_DAYS):
        here = datetime.combine(here.date(), time(), JST)
    ends, ja, en = _end_and_reason(term, here, calendar, tuple(company_closures))
    return DueDate(ends.astimezone(UTC), policy_version, calendar.version, ja, en)


@lru_cache(maxsize=256)
def _end_and_reason(
    term: Term, here: datetime, calendar: Calendar, closures: tuple[date, ...]
) -> tuple[datetime, str, str]:
    """Kept, because on one day the same few terms begin for everything that happens on it."""
    ends = _end_of(term, here, calendar, closures)
    chosen = term
    if term.or_later is not None:
        later = _end_of(term.or_later, here, calendar, closures)
        if later.date() > ends.date():
            ends, chosen = later, term.or_later
    return ends, *_explain(chosen, here, ends, calendar, closures)


def _end_of(term: Term, here: datetime, calendar: Calendar, closures: tuple[date, ...]) -> datetime:
    match term.unit:
        case Unit.BUSINESS_DAYS:
            last = calendar.add_working_days(here, term.amount, closures)
            return datetime.combine(last, DESK_CLOSES, JST)
        case Unit.CALENDAR_DAYS:
            return datetime.combine(here.date() + timedelta(days=term.amount), END_OF_DAY, JST)
        case Unit.DAYS_WITH_THE_FIRST:
            return datetime.combine(here.date() + timedelta(days=term.amount - 1), END_OF_DAY, JST)
        case Unit.MONTHS:
            return datetime.combine(add_months(here.date(), term.amount), END_OF_DAY, JST)
        case Unit.HOURS:
            return here + timedelta(hours=term.amount)
        case Unit.DESK_HOURS:
            return calendar.add_desk_hours(here, term.amount)


def _explain(
    term: Term, here: datetime, ends: datetime, calendar: Calendar, closures: tuple[date, ...]
) -> tuple[str, str]:
    start_ja, start_en = _day_in_words(here.date())
    end_ja, end_en = _day_in_words(ends.date())
    clock = f"{ends:%H:%M}"
    match term.unit:
        case Unit.BUSINESS_DAYS:
            _, passed_over = calendar.count_working_days(here, term.amount, closures)
            off_ja, off_en = _days_off_in_words(calendar, here.date(), ends.date(), passed_over)
            return (
                f"{start_ja}の翌営業日から数えて{term.amount}営業日目の{end_ja}{clock}が期限です。{off_ja}",
                f"Due {end_en} at {clock}: {term.amount} business day(s) after {start_en}.{off_en}",
            )
        case Unit.CALENDAR_DAYS:
            return (
                f"{start_ja}から{term.amount}日後の{end_ja}が期限です(休業日も数えます)。",
                f"Due by the end of {end_en}: {term.amount} calendar days after {start_en}, closed days included.",
            )
        case Unit.DAYS_WITH_THE_FIRST:
            return (
                f"{start_ja}を1日目として{term.amount}日目の{end_ja}が期限です(休業日も数えます)。",
                f"Due by the end of {end_en}: day {term.amount}, {start_en} being day 1, closed days included.",
            )
        case Unit.MONTHS:
            return (
                f"{start_ja}から{term.amount}か月後の{end_ja}が期限です。",
                f"Due by the end of {end_en}: {term.amount} months after {start_en}.",
            )
        case Unit.HOURS:
            return (
                f"{start_ja}{here:%H:%M}から{term.amount}時間後の{end_ja}{clock}です。",
                f"{end_en} at {clock}: {term.amount} hours after {start_en}, {here:%H:%M}.",
            )
        case Unit.DESK_HOURS:
            return (
                f"窓口の時間で{term.amount}時間後の{end_ja}{clock}が期限です。",
                f"Due {end_en} at {clock}: {term.amount} hour(s) of desk time.",
            )


def _day_in_words(day: date) -> tuple[str, str]:
    return day_with_weekday(day), day.strftime("%A %Y-%m-%d")


def _days_off_in_words(calendar: Calendar, first: date, last: date, passed_over: tuple[date, ...]) -> tuple[str, str]:
    """The days passed over, weekends in one word; nothing when there were none."""
    off = list(calendar.days_off_between(first + timedelta(days=1), last))
    off += [DayOff(day, "会社の休業日", "company closure") for day in passed_over]
    if not off:
        return "", ""
    weekend = any(day.ja == "土日" for day in off)
    runs: list[list[DayOff]] = []
    for day in sorted((day for day in off if day.ja != "土日"), key=lambda found: found.day):
        if runs and runs[-1][-1].ja == day.ja and (day.day - runs[-1][-1].day).days == 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    ja = ["土日"] * weekend + [f"{_span(run, '{0.month}月{0.day}日', '〜')}({run[0].ja})" for run in runs]
    en = ["weekends"] * weekend + [f"{_span(run, '{0:%m-%d}', ' to ')} ({run[0].en})" for run in runs]
    return f"{'、'.join(ja)}は数えません。", f" Not counted: {', '.join(en)}."


def _span(run: list[DayOff], form: str, between: str) -> str:
    first, last = form.format(run[0].day), form.format(run[-1].day)
    return first if len(run) == 1 else f"{first}{between}{last}"


class ExtensionRefusal(Labelled):
    """Why an extension of the final report is refused."""

    # fmt: off
    ALREADY_EXTENDED = "already_extended", "延長は1回までです。",             "The report can be extended only once."
    AFTER_DUE_DAY    = "after_due_day",    "期限を過ぎてからは延長できません。", "It is too late: the due day is over."
    NO_REASON        = "no_reason",        "延長の理由が必要です。",         "An extension needs a reason."
    TOO_LONG         = "too_long",         "延長できる日数を超えています。", "The extension asked for is too long."
    # fmt: on


def extension_allowed(
    *,
    granted: int,
    asked_at: datetime,
    due_at: datetime,
    reason_given: bool,
    business_days: int,
    policy: DeadlinePolicy,
) -> Decision:
    """The final report may be extended once, with a reason, asked no later than the due day (6.3, scenario 7.23)."""
    if granted:
        return refused(ExtensionRefusal.ALREADY_EXTENDED.code)
    if in_japan(asked_at).date() > in_japan(due_at).date():
        return refused(ExtensionRefusal.AFTER_DUE_DAY.code)
    if not reason_given:
        return refused(ExtensionRefusal.NO_REASON.code)
    if not 1 <= business_days <= policy.term(ClockKind.REPORT_EXTENSION).amount:
        return refused(ExtensionRefusal.TOO_LONG.code)
    return ALLOWED


def extended_due(due_at: datetime, *, business_days: int, calendar: Calendar, policy: DeadlinePolicy) -> DueDate:
    """The new due date: so many business days after the old one."""
    return due_by_term(_bd(business_days), from_=due_at, calendar=calendar, policy_version=policy.version)
