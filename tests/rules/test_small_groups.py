"""A group is small by the row in force, and one whose size nobody knows is taken for small."""

from datetime import date, datetime

import pytest

from models.rules.small_groups import SMALL_GROUP_RULES, SmallGroupRule, is_small, small_group_rule_at
from models.rules.taxonomy.group_size import GroupSize
from models.rules.working_days import JST

LATER = SmallGroupRule("2027-04", date(2027, 4, 1), 21)


# fmt: off
@pytest.mark.parametrize(("size", "at", "small"), [
    (GroupSize.UNDER_5, datetime(2026, 11, 27, tzinfo=JST), True),
    (GroupSize.TO_20,   datetime(2026, 11, 27, tzinfo=JST), False),
    (GroupSize.TO_20,   datetime(2027, 3, 31, 23, 59, tzinfo=JST), False),
    (GroupSize.TO_20,   datetime(2027, 4, 1, tzinfo=JST),   True),
    (GroupSize.OVER_20, datetime(2027, 4, 1, tzinfo=JST),   False),
    (None,              datetime(2026, 11, 27, tzinfo=JST), True),
])
def test_the_row_of_the_day_decides(size, at, small):
    assert is_small(size, small_group_rule_at(at, (*SMALL_GROUP_RULES, LATER))) is small
# fmt: on


def test_before_the_first_row_the_first_one_holds():
    assert small_group_rule_at(datetime(2020, 1, 1, tzinfo=JST)) is SMALL_GROUP_RULES[0]
