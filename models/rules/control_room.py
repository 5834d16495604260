"""The secretariat's control room: which stretches of time are looked at, and whose deadlines stand in it."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from types import MappingProxyType

from models.rules.deadlines import ClockKind
from models.rules.labelled import Labelled
from models.rules.permissions import Permission
from models.rules.working_days import JST, in_japan


class Window(Labelled):
    """A stretch of time in which something falls due; no moment lies in two of them."""

    # fmt: off
    OVERDUE = "overdue", "期限超過",   "Overdue"
    TODAY   = "today",   "今日まで",   "Today"
    WEEK    = "week",    "7日以内",    "Within 7 days"
    # fmt: on


DAYS_OF_A_WEEK = 7


def bounds(window: Window, at: datetime) -> tuple[datetime | None, datetime]:
    """From when (with it; None for ever) until when (without it) a stretch lasts, as seen at a moment."""
    tomorrow = datetime.combine(in_japan(at).date() + timedelta(days=1), time(), JST).astimezone(UTC)
    return {
        Window.OVERDUE: (None, at),
        Window.TODAY: (at, tomorrow),
        Window.WEEK: (tomorrow, tomorrow + timedelta(days=DAYS_OF_A_WEEK)),
    }[window]


class Deadlines(Labelled):
    """Whose deadlines, and of what."""

    # fmt: off
    DESK      = "desk",      "相談(窓口がすること)",             "Consultations: the desk's part"
    COMPANIES = "companies", "届けた相談(会社がすること)",       "Forwarded matters: the company's part"
    REQUESTS  = "requests",  "要請への回答",                     "Answers to formal requests"
    DUTIES    = "duties",    "責任者の登録・誓約の確認など",     "Officers, confirmations of pledges and the like"
    SURVEYS   = "surveys",   "実態調査への回答",                 "Answers to surveys"
    BOARD     = "board",     "弁明・不服申立て",                 "Explanations and objections"
    MARKS     = "marks",     "マークの使用停止・認定の範囲",     "Removal of the mark, scope of a certification"
    LEAKS     = "leaks",     "漏えいの報告",                     "Reports of leaks"
    # fmt: on


# Which permission lets somebody see the things behind the deadlines; the number is not shown without it either.
SEEN_WITH: Mapping[Deadlines, Permission] = MappingProxyType(
    {
        Deadlines.DESK: Permission.CASE_LIST,
        Deadlines.COMPANIES: Permission.CASE_LIST,
        Deadlines.REQUESTS: Permission.ESCALATION_LIST,
        Deadlines.DUTIES: Permission.PLEDGE_READ,
        Deadlines.SURVEYS: Permission.SURVEY_READ,
        Deadlines.BOARD: Permission.RESOLUTION_LIST,
        Deadlines.MARKS: Permission.CERTIFICATION_READ,
        Deadlines.LEAKS: Permission.LEAK_LIST,
    }
)

# What a clock of a thing is kept under; the desk's own are read from the case, as its board shows them.
SUBJECT_OF: Mapping[Deadlines, str] = MappingProxyType(
    {
        Deadlines.COMPANIES: "exchange",
        Deadlines.REQUESTS: "formal_request",
        Deadlines.DUTIES: "company",
        Deadlines.SURVEYS: "survey_invitation",
        Deadlines.BOARD: "board_item",
        Deadlines.MARKS: "certification",
        Deadlines.LEAKS: "leak",
    }
)

_K = ClockKind
# Which clocks are looked for, by kind: so the index of running clocks finds what is due among however many there are.
CLOCKS_OF: Mapping[Deadlines, tuple[ClockKind, ...]] = MappingProxyType(
    {
        Deadlines.DESK: (
            _K.ACKNOWLEDGE_CONSULTER,
            _K.ACKNOWLEDGE_OUTER,
            _K.ACKNOWLEDGE_GROUP,
            _K.TRIAGE,
            _K.CONSULTER_ANSWER,
            _K.CONSENT_ANSWER,
            _K.SEND_HOLD,
            _K.ROUTE,
            _K.REVIEW,
            _K.FEEDBACK,
            _K.PROGRESS_NOTE,
            _K.FEEDBACK_OUTER,
            _K.ADVICE,
        ),
        Deadlines.COMPANIES: (_K.OFFICER_ACK, _K.INITIAL_REPORT, _K.FINAL_REPORT),
        Deadlines.REQUESTS: (_K.REQUEST_E1, _K.REQUEST_E2, _K.REQUEST_E3, _K.REQUEST_E3_PROOF, _K.REQUEST_E4),
        Deadlines.DUTIES: (_K.VACANCY, _K.PLEDGE_CONFIRMATION),
        Deadlines.SURVEYS: (_K.SURVEY_ANSWER,),
        Deadlines.BOARD: (_K.EXPLANATION, _K.OBJECTION),
        Deadlines.MARKS: (_K.STOP_USE, _K.SCOPE_UPDATE),
        Deadlines.LEAKS: (_K.LEAK_SPEEDY_GOAL, _K.LEAK_SPEEDY, _K.LEAK_FINAL, _K.LEAK_FINAL_WRONGFUL),
    }
)
# These wait for nobody: they say until when something is so, or how long something may be made at most.
NOBODYS = frozenset(
    {
        _K.PUBLICATION,
        _K.RETALIATION_WATCH,
        _K.REOPEN,
        _K.RECEIPT_VALID,
        _K.REMINDER_E0,
        _K.REPORT_EXTENSION,
    }
)
