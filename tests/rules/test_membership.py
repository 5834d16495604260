"""What the association may do towards whom (1.1, 7.10, 7.11)."""

from datetime import date, timedelta
from itertools import product

import pytest

from models.rules.membership import (
    MEMBERS,
    NEVER_A_MEMBER,
    Beginning,
    MembershipRefusal,
    MembershipStanding,
    MemberType,
    OperatorType,
    Route,
    Stretch,
    eligibility,
    is_sound,
    may_be_certified,
    may_succeed,
    owes_an_officer,
    refusal_of_change,
    refusal_of_joining,
    refusal_of_leaving,
    standing_of,
    type_on,
)

REGULAR, ALONE = MemberType.REGULAR, MemberType.SUPPORTING
JOINED, BACK, CHANGED = Beginning.JOINED, Beginning.CAME_BACK, Beginning.TYPE_CHANGED
TODAY = date(2026, 11, 27)
A_LONG_STORY = (
    Stretch(REGULAR, JOINED, date(2020, 4, 1), date(2022, 3, 31)),
    Stretch(ALONE, CHANGED, date(2022, 4, 1), date(2023, 3, 31)),
    Stretch(REGULAR, BACK, date(2024, 7, 1), date(2025, 9, 30)),
    Stretch(ALONE, CHANGED, date(2025, 10, 1)),
)
LEFT = A_LONG_STORY[:2]
R = MembershipRefusal


@pytest.mark.parametrize(
    ("member", "certified", "route"),
    [
        (True, True, Route.LADDER),
        (True, False, Route.REQUEST_WITHOUT_LADDER),
        (False, False, Route.ADVICE_ONLY),
        (False, True, Route.ADVICE_ONLY),
    ],
)
def test_only_a_certified_member_meets_the_ladder(member, certified, route):
    assert eligibility(member=member, certified=certified) is route


def test_only_regular_members_that_operate_centers_may_be_certified():
    may = {kind for kind in product(MemberType, OperatorType) if may_be_certified(*kind)}
    assert may == {(MemberType.REGULAR, OperatorType.INHOUSE), (MemberType.REGULAR, OperatorType.AGENCY)}


@pytest.mark.parametrize(
    ("day", "member_type"),
    [
        (date(2020, 3, 31), MemberType.NONE),
        (date(2020, 4, 1), REGULAR),
        (date(2022, 3, 31), REGULAR),
        (date(2022, 4, 1), ALONE),
        (date(2023, 3, 31), ALONE),
        (date(2023, 4, 1), MemberType.NONE),
        (date(2024, 6, 30), MemberType.NONE),
        (date(2024, 7, 1), REGULAR),
        (date(2025, 10, 1), ALONE),
        (date(2099, 1, 1), ALONE),
    ],
)
def test_of_each_day_it_is_known_of_which_type_somebody_was(day, member_type):
    assert type_on(A_LONG_STORY, day) is member_type


def test_what_the_memberships_come_to_is_the_last_type_the_unbroken_time_and_its_last_day():
    assert standing_of(()) == NEVER_A_MEMBER
    assert standing_of(A_LONG_STORY) == MembershipStanding(ALONE, date(2024, 7, 1), None)
    assert standing_of(LEFT) == MembershipStanding(ALONE, date(2020, 4, 1), date(2023, 3, 31))


@pytest.mark.parametrize(
    "wrong",
    [
        (Stretch(REGULAR, CHANGED, TODAY),),
        (Stretch(MemberType.NONE, JOINED, TODAY),),
        (Stretch(REGULAR, JOINED, TODAY, TODAY - timedelta(days=1)),),
        (*A_LONG_STORY[:1], Stretch(ALONE, BACK, date(2022, 3, 31))),
        (*A_LONG_STORY[:1], Stretch(ALONE, CHANGED, date(2022, 4, 2))),
        (*A_LONG_STORY[:1], Stretch(REGULAR, CHANGED, date(2022, 4, 1))),
        (*A_LONG_STORY[:1], Stretch(REGULAR, JOINED, date(2023, 4, 1))),
        (*A_LONG_STORY, Stretch(REGULAR, CHANGED, date(2026, 10, 1))),
    ],
)
def test_memberships_that_cannot_be_are_found(wrong):
    assert is_sound(())
    assert is_sound(A_LONG_STORY)
    assert not is_sound(wrong)


