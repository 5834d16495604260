"""What holds of every lifecycle at once."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.case_lifecycle import CASE_LIFECYCLE, CaseAct, CaseState
from models.rules.certification_lifecycle import CERTIFICATION_LIFECYCLE
from models.rules.company_file_lifecycle import FILE_LIFECYCLE
from models.rules.escalation_ladder import REQUESTS
from models.rules.lifecycle import Lifecycle, NotAllowedNow, Row, acts_from, each, row_for
from models.rules.permissions import Permission
from models.rules.request_lifecycle import REQUEST_LIFECYCLE, request_lifecycle

EVERY_LIFECYCLE = {
    "case": CASE_LIFECYCLE,
    "request": REQUEST_LIFECYCLE,
    **{f"request {step}": request_lifecycle(step) for step in REQUESTS},
    "company file": FILE_LIFECYCLE,
    "certification": CERTIFICATION_LIFECYCLE,
}
over_every_lifecycle = pytest.mark.parametrize("lifecycle", EVERY_LIFECYCLE.values(), ids=EVERY_LIFECYCLE.keys())
any_lifecycle = st.sampled_from(list(EVERY_LIFECYCLE.values()))


def reachable_from(lifecycle, start):
    seen, waiting = set(), [start]
    while waiting:
        state = waiting.pop()
        if state not in seen:
            seen.add(state)
            waiting += [row.makes for row in lifecycle.acts_from(state)]
    return seen


@over_every_lifecycle
def test_each_state_can_be_reached(lifecycle):
    assert reachable_from(lifecycle, lifecycle.begins) == set(lifecycle.states)


@over_every_lifecycle
def test_only_declared_ends_have_no_way_out(lifecycle):
    stuck = {state for state in lifecycle.states if all(row.stays for row in lifecycle.acts_from(state))}
    assert stuck <= lifecycle.ends


@over_every_lifecycle
def test_every_state_can_come_to_an_end(lifecycle):
    for state in lifecycle.states:
        assert reachable_from(lifecycle, state) & lifecycle.ends, f"{state} never ends"


@over_every_lifecycle
def test_no_two_rows_answer_for_one_state_and_act(lifecycle):
    asked = [(row.while_in, row.act) for row in lifecycle]
    assert len(asked) == len(set(asked))


@over_every_lifecycle
def test_every_act_of_the_enumeration_has_a_row(lifecycle):
    assert lifecycle.acts == tuple(type(lifecycle.rows[0].act))


@over_every_lifecycle
def test_an_act_asks_for_one_permission_and_is_recorded_under_one_event(lifecycle):
    for act in lifecycle.acts:
        rows = [row for row in lifecycle if row.act is act]
        assert len({row.by for row in rows}) == 1, act
        assert len({row.event for row in rows}) == 1, act
        assert len({row.gives for row in rows}) == 1, act


@over_every_lifecycle
def test_two_acts_share_no_event(lifecycle):
    events = {row.act: row.event for row in lifecycle}
    assert len(set(events.values())) == len(events)


@over_every_lifecycle
def test_each_row_has_an_event_and_facts_with_names_of_one_form(lifecycle):
    for row in lifecycle:
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*", row.event), row.event
        for fact in (*row.gives, *row.needs, *row.marks, *row.clears):
            assert re.fullmatch(r"[a-z]+(_[a-z]+)*", fact), fact
        assert not set(row.gives) & set(row.marks), f"{row.event} gives and marks the same"


@over_every_lifecycle
def test_what_a_row_marks_is_the_moment_of_the_act_and_never_a_moment_to_come(lifecycle):
    for row in lifecycle:
        for moment in row.marks:
            assert moment.endswith("_at"), moment
            assert moment not in {"due_at", "effect_at"}, f"{row.event} would set {moment} to the time of the act"


@over_every_lifecycle
def test_each_permission_exists(lifecycle):
    for row in lifecycle:
        assert row.by in {permission.code for permission in Permission}, row.by


@over_every_lifecycle
def test_each_state_and_act_has_words_in_both_languages(lifecycle):
    japanese = re.compile(r"[\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff]")
    for member in (*lifecycle.states, *lifecycle.acts):
        assert japanese.search(member.ja), member
        assert member.en.isascii(), member
        assert re.fullmatch(r"[a-z_]+", member.code), member


@over_every_lifecycle
def test_words_do_not_repeat_within_an_enumeration(lifecycle):
    for members in (lifecycle.states, lifecycle.acts):
        assert len({member.ja for member in members}) == len(members)
        assert len({member.en for member in members}) == len(members)


def test_events_of_different_lifecycles_do_not_meet():
    tables = (CASE_LIFECYCLE, REQUEST_LIFECYCLE, FILE_LIFECYCLE, CERTIFICATION_LIFECYCLE)
    events = [{row.event for row in table} for table in tables]
    assert sum(map(len, events)) == len(set().union(*events))


@given(lifecycle=any_lifecycle, data=st.data())
def test_a_random_walk_never_leaves_the_table(lifecycle, data):
    state, walked = lifecycle.begins, [lifecycle.begins]
    for _ in range(data.draw(st.integers(0, 30), label="steps")):
        act = data.draw(st.sampled_from(lifecycle.acts), label="act")
        try:
            row = lifecycle.row_for(state, act)
        except NotAllowedNow:
            assert act not in {row.act for row in lifecycle.acts_from(state)}
            continue
        assert (row.while_in, row.act) == (state, act)
        state = row.makes
        walked.append(state)
    moves = {(row.while_in, row.makes) for row in lifecycle}
    assert set(pairwise(walked)) <= moves


@over_every_lifecycle
def test_whatever_the_table_does_not_hold_is_refused(lifecycle):
    held = {(row.while_in, row.act) for row in lifecycle}
    for state in lifecycle.states:
        for act in lifecycle.acts:
            assert lifecycle.allows(state, act) == ((state, act) in held)
            if (state, act) not in held:
                with pytest.raises(NotAllowedNow) as refusal:
                    row_for(lifecycle, state, act)
                assert (refusal.value.state, refusal.value.act) == (state, act)


def test_the_acts_of_a_state_stand_in_table_order():
    assert [row.act for row in acts_from(CASE_LIFECYCLE, CaseState.RECEIVED)] == [
        CaseAct.OPEN_TRIAGE,
        CaseAct.WITHDRAW,
        CaseAct.WITHDRAW_ON_REQUEST,
        CaseAct.CONFIRM_WITHDRAWAL,
    ]


def test_a_row_says_what_is_missing_and_what_is_held_afterwards():
    row = Row(
        CaseState.TRIAGE, CaseAct.ADVISE, CaseState.ADVICE, "case:advise", "case.advised",
        gives=("message_id",), needs=("severity",), marks=("advised_at",), clears=("old",),
    )  # fmt: skip
    assert row.missing({"old"}) == ("severity",)
    assert row.missing({"severity"}) == ()
    assert row.facts_after({"severity", "old"}) == {"severity", "message_id", "advised_at"}


def test_the_same_row_may_leave_each_of_several_states_as_it_is():
    rows = each((CaseState.TRIAGE, CaseState.ADVICE), CaseAct.ADVISE, None, "case:advise", "case.advised")
    assert [(row.while_in, row.makes) for row in rows] == [
        (CaseState.TRIAGE, CaseState.TRIAGE),
        (CaseState.ADVICE, CaseState.ADVICE),
    ]


def test_a_lifecycle_can_be_read_row_by_row():
    assert isinstance(CASE_LIFECYCLE, Lifecycle)
    assert len(list(CASE_LIFECYCLE)) == len(CASE_LIFECYCLE) == len(CASE_LIFECYCLE.rows)
