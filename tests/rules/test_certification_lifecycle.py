"""A certification, and what the public sees of it on a day (6.5)."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from models.rules.certification_lifecycle import (
    CERTIFICATION_LIFECYCLE,
    CERTIFICATION_POLICIES,
    HELD,
    CertificationAct,
    CertificationState,
    PublicStatus,
    certification_policy_at,
    is_during_procedure,
    is_listed,
    last_day,
    may_expire,
    public_status,
    renewal_opens,
)

POLICY = CERTIFICATION_POLICIES[0]
TERM = {"valid_from": date(2025, 10, 1), "valid_to": date(2027, 9, 30)}
IN_TERM = date(2026, 11, 24)
AFTER_TERM = date(2027, 10, 5)


def listed(state, on=IN_TERM, *, renewal_filed=False, **more):
    return is_listed(CertificationState(state), on=on, renewal_filed=renewal_filed, **{**TERM, **more})


def status(state, on=IN_TERM, *, renewal_filed=False, **more):
    return public_status(CertificationState(state), on=on, renewal_filed=renewal_filed, **{**TERM, **more})


def walk(*acts):
    state = CERTIFICATION_LIFECYCLE.begins
    for act in acts:
        state = CERTIFICATION_LIFECYCLE.row_for(state, CertificationAct(act)).makes
    return state


def test_an_application_is_certified_by_the_board_and_renewed():
    acts = (
        "draft",
        "submit",
        "begin_review",
        "return_for_correction",
        "submit",
        "begin_review",
        "put_to_board",
        "certify",
    )
    assert walk(*acts) == "certified"
    assert walk(*acts, "open_renewal", "submit_renewal", "renew") == "certified"


def test_nobody_but_the_board_certifies_renews_rejects_or_reinstates():
    for act in ("certify", "renew", "reject", "suspend", "reinstate", "end_procedure_without_revocation"):
        assert {row.by for row in CERTIFICATION_LIFECYCLE if row.act == act} == {"resolution:record"}, act


def test_a_revocation_needs_its_procedure_and_a_resolution():
    rows = [row for row in CERTIFICATION_LIFECYCLE if row.makes is CertificationState.REVOKED]
    assert [(row.while_in, row.gives) for row in rows] == [(CertificationState.REVOCATION_PROC, ("resolution_id",))]


# fmt: off
@pytest.mark.parametrize(("state", "in_term"), [
    ("draft", False), ("submitted", False), ("under_review", False), ("returned", False), ("board_pending", False),
    ("certified", True), ("reinstated", True), ("renewal_open", True), ("renewal_review", True),
    ("revocation_proc", True), ("suspended", False),
    ("rejected", False), ("expired", False), ("revoked", False), ("withdrawn", False), ("lapsed_membership", False),
    ("transferred", False),
])
def test_who_is_on_the_list_within_the_term(state, in_term):
    assert listed(state) is in_term
# fmt: on


def test_both_ends_of_the_term_belong_to_it():
    assert [listed("certified", day) for day in (date(2025, 9, 30), date(2025, 10, 1))] == [False, True]
    assert [listed("certified", day) for day in (date(2027, 9, 30), date(2027, 10, 1))] == [True, False]


def test_past_the_end_a_renewal_filed_in_time_keeps_the_company_certified_under_review():
    assert listed("renewal_review", AFTER_TERM, renewal_filed=True)
    assert status("renewal_review", AFTER_TERM, renewal_filed=True) is PublicStatus.RENEWAL_UNDER_REVIEW
    assert not listed("renewal_review", AFTER_TERM, renewal_filed=False)


def test_a_revocation_procedure_is_not_public():
    assert status("revocation_proc") is status("certified") is PublicStatus.CERTIFIED


def test_from_the_first_minute_of_the_effect_date_the_company_is_gone_before_the_clock_has_run():
    effect = date(2026, 12, 1)
    before, on = date(2026, 11, 30), date(2026, 12, 1)
    assert listed("revocation_proc", before, revoked_from=effect)
    assert not listed("revocation_proc", on, revoked_from=effect)
    assert status("revocation_proc", on, revoked_from=effect) is PublicStatus.REVOKED
    assert status("revoked", on) is PublicStatus.REVOKED


def test_a_reinstated_company_is_listed_again():
    assert walk_from_revoked() is CertificationState.REINSTATED
    assert listed("reinstated")


def walk_from_revoked():
    return CERTIFICATION_LIFECYCLE.row_for(CertificationState.REVOKED, CertificationAct.REINSTATE).makes


def test_whether_a_suspended_company_is_listed_is_a_rule_with_a_date():
    shown = replace(POLICY, suspended_is_listed=True)
    assert not listed("suspended")
    assert listed("suspended", policy=shown)
    assert status("suspended") is PublicStatus.SUSPENDED


def test_the_clock_ends_a_term_only_when_it_is_over_and_no_renewal_was_filed():
    assert [
        may_expire(CertificationState.RENEWAL_REVIEW, on=day, valid_to=TERM["valid_to"], renewal_filed=filed)
        for day, filed in ((date(2027, 9, 30), False), (date(2027, 10, 1), False), (date(2027, 10, 1), True))
    ] == [False, True, False]
    assert not may_expire(CertificationState.REVOKED, on=AFTER_TERM, valid_to=TERM["valid_to"], renewal_filed=False)


def test_a_term_lasts_two_years_and_renewal_opens_four_months_before_its_end():
    assert last_day(date(2025, 10, 1), POLICY) == date(2027, 9, 30)
    assert renewal_opens(date(2027, 9, 30), POLICY) == date(2027, 5, 30)


def test_a_certification_policy_takes_over_on_its_day():
    later = replace(POLICY, version="2027-04", valid_from=date(2027, 4, 1), validity_months=36)
    rows = (POLICY, later)
    assert certification_policy_at(datetime(2027, 3, 31, 14, 59, tzinfo=UTC), rows) is POLICY
    assert certification_policy_at(datetime(2027, 3, 31, 15, 0, tzinfo=UTC), rows) is later


def test_only_a_withdrawal_during_the_procedure_is_recorded_as_such():
    assert {state for state in CertificationState if is_during_procedure(state)} == {CertificationState.REVOCATION_PROC}


@pytest.mark.parametrize("state", HELD)
def test_whoever_holds_a_certification_can_give_it_up_or_lose_it_with_the_membership(state):
    assert CERTIFICATION_LIFECYCLE.row_for(state, CertificationAct.WITHDRAW).by == "certification:apply"
    assert CERTIFICATION_LIFECYCLE.row_for(state, CertificationAct.LAPSE_WITH_MEMBERSHIP).makes == "lapsed_membership"
