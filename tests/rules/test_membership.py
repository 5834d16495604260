"""What the association may do towards whom (1.1, 7.10, 7.11)."""

from itertools import product

import pytest

from models.rules.membership import MemberType, OperatorType, Route, eligibility, may_be_certified


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
