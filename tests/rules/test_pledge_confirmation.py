"""When a company is asked once a year, when it is spared, and what it must say."""

from __future__ import annotations

from datetime import date

import pytest

from models.rules.certification_lifecycle import CertificationState
from models.rules.pledge_confirmation import (
    ASKED_IN,
    CONFIRMATION_POLICIES,
    ConfirmationEnd,
    Keeping,
    day_to_ask,
    end_of_waiting,
    silent_about,
)
from models.rules.pledges import Pledge

POLICY = CONFIRMATION_POLICIES[0]
FIRST, LAST = date(2025, 10, 1), date(2027, 9, 30)


@pytest.mark.parametrize(
    ("on", "filed_on", "asked_for"),
    [
        (date(2026, 9, 30), None, None),
        (date(2026, 10, 1), None, date(2026, 10, 1)),
        (date(2027, 9, 30), None, date(2026, 10, 1)),
        # The end of the term is the renewal's.
        (date(2027, 10, 1), None, None),
        # The pledges were filed so shortly before that nobody asks again.
        (date(2026, 10, 1), date(2026, 4, 1), None),
        (date(2026, 10, 1), date(2026, 3, 31), date(2026, 10, 1)),
    ],
)
def test_a_company_is_asked_on_each_anniversary_within_its_term(on, filed_on, asked_for):
    assert day_to_ask(first_day=FIRST, last_day=LAST, filed_on=filed_on, on=on, policy=POLICY) == asked_for


def test_after_a_renewal_the_anniversary_that_it_covered_is_passed_over_and_the_next_one_asked():
    renewed = {"first_day": FIRST, "last_day": date(2029, 9, 30), "filed_on": date(2027, 7, 10), "policy": POLICY}
    assert day_to_ask(**renewed, on=date(2027, 11, 1)) is None
    assert day_to_ask(**renewed, on=date(2028, 10, 1)) == date(2028, 10, 1)


def test_a_certification_that_began_on_the_29th_of_february_has_its_anniversaries():
    leap = {"first_day": date(2028, 2, 29), "last_day": date(2030, 2, 27), "filed_on": None, "policy": POLICY}
    assert day_to_ask(**leap, on=date(2029, 2, 27)) is None
    assert day_to_ask(**leap, on=date(2029, 2, 28)) == date(2029, 2, 28)


@pytest.mark.parametrize("state", list(CertificationState))
def test_whoever_is_not_asked_is_not_waited_for_and_a_renewal_says_why(state):
    because = end_of_waiting(state)
    assert (because is None) == (state in ASKED_IN)
    assert (because is ConfirmationEnd.RENEWAL_FILED) == (state is CertificationState.RENEWAL_REVIEW)


def test_all_nine_are_said_and_a_difference_says_what():
    kept = dict.fromkeys(Pledge, (Keeping.KEPT, ""))
    assert silent_about(kept) == ()
    assert silent_about({}) == tuple(Pledge)
    assert silent_about({**kept, Pledge.DESK: (Keeping.CHANGED, "")}) == (Pledge.DESK,)
    assert silent_about({**kept, Pledge.DESK: (Keeping.NOT_KEPT, "来月に置きます。")}) == ()
