"""Whether like companies were treated alike: what is compared of each step of the ladder, and what stands out.

Source: domain, 2.5 (the same ladder for everyone; a deviation needs a reason; the auditor sees how companies were treated)
and 6.7. Companies stand alike at a step when they owe an answer on the same grounds. Nothing of a consultation is compared:
days, outcomes, and what was taken out of the count and why.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from models.rules.dated import row_at
from models.rules.escalation_ladder import (
    REQUESTS,
    Ground,
    LadderHistory,
    Step,
    counts,
    ladder_policy_at,
    threshold_met,
)
from models.rules.labelled import Labelled


@dataclass(frozen=True, slots=True)
class LikenessPolicy:
    """From how many on days are compared, and how far from the middle one must lie to be named."""

    version: str
    valid_from: date
    fewest: int
    days_apart: int
    """So many days from the median are nothing, however alike the others are."""
    spreads_apart: int
    """Nor are so many times the median distance of all of them from it."""
    months: int
    """How far back the comparison looks."""


# A change is a new row with its own day; a row that has been in force is never edited.
LIKENESS_POLICIES: tuple[LikenessPolicy, ...] = (
    LikenessPolicy(
        version="2026-11", valid_from=date(2026, 11, 1), fewest=3, days_apart=5, spreads_apart=3, months=24
    ),
)


def likeness_policy_at(moment: datetime, policies: Iterable[LikenessPolicy] = LIKENESS_POLICIES) -> LikenessPolicy:
    """The row in force at a moment."""
    return row_at(moment, policies)


class Outcome(Labelled):
    """What became of a step that was taken, or that is open to be taken."""

    # fmt: off
    MET      = "met",      "期限までに応じた",       "Met in time"
    MET_LATE = "met_late", "期限のあとに応じた",     "Met late"
    UNMET    = "unmet",    "応じなかった",           "Unmet"
    RUNNING  = "running",  "回答を待っている",       "Awaiting an answer"
    EXEMPTED = "exempted", "回答を免除した",         "Exempted"
    RESET    = "reset",    "取りやめた",             "Taken back"
    NOT_YET  = "not_yet",  "まだ出していない",       "Not issued yet"
    PROPOSED = "proposed", "付議した",               "Put before the board"
    ENDED    = "ended",    "付議せずに終わった",     "Ended without a proposal"
    # fmt: on


class Difference(Labelled):
    """How one stands out among its like."""

    # fmt: off
    SOONER    = "sooner",    "ほかより早く進めた",                 "Taken sooner than the others"
    LATER     = "later",     "ほかより遅く進めた",                 "Taken later than the others"
    WAITS     = "waits",     "ほかが進めた日数を過ぎても進めていない", "Not taken in the time in which the others were"
    LESS_TIME = "less_time", "応じるまでの日数がほかより短い",     "Less time to comply than the others"
    MORE_TIME = "more_time", "応じるまでの日数がほかより長い",     "More time to comply than the others"
    RESET     = "reset",     "ほかは取りやめていない",             "Taken back, unlike the others"
    SKIPPED   = "skipped",   "前の段階を経ていない",               "Without the step before"
    # fmt: on


@dataclass(frozen=True, slots=True)
class Treatment:
    """One company at one step: how long it took until the step was taken, how long it had to comply, what came of it."""

    reference: str
    step: Step
    grounds: frozenset[Ground]
    outcome: Outcome
    waited_days: int
    """From the day on which the step could be taken to the one on which it was, or to today."""
    given_days: int | None = None
    skipped: bool = False

    @property
    def like(self) -> tuple[Step, frozenset[Ground]]:
        """Those with the same stand alike."""
        return (self.step, self.grounds)


def differences(of: Treatment, among: Sequence[Treatment], policy: LikenessPolicy) -> tuple[Difference, ...]:
    """How one stands out among its like, itself among them; days are compared only where there are enough of them."""
    found: list[Difference] = []
    taken = [one for one in among if one.outcome is not Outcome.NOT_YET]
    side = _side(of.waited_days, [one.waited_days for one in taken], policy)
    if of.outcome is Outcome.NOT_YET:
        found += [Difference.WAITS] if side > 0 else []
    elif side:
        found.append(Difference.LATER if side > 0 else Difference.SOONER)
    if of.given_days is not None:
        side = _side(of.given_days, [one.given_days for one in taken if one.given_days is not None], policy)
        if side:
            found.append(Difference.MORE_TIME if side > 0 else Difference.LESS_TIME)
    if of.outcome is Outcome.RESET and sum(one.outcome is Outcome.RESET for one in among) * 2 <= len(among):
        found.append(Difference.RESET)
    if of.skipped:
        found.append(Difference.SKIPPED)
    return tuple(found)


def _side(days: int, of_all: Sequence[int], policy: LikenessPolicy) -> int:
    """Nought within the usual, else 1 above it and -1 below."""
    if len(of_all) < policy.fewest:
        return 0
    middle = median(of_all)
    spread = median(abs(one - middle) for one in of_all)
    if abs(days - middle) <= max(policy.days_apart, policy.spreads_apart * spread):
        return 0
    return 1 if days > middle else -1


def step_before(step: Step) -> Step | None:
    """The request that comes before, for those that have one."""
    place = REQUESTS.index(step)
    return REQUESTS[place - 1] if place else None


def threshold_reached_at(history: LadderHistory) -> datetime | None:
    """The first moment at which enough requests were unmet for the head to propose; none where there never was one.

    What was taken out of the count since is out of it for all time: the page names it where it was.
    """
    for due_at in sorted(entry.due_at for entry in history.entries if entry.due_at is not None):
        at = due_at + timedelta(microseconds=1)
        if threshold_met(counts(history, now=at, policy=ladder_policy_at(at))):
            return at
    return None
