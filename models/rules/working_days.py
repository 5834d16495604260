"""Which days the association works, and how business days are counted (domain section 6.2)."""

from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.rules.national_holidays import national_holidays

JST = ZoneInfo("Asia/Tokyo")
DESK_OPENS = time(10, 0)
DESK_CLOSES = time(17, 0)
COMPANY_CLOSURES_PER_YEAR_END = 3
WEEKDAYS = "月火水木金土日"

_ONE_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class DayOff:
    """A day on which the desk does not work, and its name in both languages."""

    day: date
    ja: str
    en: str


@dataclass(frozen=True, slots=True)
class Closure:
    """An extra day on which the association is closed, as the secretariat entered it."""

    day: date
    ja: str = "協会の休業日"
    en: str = "association closure"


def in_japan(moment: datetime) -> datetime:
    """A moment on the clock of Japan. A time without a zone is refused, because nobody knows which one was meant."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return moment.astimezone(JST)


def day_with_weekday(day: date) -> str:
    """2026年12月8日(火): a day as a Japanese sentence names it where something is to be done by it."""
    return f"{day.year}年{day.month}月{day.day}日({WEEKDAYS[day.weekday()]})"


def add_months(day: date, months: int) -> date:
    """The same day so many months later (or earlier), or the last of that month where it has no such day."""
    total = day.year * 12 + day.month - 1 + months
    year, month = divmod(total, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True, slots=True)
class Calendar:
    """The association's calendar: Monday to Friday, less national holidays, 12/29 to 1/3 and the closures entered.

    ``moved_away`` are national holidays that a law has made ordinary days of that year, such as those of 2021.

    A due date is stored with ``version``. A changed calendar gets a new version and moves no stored date by itself:
    dates change only when someone recomputes them, and that is recorded (scenario 7.16).
    """

    version: str
    closures: tuple[Closure, ...] = ()
    moved_away: frozenset[date] = frozenset()

    def day_off(self, day: date) -> DayOff | None:
        """Why the desk does not work on a day, or None when it does."""
        for closure in self.closures:
            if closure.day == day:
                return DayOff(day, closure.ja, closure.en)
        if (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3):
            return DayOff(day, "年末年始の休業", "year-end closure")
        holiday = national_holidays(day.year).get(day)
        if holiday is not None and day not in self.moved_away:
            return DayOff(day, *holiday)
        if day.weekday() >= _SATURDAY:
            return DayOff(day, "土日", "weekend")
        return None

    def is_working_day(self, day: date) -> bool:
        """Whether the desk works on a day."""
        return self.day_off(day) is None

    def next_working_day(self, day: date) -> date:
        """The first working day after a day."""
        day += _ONE_DAY
        while not self.is_working_day(day):
            day += _ONE_DAY
        return day

    def previous_working_day(self, day: date) -> date:
        """The last working day before a day."""
        day -= _ONE_DAY
        while not self.is_working_day(day):
            day -= _ONE_DAY
        return day

    def add_working_days(self, at: datetime, n: int, company_closures: Iterable[date] = ()) -> date:
        """The n-th business day after ``at``, n being at least 1: day one is the next working day after ``at`` in Japan.

        What arrives in desk hours counts from the next working day; so does what arrives after 17:00 or on a closed
        day (received on Sunday 2026-11-22, day one is Tuesday 11-24, the Monday being a holiday). The hour therefore
        never moves a clock of whole days; it does move clocks of desk hours, see ``desk_time``.

        ``company_closures`` are the days on which the officer's own company is closed. They are passed over as well,
        but at most three of the association's working days for each turn of the year.
        """
        return self.count_working_days(at, n, company_closures)[0]

    def count_working_days(
        self, at: datetime, n: int, company_closures: Iterable[date] = ()
    ) -> tuple[date, tuple[date, ...]]:
        """As ``add_working_days``, with the company's own closure days that were passed over."""
        if n < 1:
            raise ValueError("a business-day clock runs for at least one day")
        counted = self._counted(at, company_closures)
        return next(found for number, found in enumerate(counted, start=1) if number == n)

    def working_days_until(self, at: datetime, last: date, company_closures: Iterable[date] = ()) -> int | None:
        """How many business days after ``at`` a day is, or None when it is no day that counts."""
        for number, (day, _passed_over) in enumerate(self._counted(at, company_closures), start=1):
            if day >= last:
                return number if day == last else None
        return None

    def _counted(self, at: datetime, company_closures: Iterable[date]) -> Iterator[tuple[date, tuple[date, ...]]]:
        """Each day that counts after ``at``, with the company's closure days passed over up to it; without an end."""
        closed = frozenset(company_closures)
        passed_over: list[date] = []
        year_ends: Counter[int] = Counter()
        day = in_japan(at).date()
        while True:
            day = self.next_working_day(day)
            year_end = add_months(day, 6).year
            if day in closed and year_ends[year_end] < COMPANY_CLOSURES_PER_YEAR_END:
                year_ends[year_end] += 1
                passed_over.append(day)
            else:
                yield day, tuple(passed_over)

    def with_company_closures(self, days: Iterable[date], *, after: datetime) -> "Calendar":
        """This calendar for a clock that started at ``after``: the company's closures that it passes over are days off."""
        closed, year_ends = [], Counter[int]()
        for day in sorted(set(days)):
            year_end = add_months(day, 6).year
            counts = day > in_japan(after).date() and self.is_working_day(day)
            if counts and year_ends[year_end] < COMPANY_CLOSURES_PER_YEAR_END:
                year_ends[year_end] += 1
                closed.append(Closure(day, "会社の休業日", "company closure"))
        return replace(self, closures=(*self.closures, *closed)) if closed else self

    def shift_working_days(self, day: date, n: int) -> date:
        """The working day n steps after a day, or before it when n is negative; the day itself for 0."""
        for _ in range(abs(n)):
            day = self.next_working_day(day) if n > 0 else self.previous_working_day(day)
        return day

    def days_off_between(self, first: date, last: date) -> tuple[DayOff, ...]:
        """The days off from ``first`` to ``last``, both included."""
        span = (last - first).days
        found = (self.day_off(first + _ONE_DAY * step) for step in range(span + 1))
        return tuple(day for day in found if day is not None)

    def is_desk_time(self, at: datetime) -> bool:
        """Whether someone is at the desk: a working day between 10:00 and 17:00 in Japan."""
        here = in_japan(at)
        return DESK_OPENS <= here.time() < DESK_CLOSES and self.is_working_day(here.date())

    def desk_time(self, at: datetime) -> datetime:
        """The first moment from ``at`` on at which someone is at the desk, on the clock of Japan."""
        here = in_japan(at)
        if self.is_desk_time(here):
            return here
        day = here.date()
        if here.time() >= DESK_OPENS or not self.is_working_day(day):
            day = self.next_working_day(day)
        return datetime.combine(day, DESK_OPENS, JST)

    def add_desk_hours(self, at: datetime, hours: int) -> datetime:
        """So many hours of desk time after ``at``, on the clock of Japan; what is left at 17:00 runs on next day."""
        return self.add_desk_time(at, timedelta(hours=hours))

    def add_desk_time(self, at: datetime, left: timedelta) -> datetime:
        """As ``add_desk_hours``, for any length of desk time."""
        here = self.desk_time(at)
        while left:
            closes = datetime.combine(here.date(), DESK_CLOSES, JST)
            if here + left <= closes:
                return here + left
            left -= closes - here
            here = self.desk_time(closes)
        return here

    def desk_time_between(self, first: datetime, last: datetime) -> timedelta:
        """For how long somebody was at the desk from one moment to a later one."""
        here, ends, passed = self.desk_time(first), in_japan(last), timedelta()
        while here < ends:
            closes = datetime.combine(here.date(), DESK_CLOSES, JST)
            passed += min(closes, ends) - here
            here = self.desk_time(closes)
        return passed

    def working_days_between(self, first: date, last: date) -> int:
        """How many working days come after a day, up to and with another."""
        span = max((last - first).days, 0)
        return sum(self.is_working_day(first + _ONE_DAY * step) for step in range(1, span + 1))


DEFAULT_CALENDAR = Calendar(version="2026-10-01")
