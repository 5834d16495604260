"""The watch after a company was told (不利益取扱いの見守り): how long it runs, and when the consulter is asked how she is.

Source: domain, 4.2, 6.1 (MONITOR), 6.3 and 7.46. It runs from the last disclosure; a further one begins it anew.
A message that tells of retaliation (7.41) becomes a linked case, at least as grave as ``case_links.FLOORS`` says; who was
told of the earlier one is not alone in being asked, by ``routing`` (ASKED_BEFORE).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from models.rules.dated import row_at
from models.rules.deadlines import DEADLINE_POLICIES, ClockKind, DeadlinePolicy, due, due_by_term, policy_at
from models.rules.labelled import Labelled
from models.rules.whistleblower_act import ACT_RULES, ActRules, act_rules_at
from models.rules.working_days import JST, Calendar, add_months, in_japan

ASKED_AT = time(9, 0)
"""The hour in Japan from which a question stands in the mailbox."""


class CheckInAnswer(Labelled):
    """What she answers when she is asked how she is treated since."""

    # fmt: off
    FINE     = "fine",     "変わったことはない",       "Nothing has changed"
    UNSURE   = "unsure",   "気になることがある",       "Something worries me"
    HAPPENED = "happened", "不利な扱いを受けている",   "I am being treated worse"
    # fmt: on


ASKS_FOR_A_LOOK = frozenset({CheckInAnswer.UNSURE, CheckInAnswer.HAPPENED})
"""Answers that somebody of the desk looks at."""


@dataclass(frozen=True, slots=True)
class CheckInPolicy:
    """After how many months since the last disclosure she is asked; holds from a day on."""

    version: str
    valid_from: date
    months: tuple[int, ...]


# A change is a new row with its own day; a row that has been in force is never edited.
# fmt: off
CHECK_IN_POLICIES: tuple[CheckInPolicy, ...] = (
    CheckInPolicy("2025-10", date(2025, 10, 1), (1, 3, 6, 12)),
)
# fmt: on


@dataclass(frozen=True, slots=True)
class WatchEnd:
    """When a watch ends, and by which versions of the two rules."""

    ends_at: datetime
    policy_version: str
    act_version: str


def watch_end(
    disclosed_at: datetime,
    *,
    now: datetime,
    calendar: Calendar,
    policies: Iterable[DeadlinePolicy] = DEADLINE_POLICIES,
    rules: Iterable[ActRules] = ACT_RULES,
) -> WatchEnd:
    """The end of a watch by the rules of this moment: the association's own term, or the act's where that is longer."""
    policy, act = policy_at(now, policies), act_rules_at(now, rules)
    ends = due(ClockKind.RETALIATION_WATCH, from_=disclosed_at, calendar=calendar, policy=policy).due_at
    if act.presumption is not None:
        by_act = due_by_term(act.presumption, from_=disclosed_at, calendar=calendar, policy_version=act.version)
        ends = max(ends, by_act.due_at)
    return WatchEnd(ends, policy.version, act.version)


@dataclass(frozen=True, slots=True)
class Asking:
    """One question of a watch: after how many months, and when."""

    months: int
    at: datetime


def askings(disclosed_at: datetime, policies: Iterable[CheckInPolicy] = CHECK_IN_POLICIES) -> tuple[Asking, ...]:
    """When she is asked after a disclosure, in order."""
    told_on = in_japan(disclosed_at).date()
    return tuple(
        Asking(months, datetime.combine(add_months(told_on, months), ASKED_AT, JST).astimezone(UTC))
        for months in row_at(disclosed_at, policies).months
    )


def due_asking(disclosed_at: datetime, *, now: datetime) -> Asking | None:
    """The latest question whose time has come; after a standstill only that one is asked."""
    return next((one for one in reversed(askings(disclosed_at)) if one.at <= now), None)


def next_asking(disclosed_at: datetime, *, now: datetime) -> Asking | None:
    """The first question that is still to come."""
    return next((one for one in askings(disclosed_at) if one.at > now), None)
