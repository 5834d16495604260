"""No calendar can be closed so far that the clocks of the desk stand still."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from models.rules.rule_change import (
    LONGEST_CLOSURE,
    MOST_CLOSED_IN_A_YEAR,
    ClosureRefusal,
    ClosureSort,
    days_to_enter,
    may_enter,
)
from models.rules.working_days import DEFAULT_CALENDAR, Closure

TODAY = date(2026, 11, 27)


@pytest.mark.parametrize("sort", [ClosureSort.ASSOCIATION, ClosureSort.HOLIDAY])
def test_closures_entered_one_after_the_other_do_not_close_a_year(sort):
    calendar, first, entered = DEFAULT_CALENDAR, TODAY, 0
    for _ in range(72):
        last = first + LONGEST_CLOSURE
        decision = may_enter(first, last, sort=sort, today=TODAY, calendar=calendar)
        if decision.allowed:
            days = days_to_enter(first, last, sort=sort, calendar=calendar)
            calendar = replace(calendar, closures=(*calendar.closures, *map(Closure, days)))
            entered += len(days)
        else:
            assert decision.reason == ClosureRefusal.TOO_MANY.code
        first = last + timedelta(days=1)
    years = range(TODAY.year, TODAY.year + 4)
    assert entered > 0
    assert all(sum(one.day.year == year for one in calendar.closures) <= MOST_CLOSED_IN_A_YEAR for year in years)


def test_what_a_year_needs_may_be_closed_to_the_last_day_of_it():
    days = [date(2027, 1, 4) + timedelta(days=step) for step in range(60)]
    working = [day for day in days if DEFAULT_CALENDAR.is_working_day(day)][:MOST_CLOSED_IN_A_YEAR]
    calendar = replace(DEFAULT_CALENDAR, closures=tuple(map(Closure, working[:-1])))
    last, sort = working[-1], ClosureSort.ASSOCIATION
    assert may_enter(last, last, sort=sort, today=TODAY, calendar=calendar)
