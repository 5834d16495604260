"""No state of a case is without somebody who is waited for, until the case is over (6.1)."""

import pytest

from models.rules.case_clocks import RUNS_IN
from models.rules.case_lifecycle import OVER, CaseState
from models.rules.company_duties import DUTY_OF_CLOCK
from models.rules.deadlines import DEADLINE_POLICIES


@pytest.mark.parametrize("state", CaseState)
def test_every_state_says_which_clock_runs_and_only_what_is_over_has_none(state: CaseState) -> None:
    assert RUNS_IN[state].nothing == (state in OVER)


def test_each_clock_of_the_table_has_a_term_in_every_policy() -> None:
    named = {kind for runs in RUNS_IN.values() for kind in (*runs.of_case, *runs.of_exchange)}
    assert all(named <= policy.clocks.keys() for policy in DEADLINE_POLICIES)


def test_what_runs_for_a_company_is_what_a_company_owes() -> None:
    assert {kind for runs in RUNS_IN.values() for kind in runs.of_exchange} == set(DUTY_OF_CLOCK)
