"""A clock that stood still has what was left of it, neither more nor less (6.1, 6.3)."""

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.deadlines import Term, Unit, due_by_term
from models.rules.pausing import explained_with_pause, start_after_pause
from models.rules.working_days import DEFAULT_CALENDAR, JST, in_japan

THREE_DAYS = Term(3, Unit.BUSINESS_DAYS)


def at(day: int, hour: int = 11, month: int = 11, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=JST)


def ends(started: datetime, paused: datetime, resumed: datetime, term: Term = THREE_DAYS) -> datetime:
    start = start_after_pause(
        started_at=started, paused_at=paused, resumed_at=resumed, term=term, calendar=DEFAULT_CALENDAR
    )
    return in_japan(due_by_term(term, from_=start, calendar=DEFAULT_CALENDAR, policy_version="any").due_at)


# Monday 2026-11-09 and three business days: due on Thursday the 12th.
# fmt: off
PAUSES = (
    (at(10),         at(10, 15), 12),  # the same day: nothing changes
    (at(10),         at(11),     13),  # a day stood still
    (at(10),         at(20),     25),  # eight days; Monday the 23rd is a holiday
    (at(10),         at(14),     18),  # answered on a Saturday, which the desk reads on Monday: four days stood still
    (at(10, 18),     at(11, 10), 12),  # overnight, when nobody was at the desk
    (at(12),         at(18, 20), 19),  # on its last day, answered in the evening: the next day is that last day
    (at(12, 16, minute=59), at(12, 17, minute=1), 13),  # the hour at which the desk closed lies between
)
# fmt: on


@pytest.mark.parametrize(("paused", "resumed", "due_on"), PAUSES)
def test_what_was_left_in_working_days_is_left_when_it_goes_on(
    paused: datetime, resumed: datetime, due_on: int
) -> None:
    assert ends(at(9), paused, resumed) == at(due_on, 17)


def test_a_term_begun_on_a_day_off_is_left_whole_over_the_days_off() -> None:
    # Sunday the 22nd: day one is Tuesday the 24th, the Monday being a holiday.
    assert ends(at(22), at(22, 12), at(23)) == ends(at(22), at(22), at(22)) == at(26, 17)


def test_what_was_overdue_stays_as_overdue_as_it_was() -> None:
    # Due on the 12th, asked on Monday the 16th: two working days late then, and two working days late on the 25th.
    assert ends(at(9), at(16), at(25)) == at(20, 17)


def test_an_hour_of_the_desk_stands_still_while_nobody_is_there() -> None:
    hour = Term(1, Unit.DESK_HOURS)
    assert ends(at(9, 10), at(9, 10, minute=20), at(9, 16), hour) == at(9, 16, minute=40)
    # Forty minutes are left, of which half an hour before the desk closes.
    assert ends(at(9, 10), at(9, 10, minute=20), at(9, 16, minute=30), hour) == at(10, 10, minute=10)
    assert ends(at(9, 10), at(9, 10, minute=20), at(15, 3), hour) == at(16, 10, minute=40)


def test_hours_and_calendar_days_stand_still_by_the_clock_on_the_wall() -> None:
    assert ends(at(9), at(9, 12), at(10, 12), Term(24, Unit.HOURS)) == at(11)
    assert ends(at(9), at(10), at(13), Term(5, Unit.CALENDAR_DAYS)).date() == date(2026, 11, 17)


MOMENTS = st.datetimes(datetime(2026, 9, 1), datetime(2027, 5, 31), timezones=st.just(JST))  # noqa: DTZ001 - bounds of a zone given


@given(st.tuples(MOMENTS, MOMENTS, MOMENTS).map(sorted), st.integers(1, 30))
def test_a_pause_gives_back_as_many_working_days_as_it_took(moments: list[datetime], days: int) -> None:
    started, paused, resumed = moments
    term, calendar = Term(days, Unit.BUSINESS_DAYS), DEFAULT_CALENDAR
    without, with_pause = ends(started, started, started, term).date(), ends(started, paused, resumed, term).date()
    took = calendar.working_days_between(calendar.desk_time(paused).date(), calendar.desk_time(resumed).date())
    assert calendar.working_days_between(without, with_pause) == took
    assert with_pause >= without


@given(MOMENTS, st.integers(1, 20), st.integers(0, 500), st.integers(0, 500))
def test_two_pauses_are_worth_as_much_as_the_time_they_took_together(
    started: datetime, days: int, first: int, second: int
) -> None:
    term, calendar = Term(days, Unit.BUSINESS_DAYS), DEFAULT_CALENDAR
    noon = datetime.combine(calendar.next_working_day(started.date()), time(12), JST)
    middle = datetime.combine(calendar.shift_working_days(noon.date(), first % 9), time(12), JST)
    last = datetime.combine(calendar.shift_working_days(middle.date(), second % 9), time(12), JST)
    once = start_after_pause(started_at=started, paused_at=noon, resumed_at=middle, term=term, calendar=calendar)
    twice = start_after_pause(started_at=once, paused_at=middle, resumed_at=last, term=term, calendar=calendar)
    whole = start_after_pause(started_at=started, paused_at=noon, resumed_at=last, term=term, calendar=calendar)
    assert in_japan(twice).date() == in_japan(whole).date()


def test_the_reason_names_the_days_that_are_not_counted() -> None:
    found = due_by_term(THREE_DAYS, from_=at(17), calendar=DEFAULT_CALENDAR, policy_version="any")
    said = explained_with_pause(found, paused_at=at(10), resumed_at=at(18))
    assert (said.due_at, said.policy_version) == (found.due_at, found.policy_version)
    assert "2026年11月10日から2026年11月18日までは止まっていたので数えません" in said.explanation_ja
    assert "2026年11月20日17:00が期限" in said.explanation_ja
    assert "from 2026-11-10 to 2026-11-18" in said.explanation_en
