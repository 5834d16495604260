"""The board: not before the company could explain, and by a majority of those who may take part (6.4, 7.25 to 7.27)."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.board import (
    BoardOption,
    BoardReason,
    MeetingMode,
    decision_of,
    may_put_on_agenda,
    offered_options,
    quorum,
)
from models.rules.certification_lifecycle import certification_policy_at
from models.rules.deadlines import DEADLINE_POLICIES, ClockKind, due
from models.rules.working_days import DEFAULT_CALENDAR, JST

REVOKE, WARNING, SUSPEND = BoardOption.REVOKE, BoardOption.WARNING, BoardOption.SUSPEND
NO_ACTION = BoardOption.NO_ACTION


@pytest.mark.parametrize(
    ("notice_served", "board"),
    [
        (datetime(2026, 12, 3, 11, 0, tzinfo=JST), date(2026, 12, 17)),
        (datetime(2026, 12, 25, 11, 0, tzinfo=JST), date(2027, 1, 15)),
    ],
)
def test_the_board_meets_fourteen_days_after_the_notice_or_ten_business_days_if_later(notice_served, board):
    time_to_explain = due(
        ClockKind.EXPLANATION, from_=notice_served, calendar=DEFAULT_CALENDAR, policy=DEADLINE_POLICIES[0]
    )
    day_before, day_itself = (datetime.combine(board - timedelta(days=days), time(14), JST) for days in (1, 0))
    assert not may_put_on_agenda(held_at=day_before, explanation_due_at=time_to_explain.due_at, now=notice_served)
    assert may_put_on_agenda(held_at=day_itself, explanation_due_at=time_to_explain.due_at, now=notice_served)


def test_three_of_nine_directors_excluded_leave_a_quorum_of_four():
    assert quorum(9, 3) == 4
    assert [quorum(9, 0), quorum(10, 0), quorum(1, 0)] == [5, 6, 1]
    with pytest.raises(ValueError, match="some of the directors"):
        quorum(3, 4)


# fmt: off
@pytest.mark.parametrize(("votes", "present", "eligible", "option", "why"), [
    ({REVOKE: 4, WARNING: 2},                   6, 6, REVOKE, BoardReason.CARRIED),
    ({REVOKE: 3, NO_ACTION: 3},                 6, 6, None,   BoardReason.NO_MAJORITY),
    ({REVOKE: 3},                               6, 6, None,   BoardReason.NO_MAJORITY),
    ({REVOKE: 3},                               3, 6, None,   BoardReason.NO_QUORUM),
    ({REVOKE: 3},                               4, 6, REVOKE, BoardReason.CARRIED),
    ({REVOKE: 2, WARNING: 2, SUSPEND: 2},       6, 6, None,   BoardReason.NO_MAJORITY),
    ({},                                        6, 6, None,   BoardReason.NO_MAJORITY),
    ({},                                        0, 0, None,   BoardReason.NO_QUORUM),
])
def test_the_board_decides_by_a_majority_of_those_present_or_not_at_all(votes, present, eligible, option, why):
    outcome = decision_of(votes, present=present, eligible=eligible, mode=MeetingMode.IN_PERSON)
    assert (outcome.option, outcome.reason, outcome.decided) == (option, why, option is not None)
# fmt: on


@pytest.mark.parametrize(("votes", "present", "eligible"), [(7, 6, 6), (3, 7, 6), (-1, 6, 6)])
def test_more_votes_than_directors_are_refused(votes, present, eligible):
    with pytest.raises(ValueError, match="more votes than directors"):
        decision_of(
            {BoardOption.REVOKE: votes}, present=present, eligible=eligible, mode=MeetingMode.IN_PERSON
        )


@given(revoke=st.integers(0, 6), keep=st.integers(0, 6), absent=st.integers(0, 6))
def test_no_certification_falls_without_more_than_half_of_those_present(revoke, keep, absent):
    present = revoke + keep
    votes = {BoardOption.REVOKE: revoke, BoardOption.NO_ACTION: keep}
    outcome = decision_of(votes, present=present, eligible=present + absent, mode=MeetingMode.IN_PERSON)
    if outcome.option is BoardOption.REVOKE:
        assert revoke * 2 > present
        assert present * 2 > present + absent


def test_suspension_is_not_offered_until_the_rules_have_it():
    assert BoardOption.SUSPEND not in offered_options(suspension_exists=False)
    assert set(offered_options(suspension_exists=True)) == set(BoardOption)
    assert not certification_policy_at(datetime(2026, 11, 24, tzinfo=JST)).suspension_exists
