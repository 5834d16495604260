"""The rhythm of an alarm, and the gaps of a rota."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from models.rules.crisis_alarm import ALARM_POLICIES, AlarmPolicy, alarm_policy_at, goes_to_the_manager
from models.rules.duty import Span, gaps_between

NIGHT = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def at(hour: int) -> datetime:
    return NIGHT + hour * HOUR


def test_a_later_row_takes_over_on_its_day_and_not_before():
    later = AlarmPolicy("2027-01", date(2027, 1, 1), timedelta(minutes=5), timedelta(minutes=15))
    rows = (*ALARM_POLICIES, later)
    assert alarm_policy_at(datetime(2026, 12, 31, 14, 59, tzinfo=UTC), rows) is ALARM_POLICIES[0]
    assert alarm_policy_at(datetime(2026, 12, 31, 15, 0, tzinfo=UTC), rows) is later


def test_it_goes_to_the_manager_when_nobody_has_heard_it_for_that_long():
    policy = alarm_policy_at(NIGHT)
    just_before = NIGHT + policy.escalate_after - timedelta(seconds=1)
    assert not goes_to_the_manager(raised_at=NIGHT, now=just_before, policy=policy)
    assert goes_to_the_manager(raised_at=NIGHT, now=NIGHT + policy.escalate_after, policy=policy)


def test_the_gaps_of_a_rota_are_what_no_turn_covers():
    turns = (Span(at(4), at(6)), Span(at(-3), at(2)), Span(at(1), at(3)))
    assert gaps_between(turns, from_=at(0), to=at(8)) == (Span(at(3), at(4)), Span(at(6), at(8)))
    assert gaps_between((), from_=at(0), to=at(8)) == (Span(at(0), at(8)),)
    assert gaps_between((Span(at(-1), at(9)),), from_=at(0), to=at(8)) == ()
    assert gaps_between((Span(at(9), at(12)),), from_=at(0), to=at(8)) == (Span(at(0), at(8)),)


@given(st.lists(st.tuples(st.integers(-4, 12), st.integers(1, 6)), max_size=6))
def test_every_hour_lies_in_a_turn_or_in_a_gap_and_never_in_both(hours: list[tuple[int, int]]):
    turns = [Span(at(start), at(start + length)) for start, length in hours]
    gaps = gaps_between(turns, from_=at(0), to=at(8))
    for hour in range(8):
        covered = any(turn.starts_at <= at(hour) < turn.ends_at for turn in turns)
        assert covered != any(gap.starts_at <= at(hour) < gap.ends_at for gap in gaps)
