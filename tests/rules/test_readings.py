"""What is unusual is named with its numbers, what is usual is not, and everything is counted in different cases."""

from datetime import date, datetime, timedelta

import pytest

from models.rules.readings import IDENTITY, READING_POLICIES, SEARCHES, Reading, Unusual, unusual_readings
from models.rules.working_days import JST

POLICY = READING_POLICIES[0]
DAY = datetime(2026, 12, 10, 11, tzinfo=JST)


def read(count, *, at=DAY, event="case.read", is_own=True, person="a", first=0):
    return [Reading(person, f"case-{first + place}", event, at, is_own) for place in range(count)]


def found(readings, *, since=None):
    alerts = unusual_readings(readings, since=since or DAY.date(), policy=POLICY)
    return [(one.person, one.unusual, one.count, one.usual) for one in alerts]


def test_an_ordinary_day_is_not_named():
    assert found(read(POLICY.least)) == []
    assert found(read(1) * 40) == [], "one case opened forty times is one case"


def test_far_more_than_usual_is_named_beside_what_is_usual():
    before = [one for back in range(1, 9) for one in read(4, at=DAY - timedelta(days=back))]
    assert found(before + read(12)) == [], "twelve are three times four, and no more"
    assert found(before + read(13)) == [("a", Unusual.MANY, 13, 4)]
    busy = [one for back in range(1, 9) for one in read(9, at=DAY - timedelta(days=back))]
    assert found(busy + read(13)) == [], "who has always much to read is not named"
    old = [one for back in range(91, 99) for one in read(9, at=DAY - timedelta(days=back))]
    assert found(old + read(13)) == [("a", Unusual.MANY, 13, 0)]


@pytest.mark.parametrize(
    ("readings", "unusual"),
    [
        (read(6, is_own=False), Unusual.NOT_OWN),
        (read(6, event=IDENTITY), Unusual.IDENTITIES),
        (read(4, at=DAY.replace(hour=23)), Unusual.AT_NIGHT),
        (read(4, at=DAY.replace(hour=4, minute=59)), Unusual.AT_NIGHT),
    ],
)
def test_each_way_is_named_from_one_above_what_the_rule_lets_pass(readings, unusual):
    assert [one[1] for one in found(readings)] == [unusual]
    assert found(readings[1:]) == []


def test_the_night_ends_at_five_and_begins_at_ten():
    assert found(read(4, at=DAY.replace(hour=5))) == []
    assert found(read(4, at=DAY.replace(hour=21, minute=59))) == []


def test_searches_are_added_up():
    once = Reading("a", "", SEARCHES, DAY, is_own=True, searched=150)
    assert found([once]) == []
    assert found([once, once]) == [("a", Unusual.SEARCHED, 300, POLICY.searched)]


def test_people_and_days_are_counted_apart_and_the_day_is_japans():
    assert found(read(6, person="a") + read(6, person="b", first=6)) == []
    just_before_midnight = datetime(2026, 12, 9, 14, 59, tzinfo=JST)
    assert found(read(6, at=just_before_midnight, is_own=False)) == [], "that was the day before"
    assert found(read(6, at=just_before_midnight, is_own=False), since=date(2026, 12, 9))
