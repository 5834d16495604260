"""The road of a case, as the domain tells it (6.1)."""

from datetime import datetime, timedelta

import pytest

from models.rules.case_lifecycle import (
    CASE_LIFECYCLE,
    FACTS_ONLY_WHEN_CLOSED,
    OPEN_STATES,
    WITH_THE_COMPANY,
    CaseAct,
    CaseState,
    closing_needs_second_person,
    facts_of,
    may_reopen,
)
from models.rules.deadlines import DEADLINE_POLICIES
from models.rules.lifecycle import NotAllowedNow
from models.rules.taxonomy.outcome import Outcome
from models.rules.taxonomy.severity import Severity
from models.rules.working_days import DEFAULT_CALENDAR, JST

# fmt: off
THE_MAIN_LINE = [
    (CaseAct.OPEN_TRIAGE,     CaseState.TRIAGE),
    (CaseAct.RECORD_TRIAGE,   CaseState.TRIAGE),
    (CaseAct.ASK_CONSENT,     CaseState.AWAIT_CONSENT),
    (CaseAct.APPROVE_COPY,    CaseState.READY),
    (CaseAct.ROUTE,           CaseState.ROUTED),
    (CaseAct.ACKNOWLEDGE,     CaseState.ACKED),
    (CaseAct.LOG_ACTION,      CaseState.IN_ACTION),
    (CaseAct.RECORD_RESPONSE, CaseState.RESPONDED),
    (CaseAct.SUBMIT_REPORT,   CaseState.REPORTED),
    (CaseAct.BEGIN_REVIEW,    CaseState.REVIEW),
    (CaseAct.ACCEPT_REPORT,   CaseState.FEEDBACK),
    (CaseAct.GIVE_FEEDBACK,   CaseState.FEEDBACK),
    (CaseAct.ACCEPT_RESULT,   CaseState.CLOSED),
]
# fmt: on


def test_the_main_line_leads_from_received_to_closed_and_lacks_nothing_on_the_way():
    state, held = CaseState.RECEIVED, frozenset({"received_at"})
    for act, makes in THE_MAIN_LINE:
        row = CASE_LIFECYCLE.row_for(state, act)
        assert row.missing(held) == ()
        state, held = row.makes, row.facts_after(held)
        assert state is makes
        assert held >= facts_of(state)


# fmt: off
@pytest.mark.parametrize(("while_in", "act", "makes", "by"), [
    ("need_info",     "resume_triage",            "triage",        "case:triage"),
    ("await_consent", "revise_copy",              "await_consent", "case:prepare_copy"),
    ("await_consent", "decline_copy",             "advice",        "mailbox:consent"),
    ("await_consent", "close_without_consent",    "closed",        "case:close"),
    ("triage",        "put_out_of_scope",         "closed",        "case:close"),
    ("ready",         "reopen_copy",              "await_consent", "case:prepare_copy"),
    ("routed",        "recall",                   "routed",        "case:recall"),
    ("routed",        "confirm_recall",           "recalled",      "case:second_recall"),
    ("reroute",       "route_again",              "routed",        "case:route"),
    ("in_action",     "log_action",               "in_action",     "response:act"),
    ("in_action",     "submit_report",            "reported",      "response:report"),
    ("review",        "return_report",            "in_action",     "report:review"),
    ("feedback",      "say_not_satisfied",        "review",        "mailbox:write"),
    ("monitor",       "close",                    "closed",        "case:close"),
    ("monitor",       "reopen",                   "triage",        "case:reopen"),
    ("closed",        "reopen",                   "triage",        "case:reopen"),
    ("withdrawn",     "close",                    "closed",        "case:close"),
    ("advice",        "offer_copy",               "await_consent", "case:prepare_copy"),
    ("acked",         "conclude_without_answer",  "feedback",      "escalation:conclude"),
])
def test_the_row_is_the_one_the_domain_names(while_in, act, makes, by):
    row = CASE_LIFECYCLE.row_for(CaseState(while_in), CaseAct(act))
    assert (row.makes, row.by) == (makes, by)
# fmt: on


