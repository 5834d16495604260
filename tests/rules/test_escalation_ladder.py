"""The ladder: what opens next, what counts, and what only the board may do (6.4)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.deadlines import ClockKind
from models.rules.escalation_ladder import (
    LADDER_POLICIES,
    REQUESTS,
    STEP_RULES,
    Addressee,
    CountReason,
    Ground,
    LadderEntry,
    LadderHistory,
    OpenDuty,
    ProposalRefusal,
    Step,
    addressees_of,
    counts,
    ladder_policy_at,
    may_propose,
    next_step,
    returns_lead_to_request,
    step_after,
    threshold_met,
)
from models.rules.permissions import Permission
from models.rules.working_days import DEFAULT_CALENDAR, JST

POLICY = LADDER_POLICIES[0]
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=JST)
DUE = datetime(2026, 11, 9, 17, 0, tzinfo=JST)  # a Monday; three business days after it is Thursday the twelfth


def served(step, *, days_ago=30, due_in=10, met_after=None, **more):
    at = NOW - timedelta(days=days_ago)
    return LadderEntry(
        reference=f"{step}-{days_ago}",
        step=step,
        served_at=at,
        due_at=at + timedelta(days=due_in),
        met_at=None if met_after is None else at + timedelta(days=met_after),
        **more,
    )


def history(*entries, duties=(), ended_at=None):
    return LadderHistory(entries=entries, duties=duties, ended_at=ended_at)


SILENCE = (
    served(Step.E1, days_ago=120),
    served(Step.E2, days_ago=90),
    served(Step.E3, days_ago=60),
)


def opens(given_history, now=NOW):
    return next_step(given_history, now=now, calendar=DEFAULT_CALENDAR)


def test_each_step_has_its_rule_and_a_permission_that_exists():
    assert set(STEP_RULES) == set(Step)
    assert {rule.issued_by for rule in STEP_RULES.values()} <= {permission.code for permission in Permission}


def test_only_formal_requests_count():
    assert tuple(step for step in Step if STEP_RULES[step].counts) == REQUESTS


def test_the_ladder_ends_with_publication():
    assert step_after(Step.E10) is None
    assert step_after(Step.E4) is Step.E5


def test_an_officer_is_reminded_first_and_the_request_opens_after_the_third_business_day():
    overdue = history(duties=(OpenDuty(Ground.OVERDUE_CLOCK, DUE),))
    last_reminder = datetime(2026, 11, 12, 10, 0, tzinfo=JST)
    assert opens(overdue, DUE) is None
    assert opens(overdue, DUE + timedelta(minutes=1)) is Step.E0
    assert opens(overdue, last_reminder) is Step.E0
    assert opens(overdue, last_reminder + timedelta(minutes=1)) is Step.E1


@pytest.mark.parametrize(
    ("ground", "step"),
    [
        (Ground.VACANCY, Step.E1),
        (Ground.PLEDGE_DUTY, Step.E1),
        (Ground.POOR_REPORTS, Step.E3),
        (Ground.RETALIATION, Step.E3),
        (Ground.FALSE_REPORT, Step.E3),
        (Ground.REPORTER_SEARCH, Step.E3),
    ],
)
def test_a_graver_ground_begins_higher(ground, step):
    clock = OpenDuty(Ground.OVERDUE_CLOCK, DUE)
    assert opens(history(duties=(clock, OpenDuty(ground, NOW - timedelta(hours=1))))) is step


@pytest.mark.parametrize(("step", "following"), [(Step.E1, Step.E2), (Step.E2, Step.E3), (Step.E3, Step.E4)])
def test_an_unmet_request_opens_the_next(step, following):
    assert opens(history(served(step))) is following


def test_a_request_in_time_opens_nothing_even_with_another_clock_overdue():
    in_time = history(served(Step.E1, days_ago=2), duties=(OpenDuty(Ground.OVERDUE_CLOCK, DUE),))
    assert opens(in_time) is None


def test_compliance_stops_the_ladder_early_or_late():
    assert opens(history(served(Step.E2, met_after=5))) is None
    assert opens(history(served(Step.E2, met_after=15))) is None


def test_after_compliance_a_new_neglect_begins_at_the_bottom():
    again = history(served(Step.E3, met_after=15), duties=(OpenDuty(Ground.OVERDUE_CLOCK, NOW - timedelta(hours=1)),))
    assert opens(again) is Step.E0


def test_above_the_final_request_nothing_opens_by_itself():
    everything = history(*SILENCE, served(Step.E4, days_ago=30))
    assert threshold_met(counts(everything, now=NOW, policy=POLICY))
    assert opens(everything) is None


@pytest.mark.parametrize("step", [Step.E5, Step.E6, Step.E7, Step.E8, Step.E9])
def test_before_the_board_the_procedure_goes_step_by_step(step):
    assert opens(history(*SILENCE, served(step, days_ago=5))) is step_after(step)


def test_after_a_procedure_that_ended_without_revocation_the_ladder_begins_anew():
    ended = history(*SILENCE, served(Step.E8, days_ago=10), ended_at=NOW - timedelta(days=9))
    assert opens(ended) is None
    assert counts(ended, now=NOW, policy=POLICY).total == 3
    assert not may_propose(ended, now=NOW, policy=POLICY)


def test_three_unmet_requests_with_an_improvement_request_meet_the_threshold():
    sheet = counts(history(*SILENCE), now=NOW, policy=POLICY)
    assert sheet.total == 3
    assert threshold_met(sheet)
    assert may_propose(history(*SILENCE), now=NOW, policy=POLICY)


def test_three_unmet_cooperation_requests_alone_do_not():
    mild = history(served(Step.E1, days_ago=200), served(Step.E1, days_ago=120), served(Step.E2, days_ago=60))
    assert counts(mild, now=NOW, policy=POLICY).total == 3
    assert not threshold_met(counts(mild, now=NOW, policy=POLICY))


def reason(entry, *others):
    return counts(history(*others, entry), now=NOW, policy=POLICY).lines[-1].reason


# fmt: off
@pytest.mark.parametrize(("entry", "why"), [
    (served(Step.E1),                               CountReason.UNANSWERED),
    (served(Step.E1, met_after=15),                 CountReason.MET_LATE),
    (served(Step.E1, met_after=5),                  CountReason.MET),
    (served(Step.E1, met_after=10),                 CountReason.MET),
    (served(Step.E1, days_ago=2),                   CountReason.STILL_OPEN),
    (LadderEntry("draft", Step.E1, served_at=None), CountReason.NOT_SERVED),
    (served(Step.E0),                               CountReason.NOT_A_REQUEST),
    (served(Step.E5),                               CountReason.NOT_A_REQUEST),
    (served(Step.E3, reset_reason="wrong_company"), CountReason.RESET),
    (served(Step.E1, days_ago=400),                 CountReason.OUT_OF_WINDOW),
])
def test_the_counter_sheet_says_why_each_entry_counts_or_not(entry, why):
    assert reason(entry) is why
    counted = counts(history(entry), now=NOW, policy=POLICY).total == 1
    assert counted == (why in (CountReason.UNANSWERED, CountReason.MET_LATE))
# fmt: on


def test_the_window_is_twelve_months_and_opens_at_the_minute():
    edge = datetime(2025, 11, 24, 12, 0, tzinfo=JST)

    def line(due_at):
        entry = LadderEntry("edge", Step.E1, served_at=edge - timedelta(days=9), due_at=due_at)
        return reason(entry)

    assert line(edge) is CountReason.OUT_OF_WINDOW
    assert line(edge + timedelta(minutes=1)) is CountReason.UNANSWERED


def test_one_incident_group_counts_once_for_each_step():
    first = served(Step.E1, days_ago=60, incident_group="group-1")
    assert reason(served(Step.E1, days_ago=50, incident_group="group-1"), first) is CountReason.SAME_GROUP
    assert reason(served(Step.E1, days_ago=50, incident_group="group-2"), first) is CountReason.UNANSWERED
    assert reason(served(Step.E2, days_ago=50, incident_group="group-1"), first) is CountReason.UNANSWERED
    assert reason(served(Step.E1, days_ago=50), first) is CountReason.UNANSWERED


def test_late_compliance_does_not_erase_what_was_counted():
    late = (*SILENCE[:2], served(Step.E3, days_ago=60, met_after=30))
    assert threshold_met(counts(history(*late), now=NOW, policy=POLICY))
    refusal = may_propose(history(*late), now=NOW, policy=POLICY)
    assert ProposalRefusal(refusal.reason) is ProposalRefusal.COMPLIED


def test_a_file_before_the_board_is_not_proposed_twice():
    refusal = may_propose(history(*SILENCE, served(Step.E5, days_ago=3)), now=NOW, policy=POLICY)
    assert ProposalRefusal(refusal.reason) is ProposalRefusal.ALREADY_PROPOSED


def test_a_grave_ground_goes_from_the_improvement_request_to_the_board_when_two_approve():
    def asked(entries, approvals, ground=Ground.RETALIATION):
        return may_propose(history(*entries), now=NOW, policy=POLICY, grave_ground=ground, approvals=approvals)

    improvement = (served(Step.E3, days_ago=20),)
    assert asked(improvement, 2)
    assert ProposalRefusal(asked(improvement, 1).reason) is ProposalRefusal.APPROVALS_MISSING
    assert ProposalRefusal(asked((served(Step.E1),), 2).reason) is ProposalRefusal.BELOW_THRESHOLD
    assert not asked(improvement, 2, Ground.VACANCY)
    assert not asked((), 2)


def test_a_stricter_policy_takes_over_on_its_day():
    later = replace(POLICY, version="2027-04", valid_from=date(2027, 4, 1), unmet_needed=2)
    rows = (POLICY, later)
    assert ladder_policy_at(datetime(2027, 3, 31, 14, 59, tzinfo=UTC), rows) is POLICY
    assert ladder_policy_at(datetime(2027, 3, 31, 15, 0, tzinfo=UTC), rows) is later
    two = history(served(Step.E2, days_ago=90), served(Step.E3, days_ago=60))
    assert [threshold_met(counts(two, now=NOW, policy=policy)) for policy in rows] == [False, True]


entries = st.builds(
    served,
    st.sampled_from(Step),
    days_ago=st.integers(0, 800),
    due_in=st.integers(1, 30),
    met_after=st.none() | st.integers(0, 60),
    reset_reason=st.none() | st.just("entered_by_mistake"),
    incident_group=st.none() | st.sampled_from(["group-1", "group-2"]),
)


@given(st.lists(entries, max_size=12))
def test_every_entry_has_its_line_and_compliance_never_raises_the_count(drawn):
    sheet = counts(history(*drawn), now=NOW, policy=POLICY)
    assert [line.entry for line in sheet.lines] == drawn
    met = [replace(entry, met_at=entry.served_at) for entry in drawn]
    assert counts(history(*met), now=NOW, policy=POLICY).total == 0
    assert all(entry.due_at < NOW and (entry.met_at or NOW) > entry.due_at for entry in sheet.counted)


@given(st.lists(entries, max_size=12))
def test_a_proposal_is_allowed_only_over_the_threshold_while_no_ground_is_grave(drawn):
    drawn_history = history(*drawn)
    if may_propose(drawn_history, now=NOW, policy=POLICY):
        assert threshold_met(counts(drawn_history, now=NOW, policy=POLICY))


@given(st.lists(entries, max_size=12))
def test_the_ladder_never_opens_the_proposal(drawn):
    assert opens(history(*drawn)) is not Step.E5


@pytest.mark.parametrize(
    ("step", "vacant", "addressees"),
    [
        (Step.E1, (), ["officer", "deputy"]),
        (Step.E1, (Addressee.OFFICER,), ["deputy"]),
        (Step.E1, (Addressee.OFFICER, Addressee.DEPUTY), ["member_representative"]),
        (
            Step.E1,
            (Addressee.OFFICER, Addressee.DEPUTY, Addressee.MEMBER_REPRESENTATIVE),
            ["company_representative"],
        ),
        (Step.E2, (Addressee.OFFICER,), ["deputy", "member_representative"]),
        (Step.E4, (), ["company_representative"]),
    ],
)
def test_a_vacant_post_never_leaves_a_step_without_an_addressee(step, vacant, addressees):
    assert list(addressees_of(step, vacant=vacant)) == addressees


def test_each_request_starts_its_own_clock():
    assert [STEP_RULES[step].clock for step in REQUESTS] == [
        ClockKind.REQUEST_E1,
        ClockKind.REQUEST_E2,
        ClockKind.REQUEST_E3,
        ClockKind.REQUEST_E4,
    ]


def test_the_second_returned_report_leads_to_a_request():
    assert [returns_lead_to_request(times, POLICY) for times in (0, 1, 2, 3)] == [False, False, True, True]
