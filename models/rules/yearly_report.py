"""The yearly report: what is measured against which target, and how much of a share may be said of few people.

Source: domain, 5.2 (targets), 6.7 and 7.42 (cells under five). A share is said in bands, and only where every answer that
could have been given leaves at least two numbers open for each line that is not shown; whether it may be said is decided
from what is shown already, so that the silence tells nothing either.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from models.rules.dated import row_at
from models.rules.labelled import Labelled
from models.rules.retention import SMALLEST_CELL

Split = tuple[int, ...]
"""People of one table: in time, late, and then those of whom neither can be said."""


class Measure(Labelled):
    """What the association measures itself and its certified companies by."""

    # fmt: off
    ACKNOWLEDGED = "acknowledged", "相談者への最初の連絡を、最終期限までに行った",   "A first word to the consulter by its outer limit"
    ROUTED       = "routed",       "認定された会社に、期限までに転送した",           "Forwarded to a certified company by its day"
    OFFICER      = "officer",      "会社の責任者が、期限までに受領を確認した",       "Receipt confirmed by the company's officer by its day"
    REPORTED     = "reported",     "会社が、期限までに最終報告を出した",             "Final report of the company by its day"
    FEEDBACK     = "feedback",     "相談者に結果を、最終期限までに案内した",         "The result told to the consulter by its outer limit"
    RETURNED     = "returned",     "相談者が、一度は受付コードで戻ってきた",         "The consulter came back at least once"
    # fmt: on


class ClosureTime(Labelled):
    """How long half of what is over took; the best practice is a band and not a limit."""

    # fmt: off
    SHORTER = "shorter", "目安より短い",       "Shorter than the guide"
    WITHIN  = "within",  "目安のとおり",       "Within the guide"
    LONGER  = "longer",  "目安より長い",       "Longer than the guide"
    TOO_FEW = "too_few", "数が少ないため、出しません", "Not shown: too few"
    # fmt: on


@dataclass(frozen=True, slots=True)
class YearlyTargets:
    """What is aimed at, in percent, from a day on; and the days in which half of all consultations should end."""

    version: str
    valid_from: date
    acknowledged: int
    routed: int
    officer: int
    reported: int
    feedback: int
    returned: int
    closure_days: tuple[int, int]

    def of(self, measure: Measure) -> int:
        """The percentage aimed at."""
        value: int = getattr(self, measure.code)
        return value


# A change is a new row with its own day; a row that has been in force is never edited.
YEARLY_TARGETS: tuple[YearlyTargets, ...] = (
    YearlyTargets(
        version="2025-10",
        valid_from=date(2025, 10, 1),
        acknowledged=98,
        routed=95,
        officer=90,
        reported=80,
        feedback=95,
        returned=50,
        closure_days=(30, 45),
    ),
)

CUTS = (50, 60, 70, 80, 90, 95, 98, 100)
"""Where one band of shares ends and the next begins, in percent."""


def targets_at(moment: datetime, rows: Iterable[YearlyTargets] = YEARLY_TARGETS) -> YearlyTargets:
    """The targets in force at a moment."""
    return row_at(moment, rows)


@dataclass(frozen=True, slots=True)
class Share:
    """A share in percent, from ``least`` up to but not including ``below``; without a ``least`` nothing is said of it."""

    target: int
    least: int | None = None
    below: int | None = None

    @property
    def reached(self) -> bool | None:
        """Whether the target was reached; None where that may not be said."""
        if self.least is not None and self.least >= self.target:
            return True
        return False if self.below is not None and self.below <= self.target else None


def share_said(split: Split, *, target: int, possible: Sequence[Split]) -> Share:
    """What may be said of a share, given every table that fits what is shown beside it."""
    return share_in_bands(split, cuts_that_tell_nothing(possible, target=target), target=target)


def share_in_bands(split: Split, cuts: tuple[int, ...] | None, *, target: int) -> Share:
    """The share as one of the bands between the cuts; without cuts, or of fewer than five people, nothing."""
    band = _band(split, cuts) if cuts is not None else None
    return Share(target, *band) if band is not None else Share(target)


def cuts_that_tell_nothing(possible: Sequence[Split], *, target: int) -> tuple[int, ...] | None:
    """The finest bands in which a share may be said whatever it is; the target alone where that is all, or coarser ones.

    Nothing, where every band would tell too much of somebody.
    """
    for cuts in (CUTS, (target,), *(CUTS[:many] for many in range(len(CUTS) - 1, 0, -1))):
        answers: dict[tuple[int, int | None] | None, list[Split]] = defaultdict(list)
        for split in possible:
            answers[_band(split, cuts)].append(split)
        if answers and all(_leaves_open(fitting, possible) for fitting in answers.values()):
            return cuts
    return None


def splits_of(people: int) -> list[Split]:
    """Every way in which so many people can be in time, late, or neither, when nothing else is known of them."""
    if people < SMALLEST_CELL:
        return []
    return [
        (in_time, late, people - in_time - late)
        for in_time in range(people + 1)
        for late in range(people - in_time + 1)
    ]


def closure_time(days: Sequence[int], *, known: int, targets: YearlyTargets) -> ClosureTime:
    """Where the median lies, if at least five ended of which the tables tell already (``known``)."""
    if known < SMALLEST_CELL or not days:
        return ClosureTime.TOO_FEW
    middle = sorted(days)[len(days) // 2]
    shortest, longest = targets.closure_days
    if middle < shortest:
        return ClosureTime.SHORTER
    return ClosureTime.WITHIN if middle <= longest else ClosureTime.LONGER


def _band(split: Split, cuts: tuple[int, ...]) -> tuple[int, int | None] | None:
    measured = split[0] + split[1]
    if measured < SMALLEST_CELL:
        return None
    reached = [cut for cut in cuts if split[0] * 100 >= cut * measured]
    above = [cut for cut in cuts if cut not in reached]
    return (max(reached, default=0), min(above, default=None))


def _leaves_open(fitting: Sequence[Split], possible: Sequence[Split]) -> bool:
    """Whether no line that was open before is pinned to a small number by this answer."""
    first = fitting[0]
    for place, number in enumerate(first):
        pinned = 0 < number < SMALLEST_CELL and all(split[place] == number for split in fitting)
        if pinned and any(split[place] != number for split in possible):
            return False
    return True
