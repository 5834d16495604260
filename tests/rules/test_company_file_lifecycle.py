"""The company file that the ladder is counted in (6.4)."""

import pytest

from models.rules.company_file_lifecycle import FILE_LIFECYCLE, FileAct, FileState, file_act_for
from models.rules.escalation_ladder import REQUESTS, Step


def test_a_silent_companys_file_goes_all_the_way():
    acts = (
        *(file_act_for(step) for step in REQUESTS),
        FileAct.PROPOSE_TO_BOARD,
        FileAct.SERVE_HEARING_NOTICE,
        FileAct.RECORD_SILENCE,
        FileAct.DECIDE,
        FileAct.TAKE_EFFECT,
    )
    state = FILE_LIFECYCLE.begins
    for act in acts:
        state = FILE_LIFECYCLE.row_for(state, act).makes
    assert state is FileState.EFFECTIVE


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


def test_a_frozen_file_is_kept_and_can_be_taken_up_again():
    assert FileState.FROZEN in FILE_LIFECYCLE.ends
    assert FILE_LIFECYCLE.row_for(FileState.FROZEN, FileAct.THAW).makes is FileState.REQUESTING


@pytest.mark.parametrize("step", [step for step in Step if step not in REQUESTS])
def test_no_other_step_does_anything_to_the_file(step):
    with pytest.raises(ValueError, match="not a formal request"):
        file_act_for(step)
