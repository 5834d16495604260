"""The corporate number and its check digit."""

import pytest

from models.rules.corporate_number import read_corporate_number

# The digits by which the rule is commonly explained.
GOOD = "8700110005901"


@pytest.mark.parametrize("typed", [GOOD, "8-7001-1000-5901", "８７００１１０００５９０１", " 8 7001 1000 5901 "])
def test_a_number_is_read_in_whatever_width_and_grouping(typed):
    assert read_corporate_number(typed) == GOOD


def test_one_wrong_digit_is_found():
    """But for a nought instead of a nine, and the other way: the remainder by nine does not tell them apart."""
    for place, right in enumerate(GOOD):
        for wrong in "0123456789".replace(right, ""):
            if {right, wrong} != {"0", "9"}:
                assert read_corporate_number(GOOD[:place] + wrong + GOOD[place + 1 :]) is None


@pytest.mark.parametrize("typed", ["", "870011000590", "87001100059011", "８７00110005９0a", "²700110005901"])
def test_what_is_no_number_is_none(typed):
    assert read_corporate_number(typed) is None
