"""The stretches of time of the control room: they follow each other without a gap, and no moment lies in two."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

import pytest

from models.rules.control_room import CLOCKS_OF, NOBODYS, SEEN_WITH, SUBJECT_OF, Deadlines, Window, bounds
from models.rules.deadlines import ClockKind
from models.rules.working_days import JST


@pytest.mark.parametrize("at", [
    datetime(2026, 11, 24, 10, 0, tzinfo=JST),
    datetime(2026, 12, 31, 23, 59, 59, tzinfo=JST),
    datetime(2027, 1, 1, 0, 0, tzinfo=JST),
])  # fmt: skip
def test_overdue_today_and_the_week_follow_each_other_without_a_gap(at):
    stretches = [bounds(window, at) for window in Window]
    assert stretches[0][0] is None
    assert all(one[1] == following[0] for one, following in pairwise(stretches))
    until_today, until_week = stretches[1][1].astimezone(JST), stretches[2][1].astimezone(JST)
    assert (until_today.hour, until_today.minute) == (0, 0)
    assert (until_today.date() - at.date()).days == 1
    assert (until_week.date() - at.date()).days == 8


def test_every_kind_of_deadline_says_with_which_permission_it_is_seen_and_where_its_clocks_lie():
    assert set(SEEN_WITH) == set(Deadlines)
    assert set(SUBJECT_OF) == set(Deadlines) - {Deadlines.DESK}


def test_every_clock_stands_with_one_kind_of_deadline_or_waits_for_nobody():
    looked_for = [kind for kinds in CLOCKS_OF.values() for kind in kinds]
    assert len(looked_for) == len(set(looked_for))
    assert {*looked_for, *NOBODYS} == set(ClockKind), "Say in models/rules/control_room.py where it is seen"
    assert not NOBODYS & set(looked_for)
