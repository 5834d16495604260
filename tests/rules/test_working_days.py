"""Business days as the domain counts them (6.2): its checked examples, and what holds of any day."""

import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.national_holidays import national_holidays
from models.rules.working_days import DEFAULT_CALENDAR, JST, Calendar, Closure, add_months

calendar = DEFAULT_CALENDAR
moments = st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2028, 12, 31), timezones=st.just(JST))  # noqa: DTZ001 - Hypothesis adds the zone
days = st.dates(min_value=date(2026, 1, 1), max_value=date(2028, 12, 31))


def in_desk_hours(year, month, day):
    return datetime(year, month, day, 14, 0, tzinfo=JST)


# fmt: off
@pytest.mark.parametrize(("received", "business_days", "due"), [
    (in_desk_hours(2026, 12, 25),  1, date(2026, 12, 28)),
    (in_desk_hours(2026, 12, 25),  2, date(2027, 1, 4)),
    (in_desk_hours(2026, 12, 25),  3, date(2027, 1, 5)),
    (in_desk_hours(2026, 12, 25),  5, date(2027, 1, 7)),
    (in_desk_hours(2026, 12, 25), 10, date(2027, 1, 15)),
    (in_desk_hours(2026, 12, 25), 30, date(2027, 2, 15)),
    (in_desk_hours(2026, 11, 22),  1, date(2026, 11, 24)),
    (in_desk_hours(2026, 9, 18),   1, date(2026, 9, 24)),
    (in_desk_hours(2027, 4, 28),   1, date(2027, 4, 30)),
    (in_desk_hours(2027, 4, 28),   2, date(2027, 5, 6)),
])
def test_the_checked_examples_of_the_domain_hold(received, business_days, due):
    assert calendar.add_working_days(received, business_days) == due
# fmt: on


# fmt: off
@pytest.mark.parametrize(("day", "why"), [
    (date(2026, 9, 21),  "敬老の日"),
    (date(2026, 9, 22),  "国民の休日"),
    (date(2026, 9, 23),  "秋分の日"),
    (date(2026, 11, 23), "勤労感謝の日"),
    (date(2026, 11, 22), "土日"),
    (date(2026, 12, 29), "年末年始の休業"),
    (date(2027, 1, 1),   "年末年始の休業"),
    (date(2027, 1, 3),   "年末年始の休業"),
    (date(2027, 1, 11),  "成人の日"),
    (date(2027, 3, 21),  "春分の日"),
    (date(2027, 3, 22),  "振替休日"),
])
def test_a_day_off_says_why(day, why):
    assert calendar.day_off(day).ja == why
    assert calendar.day_off(day).en.isascii()
    assert not calendar.is_working_day(day)
# fmt: on


@pytest.mark.parametrize("day", [date(2026, 12, 28), date(2027, 1, 4), date(2027, 3, 23)])
def test_the_days_beside_a_closure_are_worked(day):
    assert calendar.is_working_day(day)


def test_what_arrives_after_five_or_on_a_closed_day_counts_from_the_next_business_day():
    friday_evening = datetime(2026, 12, 25, 17, 30, tzinfo=JST)
    sunday = datetime(2026, 11, 22, 9, 0, tzinfo=JST)
    assert calendar.add_working_days(friday_evening, 1) == date(2026, 12, 28)
    assert calendar.add_working_days(sunday, 1) == date(2026, 11, 24)


def test_the_day_is_the_day_in_japan():
    late_on_thursday_in_utc = datetime(2026, 12, 24, 15, 30, tzinfo=UTC)  # half past midnight on Friday in Japan
    assert calendar.add_working_days(late_on_thursday_in_utc, 1) == date(2026, 12, 28)


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        calendar.add_working_days(datetime(2026, 12, 25, 12, 0), 1)  # noqa: DTZ001 - the mistake under test


def test_no_clock_of_business_days_runs_for_less_than_a_day():
    with pytest.raises(ValueError, match="at least one day"):
        calendar.add_working_days(in_desk_hours(2026, 12, 25), 0)


def test_an_extra_closure_moves_what_is_computed_with_the_new_version_only():
    closed = Calendar(version="2026-12-01", closures=(Closure(date(2026, 12, 28)),))
    received = in_desk_hours(2026, 12, 25)
    assert calendar.add_working_days(received, 1) == date(2026, 12, 28)
    assert closed.add_working_days(received, 1) == date(2027, 1, 4)
    assert closed.version != calendar.version


