"""A formal request (6.4)."""

import pytest

from models.rules.escalation_ladder import REQUESTS, Step
from models.rules.lifecycle import NotAllowedNow
from models.rules.request_lifecycle import (
    REQUEST_LIFECYCLE,
    RequestAct,
    RequestState,
    permission_to_issue,
    request_lifecycle,
)


def walk(lifecycle, *acts):
    state = lifecycle.begins
    for act in acts:
        state = lifecycle.row_for(state, act).makes
    return state


def test_a_request_is_issued_served_and_met():
    assert walk(REQUEST_LIFECYCLE, RequestAct.DRAFT, RequestAct.ISSUE, RequestAct.SERVE, RequestAct.MEET) == "met"


def test_an_answer_alone_does_not_meet_a_request():
    assert walk(REQUEST_LIFECYCLE, RequestAct.ISSUE, RequestAct.SERVE, RequestAct.ANSWER) is RequestState.SERVED


def test_a_request_that_was_never_served_cannot_become_unmet():
    for state in (RequestState.DRAFTED, RequestState.ISSUED):
        with pytest.raises(NotAllowedNow):
            REQUEST_LIFECYCLE.row_for(state, RequestAct.MARK_UNMET)


def test_late_compliance_leaves_an_unmet_request_unmet():
    unmet = (RequestAct.ISSUE, RequestAct.SERVE, RequestAct.MARK_UNMET)
    assert walk(REQUEST_LIFECYCLE, *unmet, RequestAct.COMPLY_LATE) is RequestState.UNMET


def test_the_clock_and_nobody_else_marks_a_request_unmet():
    assert REQUEST_LIFECYCLE.row_for(RequestState.SERVED, RequestAct.MARK_UNMET).by == "system:clock"


@pytest.mark.parametrize("step", REQUESTS)
def test_issuing_asks_for_the_permission_of_the_step_and_annulling_for_two_persons(step):
    lifecycle = request_lifecycle(step)
    assert lifecycle.row_for(RequestState.DRAFTED, RequestAct.ISSUE).by == f"escalation:issue_{step.code.lower()}"
    annulling = lifecycle.row_for(RequestState.UNMET, RequestAct.ANNUL)
    assert annulling.by == "escalation:conclude"
    assert "joint_id" in annulling.gives, "nothing says on what agreement of two persons it was annulled"


def test_whoever_forgets_the_step_is_asked_for_the_strictest_permission():
    assert REQUEST_LIFECYCLE.row_for(RequestState.DRAFTED, RequestAct.ISSUE).by == permission_to_issue(Step.E4)


@pytest.mark.parametrize("step", [step for step in Step if step not in REQUESTS])
def test_no_other_step_is_a_formal_request(step):
    with pytest.raises(ValueError, match="not a formal request"):
        permission_to_issue(step)
