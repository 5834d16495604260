"""A formal request and the company file that it stands in (6.4)."""

import pytest

from models.rules.escalation_ladder import REQUESTS, BoardOption, Step
from models.rules.lifecycle import NotAllowedNow
from models.rules.request_lifecycle import (
    AFTER_DECISION,
    FILE_LIFECYCLE,
    REQUEST_LIFECYCLE,
    FileAct,
    FileState,
    RequestAct,
    RequestState,
    file_act_for,
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
def test_issuing_and_annulling_ask_for_the_permission_of_the_step(step):
    lifecycle = request_lifecycle(step)
    assert lifecycle.row_for(RequestState.DRAFTED, RequestAct.ISSUE).by == f"escalation:issue_{step.code.lower()}"
    assert lifecycle.row_for(RequestState.UNMET, RequestAct.ANNUL).by == permission_to_issue(step)


def test_whoever_forgets_the_step_is_asked_for_the_strictest_permission():
    assert REQUEST_LIFECYCLE.row_for(RequestState.DRAFTED, RequestAct.ISSUE).by == permission_to_issue(Step.E4)


@pytest.mark.parametrize("step", [step for step in Step if step not in REQUESTS])
def test_no_other_step_is_a_formal_request(step):
    with pytest.raises(ValueError, match="not a formal request"):
        permission_to_issue(step)
    with pytest.raises(ValueError, match="not a formal request"):
        file_act_for(step)


def test_a_silent_companys_file_goes_all_the_way():
    acts = (
        *(file_act_for(step) for step in REQUESTS),
        FileAct.PROPOSE_TO_BOARD,
        FileAct.SERVE_HEARING_NOTICE,
        FileAct.RECORD_SILENCE,
        FileAct.DECIDE,
        FileAct.TAKE_EFFECT,
    )
    assert walk(FILE_LIFECYCLE, *acts) is FileState.EFFECTIVE


def test_only_a_person_who_may_propose_puts_a_file_before_the_board():
    assert {row.by for row in FILE_LIFECYCLE if row.makes is FileState.PROPOSED and not row.stays} == {
        "escalation:propose"
    }


def test_nothing_is_decided_but_by_a_recorded_resolution_after_a_hearing():
    ways = [row for row in FILE_LIFECYCLE if row.makes is FileState.DECIDED and not row.stays]
    assert [(row.while_in, row.by) for row in ways] == [(FileState.HEARING, "resolution:record")]
    into_effect = {row.while_in for row in FILE_LIFECYCLE if row.makes is FileState.EFFECTIVE and not row.stays}
    assert into_effect == {FileState.DECIDED}


@pytest.mark.parametrize("state", [FileState.REQUESTING, FileState.IMPROVEMENT])
def test_compliance_before_the_board_ends_the_ladder(state):
    assert FILE_LIFECYCLE.row_for(state, FileAct.RECORD_COMPLIANCE).makes is FileState.COMPLIED


@pytest.mark.parametrize("state", [FileState.PROPOSED, FileState.HEARING])
def test_late_compliance_is_shown_and_does_not_silently_drop_the_item(state):
    assert FILE_LIFECYCLE.row_for(state, FileAct.RECORD_COMPLIANCE).makes is state


@pytest.mark.parametrize("option", BoardOption)
def test_each_option_of_the_board_leads_on_from_the_decision(option):
    assert FILE_LIFECYCLE.row_for(FileState.DECIDED, AFTER_DECISION[option]).makes is not FileState.DECIDED


def test_only_suspension_and_revocation_take_effect_on_the_certification():
    assert {option for option, act in AFTER_DECISION.items() if act is FileAct.TAKE_EFFECT} == {
        BoardOption.SUSPEND,
        BoardOption.REVOKE,
    }


def test_a_frozen_file_is_kept_and_can_be_taken_up_again():
    assert FileState.FROZEN in FILE_LIFECYCLE.ends
    assert FILE_LIFECYCLE.row_for(FileState.FROZEN, FileAct.THAW).makes is FileState.REQUESTING