@pytest.mark.parametrize(
    ("stretches", "member_type", "day", "certification", "refusal"),
    [
        ((), REGULAR, TODAY, False, None),
        ((), ALONE, TODAY, False, None),
        ((), MemberType.NONE, TODAY, False, R.NO_TYPE),
        (A_LONG_STORY, REGULAR, TODAY, False, R.MEMBER_NOW),
        (LEFT, REGULAR, date(2023, 3, 31), False, R.BEFORE_LEFT),
        (LEFT, REGULAR, date(2023, 4, 1), False, None),
        (LEFT, REGULAR, TODAY, True, None),
        (LEFT, ALONE, TODAY, True, R.HAS_CERTIFICATION),
    ],
)
def test_who_joins_is_no_member_on_the_day_before(stretches, member_type, day, certification, refusal):
    assert refusal_of_joining(stretches, member_type, day, certification=certification) is refusal


@pytest.mark.parametrize(
    ("stretches", "day", "refusal"),
    [
        ((), TODAY, R.NO_MEMBER),
        (LEFT, TODAY, R.NO_MEMBER),
        (A_LONG_STORY, TODAY, None),
        (A_LONG_STORY, TODAY + timedelta(days=30), None),
        (A_LONG_STORY, date(2025, 10, 1), None),
        (A_LONG_STORY, date(2025, 9, 30), R.BEFORE_TYPE),
        (A_LONG_STORY[:1], date(2022, 3, 31), R.NO_MEMBER),
        ((Stretch(REGULAR, JOINED, date(2026, 4, 1)),), date(2026, 3, 31), R.BEFORE_JOINED),
        ((Stretch(REGULAR, JOINED, date(2026, 4, 1), TODAY),), date(2026, 11, 1), None),
    ],
)
def test_who_leaves_is_a_member_and_does_so_after_what_is_known(stretches, day, refusal):
    assert refusal_of_leaving(stretches, day, today=TODAY) is refusal


@pytest.mark.parametrize(
    ("stretches", "member_type", "day", "certification", "refusal"),
    [
        (A_LONG_STORY, REGULAR, TODAY, False, None),
        (A_LONG_STORY, REGULAR, date(2025, 10, 1), False, None),
        (A_LONG_STORY, REGULAR, date(2025, 9, 30), False, R.BEFORE_TYPE),
        (A_LONG_STORY, REGULAR, TODAY + timedelta(days=1), False, R.AHEAD),
        (A_LONG_STORY, ALONE, TODAY, False, R.SAME_TYPE),
        (A_LONG_STORY, MemberType.NONE, TODAY, False, R.NO_TYPE),
        (LEFT, REGULAR, TODAY, False, R.NO_MEMBER),
        ((), REGULAR, TODAY, False, R.NO_MEMBER),
        ((Stretch(REGULAR, JOINED, date(2026, 4, 1)),), ALONE, date(2026, 3, 31), False, R.BEFORE_JOINED),
        ((Stretch(REGULAR, JOINED, date(2026, 4, 1)),), ALONE, TODAY, True, R.HAS_CERTIFICATION),
        ((Stretch(REGULAR, JOINED, date(2026, 4, 1), TODAY),), ALONE, TODAY, False, None),
    ],
)
def test_a_type_changes_for_a_member_on_a_day_that_has_come(stretches, member_type, day, certification, refusal):
    asked = refusal_of_change(stretches, member_type, day, today=TODAY, certification=certification)
    assert asked is refusal


def test_an_individual_takes_no_company_over_and_has_no_officer_to_appoint():
    assert [one for one in MemberType if owes_an_officer(one)] == [REGULAR]
    assert [one for one in MemberType if not may_succeed(one)] == [ALONE]
    assert set(MEMBERS) == set(MemberType) - {MemberType.NONE}