def test_a_companys_own_closure_gives_its_officer_more_time():
    received = in_desk_hours(2026, 12, 25)
    closed = {date(2027, 1, 4), date(2027, 1, 5)}
    assert calendar.add_working_days(received, 3, closed) == date(2027, 1, 7)


def test_a_companys_closures_give_at_most_three_days_a_year_end():
    received = in_desk_hours(2026, 12, 25)
    closed = {date(2026, 12, 28) + timedelta(days=step) for step in range(30)}
    without = calendar.add_working_days(received, 3)
    assert calendar.add_working_days(received, 3, closed) == calendar.shift_working_days(without, 3)


def test_a_companys_weekend_uses_up_none_of_its_days():
    received = in_desk_hours(2026, 12, 25)
    year_end = {date(2026, 12, 26), date(2026, 12, 27), date(2026, 12, 30), date(2027, 1, 2)}
    assert calendar.add_working_days(received, 3, year_end) == calendar.add_working_days(received, 3)


@given(at=moments, n=st.integers(1, 40))
def test_a_due_day_is_a_working_day_after_the_start(at, n):
    due = calendar.add_working_days(at, n)
    assert calendar.is_working_day(due)
    assert due > at.date()


@given(at=moments, n=st.integers(1, 30))
def test_one_day_more_is_due_later(at, n):
    assert calendar.add_working_days(at, n) < calendar.add_working_days(at, n + 1)


@given(first=moments, second=moments, n=st.integers(1, 30))
def test_what_arrives_later_is_never_due_earlier(first, second, n):
    first, second = sorted((first, second))
    assert calendar.add_working_days(first, n) <= calendar.add_working_days(second, n)


@given(at=moments, n=st.integers(1, 20), m=st.integers(1, 20))
def test_so_many_days_and_then_so_many_more_are_their_sum(at, n, m):
    halfway = datetime.combine(calendar.add_working_days(at, n), time(17), JST)
    assert calendar.add_working_days(halfway, m) == calendar.add_working_days(at, n + m)


@given(at=moments, n=st.integers(1, 30), closed=st.frozensets(days, max_size=20))
def test_a_companys_closures_never_shorten_its_time(at, n, closed):
    assert calendar.add_working_days(at, n, closed) >= calendar.add_working_days(at, n)


@given(day=days, n=st.integers(1, 30))
def test_stepping_forth_and_back_comes_to_the_same_working_day(day, n):
    start = calendar.next_working_day(day)
    assert calendar.shift_working_days(calendar.shift_working_days(start, n), -n) == start


# fmt: off
@pytest.mark.parametrize(("at", "desk"), [
    (datetime(2026, 12, 25, 11, 5, tzinfo=JST),  datetime(2026, 12, 25, 11, 5, tzinfo=JST)),
    (datetime(2026, 12, 25, 2, 40, tzinfo=JST),  datetime(2026, 12, 25, 10, 0, tzinfo=JST)),
    (datetime(2026, 12, 25, 17, 0, tzinfo=JST),  datetime(2026, 12, 28, 10, 0, tzinfo=JST)),
    (datetime(2026, 12, 28, 18, 0, tzinfo=JST),  datetime(2027, 1, 4, 10, 0, tzinfo=JST)),
    (datetime(2026, 11, 22, 8, 0, tzinfo=JST),   datetime(2026, 11, 24, 10, 0, tzinfo=JST)),
])
def test_someone_is_at_the_desk_next_at(at, desk):
    assert calendar.desk_time(at) == desk
# fmt: on


def test_desk_hours_run_on_the_next_morning():
    assert calendar.add_desk_hours(datetime(2026, 12, 25, 16, 40, tzinfo=JST), 1) == datetime(
        2026, 12, 28, 10, 40, tzinfo=JST
    )
    assert calendar.add_desk_hours(datetime(2026, 12, 25, 16, 0, tzinfo=JST), 1) == datetime(
        2026, 12, 25, 17, 0, tzinfo=JST
    )


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 12, 15), 1, date(2028, 1, 15)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2027, 1, 31), -2, date(2026, 11, 30)),
    ],
)
def test_a_month_without_the_day_ends_on_its_last(day, months, then):
    assert add_months(day, months) == then


def test_holidays_have_names_in_both_languages():
    for japanese, english in national_holidays(2027).values():
        assert not japanese.isascii()
        assert english.isascii()


def test_importing_the_rules_does_not_import_the_holiday_library():
    code = "import sys, models.rules.deadlines, models.rules.case_lifecycle; sys.exit('holidays' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
