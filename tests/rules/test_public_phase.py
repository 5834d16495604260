"""What the consulter sees of her case (6.1)."""

import pytest

from models.rules.case_lifecycle import WITH_THE_COMPANY, CaseState
from models.rules.public_phase import PublicPhase, phase_of, plain_words

THE_MAIN_LINE = (
    CaseState.RECEIVED,
    CaseState.TRIAGE,
    CaseState.AWAIT_CONSENT,
    CaseState.READY,
    CaseState.ROUTED,
    CaseState.ACKED,
    CaseState.IN_ACTION,
    CaseState.RESPONDED,
    CaseState.REPORTED,
    CaseState.REVIEW,
    CaseState.FEEDBACK,
    CaseState.CLOSED,
)


@pytest.mark.parametrize("state", CaseState)
def test_the_consulter_is_told_what_happens_now_and_what_comes_next(state):
    words = plain_words(state)
    assert words.now("ja").endswith("。")
    assert words.next("ja").endswith("。")
    assert words.now("en").endswith(".")
    assert words.next("en").endswith(".")
    assert words.now("ja") != words.next("ja")


def test_no_phase_is_without_a_state_and_the_main_line_never_goes_back_a_phase():
    assert {phase_of(state) for state in CaseState} == set(PublicPhase)
    order = list(PublicPhase)
    seen = [order.index(phase_of(state)) for state in THE_MAIN_LINE]
    assert seen == sorted(seen)


def test_the_consulter_sees_with_the_company_exactly_while_it_is_there():
    assert {state for state in CaseState if phase_of(state) is PublicPhase.WITH_COMPANY} == set(WITH_THE_COMPANY)