def test_nothing_reaches_the_company_but_through_the_consulters_approval_or_as_a_groups_numbers():
    ways_in = {row.act for row in CASE_LIFECYCLE if row.makes is CaseState.READY}
    assert ways_in == {CaseAct.APPROVE_COPY, CaseAct.APPROVE_GROUP_COPY, CaseAct.RETURN_TO_READY}
    for row in CASE_LIFECYCLE:
        if row.makes in WITH_THE_COMPANY and row.while_in not in (*WITH_THE_COMPANY, CaseState.FEEDBACK):
            assert row.while_in is CaseState.READY
            assert "approved_at" in row.needs


def test_consent_can_be_taken_back_wherever_the_company_has_or_is_about_to_get_the_copy():
    for state in (CaseState.AWAIT_CONSENT, CaseState.READY, CaseState.RECALLED, *WITH_THE_COMPANY):
        row = CASE_LIFECYCLE.row_for(state, CaseAct.WITHDRAW_CONSENT)
        assert (row.makes, row.by) == (CaseState.ADVICE, "mailbox:consent")
    with pytest.raises(NotAllowedNow):
        CASE_LIFECYCLE.row_for(CaseState.TRIAGE, CaseAct.WITHDRAW_CONSENT)


def test_a_consulter_may_withdraw_until_the_case_is_over():
    may = {row.while_in for row in CASE_LIFECYCLE if row.act is CaseAct.WITHDRAW}
    assert may == set(OPEN_STATES) == set(CaseState) - {CaseState.CLOSED, CaseState.WITHDRAWN}


def guaranteed_facts():
    """What a case holds in each state whatever way it came: the facts that every row into the state leaves behind."""
    anything = {fact for row in CASE_LIFECYCLE for fact in (*row.gives, *row.marks, *row.needs)} | {"received_at"}
    held = {state: frozenset(anything) for state in CaseState}
    held[CaseState.RECEIVED] = frozenset({"received_at"})
    changed = True
    while changed:
        changed = False
        for row in CASE_LIFECYCLE:
            after = held[row.makes] & row.facts_after(held[row.while_in])
            if after != held[row.makes]:
                held[row.makes], changed = after, True
    return held


@pytest.mark.parametrize("state", CaseState)
def test_what_a_state_must_hold_is_there_whatever_way_the_case_came(state):
    assert facts_of(state) <= guaranteed_facts()[state]


def possible_facts():
    """What a case may hold in each state, by any way."""
    held = {state: frozenset() for state in CaseState}
    changed = True
    while changed:
        changed = False
        for row in CASE_LIFECYCLE:
            after = held[row.makes] | row.facts_after(held[row.while_in])
            if after != held[row.makes]:
                held[row.makes], changed = after, True
    return held


def test_only_a_closed_case_has_a_closing_time_and_an_outcome():
    assert facts_of(CaseState.CLOSED) >= FACTS_ONLY_WHEN_CLOSED
    for state, facts in possible_facts().items():
        if state is not CaseState.CLOSED:
            assert not facts & FACTS_ONLY_WHEN_CLOSED, state


def test_a_reopened_copy_is_no_longer_approved():
    assert "approved_at" not in possible_facts()[CaseState.TRIAGE]
    assert "approved_at" not in possible_facts()[CaseState.AWAIT_CONSENT]


def test_grave_and_ungraded_cases_are_closed_by_two():
    answers = [closing_needs_second_person(severity) for severity in (*Severity, None)]
    assert answers == [False, False, True, True, True]


def test_improper_use_is_closed_by_two_however_light_the_case():
    needs_two = {outcome for outcome in Outcome if closing_needs_second_person(Severity.LOW, outcome)}
    assert needs_two == {Outcome.IMPROPER_USE}


def test_a_closed_case_may_be_reopened_within_twelve_months_and_not_after():
    closed_at = datetime(2026, 11, 2, 15, 0, tzinfo=JST)
    last_minute = datetime(2027, 11, 2, 23, 59, tzinfo=JST)

    def asked(now):
        return may_reopen(closed_at=closed_at, now=now, calendar=DEFAULT_CALENDAR, policy=DEADLINE_POLICIES[0])

    assert asked(last_minute)
    assert not asked(last_minute + timedelta(minutes=1))
