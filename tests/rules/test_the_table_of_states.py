"""Every row of the table of states (6.1) stands in the lifecycle, with its clocks and with whoever enters it."""

import pytest

from models.rules.case_clocks import RUNS_IN
from models.rules.case_lifecycle import CASE_LIFECYCLE, CaseState
from models.rules.deadlines import ClockKind

S, K = CaseState, ClockKind

# The table of 6.1: the state, where it leads, and the clocks that its fifth column names for the case or its exchange.
# fmt: off
TABLE_6_1 = (
    (S.RECEIVED,      (S.TRIAGE,),                                        (K.TRIAGE,)),
    (S.TRIAGE,        (S.AWAIT_CONSENT, S.NEED_INFO, S.READY, S.ADVICE),  (K.TRIAGE,)),
    (S.NEED_INFO,     (S.TRIAGE,),                                        (K.CONSULTER_ANSWER,)),
    (S.AWAIT_CONSENT, (S.READY, S.ADVICE, S.CLOSED),                      (K.CONSENT_ANSWER,)),
    (S.READY,         (S.ROUTED,),                                        (K.ROUTE, K.SEND_HOLD)),
    (S.ROUTED,        (S.ACKED, S.REROUTE, S.RECALLED),                   (K.OFFICER_ACK,)),
    (S.REROUTE,       (S.ROUTED,),                                        (K.ROUTE,)),
    (S.RECALLED,      (S.READY, S.TRIAGE, S.CLOSED),                      ()),
    (S.ACKED,         (S.IN_ACTION,),                                     (K.INITIAL_REPORT,)),
    (S.IN_ACTION,     (S.RESPONDED, S.REPORTED),                          (K.FINAL_REPORT,)),
    (S.RESPONDED,     (S.REPORTED,),                                      (K.FINAL_REPORT,)),
    (S.REPORTED,      (S.REVIEW,),                                        (K.REVIEW,)),
    (S.REVIEW,        (S.FEEDBACK, S.IN_ACTION),                          (K.REVIEW,)),
    (S.FEEDBACK,      (S.MONITOR, S.CLOSED, S.REVIEW),                    (K.FEEDBACK,)),
    (S.MONITOR,       (S.CLOSED, S.TRIAGE),                               ()),
    (S.ADVICE,        (S.CLOSED, S.AWAIT_CONSENT),                        (K.ADVICE,)),
    (S.CLOSED,        (S.TRIAGE,),                                        ()),
    (S.WITHDRAWN,     (S.CLOSED,),                                        ()),
)
# fmt: on
# Out of scope is an outcome of CLOSED and no state of its own; so is a duplicate once two consultations are one.


def test_the_table_has_every_state_of_the_lifecycle_once() -> None:
    assert [state for state, _leads, _clocks in TABLE_6_1] == list(CaseState)


@pytest.mark.parametrize(("state", "leads_to", "clocks"), TABLE_6_1)
def test_each_way_of_the_table_is_a_row_of_the_lifecycle(
    state: CaseState, leads_to: tuple[CaseState, ...], clocks: tuple[ClockKind, ...]
) -> None:
    made = {row.makes for row in CASE_LIFECYCLE.acts_from(state)}
    assert set(leads_to) <= made
    runs = RUNS_IN[state]
    assert set(clocks) <= {*runs.of_case, *runs.of_exchange}


@pytest.mark.parametrize("state", [state for state in CaseState if state not in {S.CLOSED, S.WITHDRAWN}])
def test_from_every_open_state_a_consultation_is_withdrawn_by_her_and_by_the_desk_on_her_request(
    state: CaseState,
) -> None:
    by = {row.by for row in CASE_LIFECYCLE.acts_from(state) if row.makes is S.WITHDRAWN}
    # A grave one ends by a second person, whom the same table names.
    assert by == {"mailbox:withdraw", "case:close", "case:second_close"}


def test_a_state_is_entered_by_whom_the_table_says() -> None:
    entered = {state: {row.by.split(":")[0] for row in CASE_LIFECYCLE if row.makes is state} for state in CaseState}
    assert entered[S.ACKED] == entered[S.RESPONDED] == entered[S.REPORTED] == {"response"}
    assert {row.by for row in CASE_LIFECYCLE if row.makes is S.RECALLED} == {"case:second_recall"}
    assert "system" in entered[S.ROUTED]
    assert entered[S.MONITOR] == entered[S.REROUTE] == {"case"}
