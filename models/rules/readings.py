"""What counts as reading, and when reading is unusual enough that a person looks at it (domain, 4.2: counselor curiosity).

An alert accuses nobody. It shows a day on which somebody read more, or otherwise, than that person usually does, and whoever
oversees the desk asks. Everything is counted from the record, which names who opened what and when, and never what it said.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from statistics import median
from typing import Final

from models.rules.dated import row_at
from models.rules.labelled import Labelled
from models.rules.working_days import in_japan

ASSIGNED: Final = "assigned"
"""The reason that the record gives for whoever has the case, or who finds it with nobody."""
IDENTITY: Final = "case.read_identity"
READINGS: Final = frozenset(
    {
        "case.read",
        IDENTITY,
        "copy.view",
        "copy.print",
        "attachment.open",
        "report.read",
        "message.read",
        "adviser.read",
    }
)
"""The events by which something of a case was opened."""
SEARCHES: Final = "search.done"
"""The event by which cases were opened in order to look for words; it says how many."""


class Unusual(Labelled):
    """In what way the reading of a day was unusual."""

    # fmt: off
    MANY       = "many",       "いつもよりずっと多く開いた",         "Far more than usual"
    NOT_OWN    = "not_own",    "自分の担当ではない相談を多く開いた", "Many cases of others"
    AT_NIGHT   = "at_night",   "夜間に開いた",                       "At night"
    IDENTITIES = "identities", "氏名・連絡先を多く開いた",           "Many identities"
    SEARCHED   = "searched",   "言葉を探すために多くの相談を開いた", "Many cases opened to look for words"
    # fmt: on


@dataclass(frozen=True, slots=True)
class ReadingPolicy:
    """From what on a day is unusual, from a day on."""

    version: str
    valid_from: date
    least: int
    """So many different cases in a day are nothing, whatever is usual."""
    times_usual: int
    """Nor is up to so many times a person's median of the days on which she read at all."""
    not_own: int
    identities: int
    searched: int
    night_from: time
    night_to: time
    at_night: int
    days_back: int
    """Over how many days before what is usual is taken from."""


# A change is a new row with its own day; a row that has been in force is never edited.
READING_POLICIES: tuple[ReadingPolicy, ...] = (
    ReadingPolicy(
        version="2026-11",
        valid_from=date(2026, 11, 1),
        least=10,
        times_usual=3,
        not_own=5,
        identities=5,
        searched=200,
        night_from=time(22),
        night_to=time(5),
        at_night=3,
        days_back=90,
    ),
)


def reading_policy_at(moment: datetime, policies: Iterable[ReadingPolicy] = READING_POLICIES) -> ReadingPolicy:
    """The row in force at a moment."""
    return row_at(moment, policies)


@dataclass(frozen=True, slots=True)
class Reading:
    """One opening: by whom, of which case, when, and whether the case was that person's own at the time."""

    person: str
    case: str
    event: str
    at: datetime
    is_own: bool
    searched: int = 0
    """How many cases were opened to look for words, where that is what happened."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One day of one person, one way in which it was unusual, and the numbers that say so."""

    person: str
    day: date
    unusual: Unusual
    count: int
    usual: int
    """What is usual for this person, or the number that the rule lets pass."""


def is_whole(day: date, *, today: date) -> bool:
    """Whether all of a day's reading is there to be looked into: nobody reads on under a note that was written at noon."""
    return day < today


def unusual_readings(readings: Iterable[Reading], *, since: date, policy: ReadingPolicy) -> list[Alert]:
    """Every unusual day since a day, the newest first. What came before the day only tells what is usual."""
    by_person: dict[str, dict[date, list[Reading]]] = defaultdict(lambda: defaultdict(list))
    for reading in readings:
        by_person[reading.person][in_japan(reading.at).date()].append(reading)
    alerts = [
        alert
        for person, days in by_person.items()
        for day, of_day in days.items()
        if day >= since
        for alert in _of_day(person, day, of_day, _usual(day, days, policy), policy)
    ]
    return sorted(alerts, key=lambda alert: (alert.day, alert.count, alert.person), reverse=True)


def _usual(day: date, days: dict[date, list[Reading]], policy: ReadingPolicy) -> int:
    """The median number of cases of the days before on which this person read at all."""
    before = [_cases(found) for other, found in days.items() if 0 < (day - other).days <= policy.days_back]
    return round(median(before)) if before else 0


def _of_day(person: str, day: date, found: Sequence[Reading], usual: int, policy: ReadingPolicy) -> Iterable[Alert]:
    passes = max(policy.least, policy.times_usual * usual)
    limits = (
        (Unusual.MANY, _cases(found), passes, usual),
        (Unusual.NOT_OWN, _cases(one for one in found if not one.is_own), policy.not_own, policy.not_own),
        (Unusual.IDENTITIES, _cases(_identities(found)), policy.identities, policy.identities),
        (Unusual.AT_NIGHT, _cases(_at_night(found, policy)), policy.at_night, policy.at_night),
        (Unusual.SEARCHED, sum(one.searched for one in found), policy.searched, policy.searched),
    )
    for unusual, count, most, told in limits:
        if count > most:
            yield Alert(person, day, unusual, count, told)


def _cases(readings: Iterable[Reading]) -> int:
    return len({one.case for one in readings if one.case})


def _identities(readings: Iterable[Reading]) -> Iterable[Reading]:
    return (one for one in readings if one.event == IDENTITY)


def _at_night(readings: Iterable[Reading], policy: ReadingPolicy) -> Iterable[Reading]:
    for one in readings:
        at = in_japan(one.at).time()
        if at >= policy.night_from or at < policy.night_to:
            yield one
