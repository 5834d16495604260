"""The ladder from a reminder to the end of a certification, per company file (domain section 6.4).

The ladder counts and says what may come next. It never acts: the board's step needs a person who proposes it, and the
board decides. A company that complies once its file is with the board: ``company_file_lifecycle`` (7.30).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from models.rules.dated import row_at
from models.rules.deadlines import ClockKind
from models.rules.decision import ALLOWED, Decision, refused
from models.rules.labelled import Labelled
from models.rules.reminders import reminders_for
from models.rules.working_days import Calendar, add_months, in_japan


class Step(Labelled):
    """A rung of the ladder."""

    # fmt: off
    E0  = "E0",  "督促(自動)",               "Automatic reminder"
    E1  = "E1",  "協力依頼",                 "Cooperation request"
    E2  = "E2",  "再協力依頼",               "Second cooperation request"
    E3  = "E3",  "改善要求",                 "Improvement request"
    E4  = "E4",  "最終改善要求(取消予告)",   "Final improvement request"
    E5  = "E5",  "取消審査の付議",           "Proposal to the board"
    E6  = "E6",  "弁明の機会の付与",         "Opportunity to explain"
    E7  = "E7",  "弁明書・意見陳述",         "Explanation"
    E8  = "E8",  "理事会決議",               "Board resolution"
    E9  = "E9",  "通知・不服申立て",         "Notice and objection"
    E10 = "E10", "効力発生・公表",           "Effect and publication"
    # fmt: on


class Addressee(Labelled):
    """To whom a step is addressed."""

    # fmt: off
    OFFICER                = "officer",                "責任者",       "Responsible officer"
    DEPUTY                 = "deputy",                 "副責任者",     "Deputy officer"
    MEMBER_REPRESENTATIVE  = "member_representative",  "会員代表者",   "Member representative"
    COMPANY_REPRESENTATIVE = "company_representative", "会社代表者",   "Company representative"
    BOARD                  = "board",                  "理事会",       "Board"
    PUBLIC                 = "public",                 "公表",         "Public"
    # fmt: on


@dataclass(frozen=True, slots=True)
class StepRule:
    """Who issues a step (a permission), to whom, whether it counts toward 再三 if unmet, which clock it starts."""

    issued_by: str
    addressees: tuple[Addressee, ...]
    counts: bool
    clock: ClockKind | None


_A, _K = Addressee, ClockKind
_TO_OFFICE = (_A.OFFICER, _A.DEPUTY)
_TO_HEAD = (_A.COMPANY_REPRESENTATIVE,)
# fmt: off
STEP_RULES: Mapping[Step, StepRule] = MappingProxyType({
    #                 issued by                addressees                                counts         clock
    Step.E0:  StepRule("system:clock",         (_A.OFFICER,),                            counts=False,  clock=_K.REMINDER_E0),
    Step.E1:  StepRule("escalation:issue_e1",  _TO_OFFICE,                               counts=True,   clock=_K.REQUEST_E1),
    Step.E2:  StepRule("escalation:issue_e2",  (*_TO_OFFICE, _A.MEMBER_REPRESENTATIVE),  counts=True,   clock=_K.REQUEST_E2),
    Step.E3:  StepRule("escalation:issue_e3",  _TO_HEAD,                                 counts=True,   clock=_K.REQUEST_E3),
    Step.E4:  StepRule("escalation:issue_e4",  _TO_HEAD,                                 counts=True,   clock=_K.REQUEST_E4),
    Step.E5:  StepRule("escalation:propose",   (_A.BOARD,),                              counts=False,  clock=None),
    Step.E6:  StepRule("escalation:serve",     _TO_HEAD,                                 counts=False,  clock=_K.EXPLANATION),
    Step.E7:  StepRule("escalation:answer",    (_A.BOARD,),                              counts=False,  clock=None),
    Step.E8:  StepRule("resolution:record",    _TO_HEAD,                                 counts=False,  clock=None),
    Step.E9:  StepRule("escalation:serve",     _TO_HEAD,                                 counts=False,  clock=_K.OBJECTION),
    Step.E10: StepRule("system:clock",         (_A.PUBLIC,),                             counts=False,  clock=_K.STOP_USE),
})
# fmt: on
REQUESTS = (Step.E1, Step.E2, Step.E3, Step.E4)
BEFORE_THE_BOARD = (Step.E5, Step.E6, Step.E7, Step.E8)
_STEPS = tuple(Step)


def step_after(step: Step) -> Step | None:
    """The next rung, or None above the last."""
    place = _STEPS.index(step) + 1
    return _STEPS[place] if place < len(_STEPS) else None


def addressees_of(step: Step, *, vacant: Collection[Addressee] = ()) -> tuple[Addressee, ...]:
    """To whom a step goes when some posts are vacant: the member representative where nobody is left (scenario 7.7)."""
    for candidates in (STEP_RULES[step].addressees, (_A.MEMBER_REPRESENTATIVE,)):
        there = tuple(addressee for addressee in candidates if addressee not in vacant)
        if there:
            return there
    return _TO_HEAD


class Ground(Labelled):
    """Why a company owes an answer, and with it the rung on which the ladder begins."""

    # fmt: off
    OVERDUE_CLOCK   = "overdue_clock",   "期限の経過",               "An overdue deadline"
    VACANCY         = "vacancy",         "責任者の空席",             "The officer's post is vacant"
    PLEDGE_DUTY     = "pledge_duty",     "誓約事項・調査への不対応", "A pledge or survey duty is unmet"
    POOR_REPORTS    = "poor_reports",    "不十分な報告の繰り返し",   "Repeated poor reports"
    RETALIATION     = "retaliation",     "不利益取扱い",             "Retaliation"
    FALSE_REPORT    = "false_report",    "虚偽の報告",               "A false report"
    REPORTER_SEARCH = "reporter_search", "相談者の探索",             "A search for the reporter"
    # fmt: on


_BEGINS_WITH: Mapping[Ground, Step] = MappingProxyType(
    {
        Ground.OVERDUE_CLOCK: Step.E0,
        Ground.VACANCY: Step.E1,
        Ground.PLEDGE_DUTY: Step.E1,
        Ground.POOR_REPORTS: Step.E3,
        Ground.RETALIATION: Step.E3,
        Ground.FALSE_REPORT: Step.E3,
        Ground.REPORTER_SEARCH: Step.E3,
    }
)


def begins_with(ground: Ground) -> Step:
    """The rung on which a ground begins the ladder."""
    return _BEGINS_WITH[ground]


# A grave ground may go from E3 to the board at once, when two people approve; retaliation, when management ordered it.
GRAVE_GROUNDS = frozenset({Ground.RETALIATION, Ground.FALSE_REPORT, Ground.REPORTER_SEARCH})


@dataclass(frozen=True, slots=True)
class LadderPolicy:
    """What counts as 再三, from a day on."""

    version: str
    valid_from: date
    unmet_needed: int
    window_months: int
    one_must_be: frozenset[Step]
    grave_approvals: int
    returns_before_request: int


# A change is a new row with its own day; a row that has been in force is never edited.
LADDER_POLICIES: tuple[LadderPolicy, ...] = (
    LadderPolicy(
        version="2025-10",
        valid_from=date(2025, 10, 1),
        unmet_needed=3,
        window_months=12,
        one_must_be=frozenset({Step.E3, Step.E4}),
        grave_approvals=2,
        returns_before_request=2,
    ),
)


def ladder_policy_at(moment: datetime, policies: Iterable[LadderPolicy] = LADDER_POLICIES) -> LadderPolicy:
    """The row in force at a moment."""
    return row_at(moment, policies)


@dataclass(frozen=True, slots=True)
class LadderEntry:
    """A step that was taken: when it was served, when it fell due, and when (if ever) the company did what it asked.

    ``reset_reason`` is the code of the reason for which a person took the entry out of the count. ``taken_back`` says
    that all it still asks for was taken back by those who had consulted, before it was marked unmet: nobody counts it,
    and nothing follows from it, while it waits for a person to annul it. Entries with the same step and
    ``incident_group`` count once. What was ``inherited`` was asked of a company that this one absorbed. Of one that is
    ``exempted`` the company was let off all that it did not do in time: nothing was owed.
    """

    reference: str
    step: Step
    served_at: datetime | None
    due_at: datetime | None = None
    met_at: datetime | None = None
    reset_reason: str | None = None
    incident_group: str | None = None
    inherited: bool = False
    taken_back: bool = False
    exempted: bool = False

    @property
    def asks_nothing(self) -> bool:
        """Whether nobody counts it and nothing follows from it."""
        return self.reset_reason is not None or self.taken_back or self.exempted


@dataclass(frozen=True, slots=True)
class OpenDuty:
    """Something the company still owes: on which ground, and since which due date."""

    ground: Ground
    due_at: datetime


@dataclass(frozen=True, slots=True)
class LadderHistory:
    """Everything the ladder knows of one company file.

    ``ended_at`` is when the board's last procedure ended without a revocation: the ladder begins anew after it, while
    the requests before it stay in the count for as long as the window holds them. ``on_conditions`` says that it ended
    so that the company continues on conditions: what it still owes is asked for as an improvement at once.
    """

    entries: tuple[LadderEntry, ...] = ()
    duties: tuple[OpenDuty, ...] = ()
    ended_at: datetime | None = None
    on_conditions: bool = False

    def latest(self) -> LadderEntry | None:
        """The entry served last, leaving aside what asks nothing any more, and what a procedure ended."""
        standing = [
            (entry.served_at, _STEPS.index(entry.step), entry)
            for entry in self.entries
            if entry.served_at is not None and not entry.asks_nothing
            if self.ended_at is None or entry.served_at > self.ended_at
        ]
        return max(standing, key=lambda found: found[:2])[2] if standing else None


def next_step(history: LadderHistory, *, now: datetime, calendar: Calendar) -> Step | None:
    """The rung that is open to be taken now, or None: nothing owed, or the company still has time.

    An unmet request opens the next; above E4 nothing opens by itself, see ``may_propose``. Compliance, late or not,
    stops the ladder. Once the board has the file, the next step of its procedure is open.
    """
    last = history.latest()
    if last is not None and last.step in (*BEFORE_THE_BOARD, Step.E9, Step.E10):
        return step_after(last.step)
    if last is not None and last.step in REQUESTS and last.met_at is None:
        if last.due_at is None or now <= last.due_at:
            return None
        begins = _first_step(history.duties, now, calendar)
        if last.inherited and begins in (None, Step.E0):
            # What was asked of the company before stays counted; the next step waits until its successor is silent too.
            return begins
        return None if last.step is Step.E4 else step_after(last.step)
    first = _first_step(history.duties, now, calendar)
    return Step.E3 if last is None and history.on_conditions and first in (Step.E1, Step.E2) else first


def _first_step(duties: tuple[OpenDuty, ...], now: datetime, calendar: Calendar) -> Step | None:
    """The highest rung on which an open duty begins; an overdue clock is reminded of first, then becomes E1."""
    opened: list[Step] = []
    for duty in duties:
        if now <= duty.due_at:
            continue
        begins = _BEGINS_WITH[duty.ground]
        if begins is Step.E0 and now > reminders_for(duty.due_at, calendar)[-1].at:
            begins = Step.E1
        opened.append(begins)
    return max(opened, key=_STEPS.index, default=None)


class CountReason(Labelled):
    """Why an entry counts toward 再三, or does not."""

    # fmt: off
    UNANSWERED    = "unanswered",    "期限までに応じなかったため数えます",             "Counts: not met by its due date"
    MET_LATE      = "met_late",      "期限後に応じましたが、回数には残ります",         "Counts: met, but after its due date"
    MET           = "met",           "期限までに応じたため数えません",                 "Does not count: met in time"
    STILL_OPEN    = "still_open",    "期限前のため数えません",                         "Does not count: not due yet"
    NOT_SERVED    = "not_served",    "送達前のため数えません",                         "Does not count: not served"
    NOT_A_REQUEST = "not_a_request", "正式な要請ではないため数えません",               "Does not count: not a formal request"
    RESET         = "reset",         "理由を記して対象から外したため数えません",       "Does not count: reset, with a reason"
    TAKEN_BACK    = "taken_back",    "もとの相談が取り下げられたため数えません",       "Does not count: the consultation was withdrawn"
    EXEMPTED      = "exempted",      "回答を免除したため数えません",                   "Does not count: the company was exempted"
    OUT_OF_WINDOW = "out_of_window", "数える期間より前のため数えません",               "Does not count: before the window"
    SAME_GROUP    = "same_group",    "同じ一斉事案としてすでに数えました",             "Does not count: same incident group"
    # fmt: on


@dataclass(frozen=True, slots=True)
class CounterLine:
    """One entry on the counter sheet."""

    entry: LadderEntry
    counted: bool
    reason: CountReason


@dataclass(frozen=True, slots=True)
class CounterSheet:
    """The counter sheet for 再三: every entry, counted or not, with the reason, and the policy that counted it."""

    lines: tuple[CounterLine, ...]
    window_from: datetime
    window_to: datetime
    policy: LadderPolicy

    @property
    def counted(self) -> tuple[LadderEntry, ...]:
        """The entries that count."""
        return tuple(line.entry for line in self.lines if line.counted)

    @property
    def total(self) -> int:
        """How many count."""
        return len(self.counted)


def counts(history: LadderHistory, *, now: datetime, policy: LadderPolicy) -> CounterSheet:
    """The counter sheet at a moment. A request belongs to the window in which it fell due."""
    here = in_japan(now)
    window_from = datetime.combine(add_months(here.date(), -policy.window_months), here.timetz())
    lines: list[CounterLine] = []
    groups: set[tuple[Step, str]] = set()
    for entry in history.entries:
        reason = _count_reason(entry, now, window_from)
        counted = reason in (CountReason.UNANSWERED, CountReason.MET_LATE)
        if counted and entry.incident_group is not None:
            group = (entry.step, entry.incident_group)
            if group in groups:
                counted, reason = False, CountReason.SAME_GROUP
            groups.add(group)
        lines.append(CounterLine(entry, counted, reason))
    return CounterSheet(tuple(lines), window_from, now, policy)


def _count_reason(entry: LadderEntry, now: datetime, window_from: datetime) -> CountReason:
    if not STEP_RULES[entry.step].counts:
        return CountReason.NOT_A_REQUEST
    if entry.reset_reason is not None:
        return CountReason.RESET
    if entry.taken_back:
        return CountReason.TAKEN_BACK
    if entry.exempted:
        return CountReason.EXEMPTED
    if entry.served_at is None or entry.due_at is None:
        return CountReason.NOT_SERVED
    return _count_reason_by_dates(entry.due_at, entry.met_at, now, window_from)


def _count_reason_by_dates(
    due_at: datetime, met_at: datetime | None, now: datetime, window_from: datetime
) -> CountReason:
    if met_at is not None and met_at <= due_at:
        return CountReason.MET
    if now <= due_at:
        return CountReason.STILL_OPEN
    if due_at <= window_from:
        return CountReason.OUT_OF_WINDOW
    return CountReason.UNANSWERED if met_at is None else CountReason.MET_LATE


def threshold_met(sheet: CounterSheet) -> bool:
    """Whether enough requests are unmet, one of them for improvement. It allows the proposal and does no more."""
    return sheet.total >= sheet.policy.unmet_needed and any(
        entry.step in sheet.policy.one_must_be for entry in sheet.counted
    )


class ProposalRefusal(Labelled):
    """Why the file cannot be put to the board now."""

    # fmt: off
    BELOW_THRESHOLD   = "below_threshold",   "再三の要件にまだ達していません。",           "The threshold is not met."
    COMPLIED          = "complied",          "会社が応じました。",                         "The company complied."
    ALREADY_PROPOSED  = "already_proposed",  "すでに付議されています。",                   "It is before the board."
    APPROVALS_MISSING = "approvals_missing", "重大事由の付議には2名の承認が必要です。",   "Two must approve a grave ground."
    # fmt: on


def may_propose(
    history: LadderHistory,
    *,
    now: datetime,
    policy: LadderPolicy,
    grave_ground: Ground | None = None,
    approvals: int = 0,
) -> Decision:
    """Whether the head may put the file to the board: by the threshold, or from E3 on a grave ground with approvals.

    Either way a request must be standing: served last, and not complied with.
    """
    last = history.latest()
    if last is None or last.step is Step.E0:
        return refused(ProposalRefusal.BELOW_THRESHOLD.code)
    if last.step not in REQUESTS:
        return refused(ProposalRefusal.ALREADY_PROPOSED.code)
    if last.met_at is not None:
        return refused(ProposalRefusal.COMPLIED.code)
    if threshold_met(counts(history, now=now, policy=policy)):
        return ALLOWED
    if grave_ground in GRAVE_GROUNDS and last.step in (Step.E3, Step.E4):
        return ALLOWED if approvals >= policy.grave_approvals else refused(ProposalRefusal.APPROVALS_MISSING.code)
    return refused(ProposalRefusal.BELOW_THRESHOLD.code)


def returns_lead_to_request(returns: int, policy: LadderPolicy) -> bool:
    """Whether a report was returned often enough that a request follows (scenario 7.22)."""
    return returns >= policy.returns_before_request
