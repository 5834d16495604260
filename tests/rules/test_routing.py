"""A matter goes to the officer, else the deputy, else the representative, and never past a conflict."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.people import Role, SeatKind
from models.rules.routing import ORDER, Addressee, Candidate, Hold, HoldReason, addressee

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=400)
YESTERDAY = NOW - timedelta(days=1)
TOMORROW = NOW + timedelta(days=1)


def registered(
    person: str, role: Role, *, since: datetime = LONG_AGO, to: datetime | None = None, verified: bool = True
) -> Candidate:
    return Candidate(person, role, since, to, verified)


OFFICER = registered("officer", Role.OFFICER)
DEPUTY = registered("deputy", Role.DEPUTY)
REPRESENTATIVE = registered("representative", Role.REPRESENTATIVE)
COMPANY = (REPRESENTATIVE, DEPUTY, OFFICER)


def addressed(*candidates: Candidate, excluded: frozenset[str] = frozenset()) -> Addressee:
    found = addressee(candidates, excluded=excluded, now=NOW)
    assert isinstance(found, Addressee)
    return found


def test_the_officer_is_addressed_first() -> None:
    found = addressed(*COMPANY)
    assert (found.person_ids, found.via, found.seat) == (("officer",), Role.OFFICER, SeatKind.COMPANY_OFFICE)
    assert found.vacancies == frozenset()
    assert not found.asks_the_consulter_first
    assert found.office_is_safe


def test_an_officer_who_left_yesterday_is_followed_by_the_deputy_and_the_vacancy_is_told() -> None:
    left = registered("officer", Role.OFFICER, to=YESTERDAY)
    found = addressed(left, DEPUTY, REPRESENTATIVE)
    assert (found.person_ids, found.via) == (("deputy",), Role.DEPUTY)
    assert found.vacancies == {Role.OFFICER}
    assert not found.asks_the_consulter_first


def test_who_has_not_confirmed_that_she_serves_is_passed_over_for_whoever_has() -> None:
    silent = replace(OFFICER, is_unconfirmed=True)
    found = addressed(silent, DEPUTY, REPRESENTATIVE)
    assert (found.person_ids, found.via, found.vacancies) == (("deputy",), Role.DEPUTY, frozenset())
    assert addressed(silent, replace(DEPUTY, is_unconfirmed=True), REPRESENTATIVE).via is Role.REPRESENTATIVE
    everybody = [replace(one, is_unconfirmed=True) for one in COMPANY]
    assert addressed(*everybody).via is Role.OFFICER, "nobody's silence keeps a matter back"
    assert addressed(silent, DEPUTY, excluded=frozenset({"deputy"})).via is Role.OFFICER
    away = replace(OFFICER, is_away=True)
    assert addressed(away, replace(DEPUTY, is_unconfirmed=True)).via is Role.OFFICER


def test_with_officer_and_deputy_vacant_the_representative_is_addressed() -> None:
    found = addressed(REPRESENTATIVE)
    assert (found.via, found.seat) == (Role.REPRESENTATIVE, SeatKind.COMPANY_REPRESENTATIVE)
    assert found.vacancies == {Role.OFFICER, Role.DEPUTY}


@pytest.mark.parametrize(
    "candidate",
    [
        registered("officer", Role.OFFICER, verified=False),
        registered("officer", Role.OFFICER, since=TOMORROW),
        registered("officer", Role.OFFICER, to=NOW),
    ],
    ids=["unverified", "not yet begun", "ends this moment"],
)
def test_a_registration_that_does_not_hold_is_a_vacancy(candidate: Candidate) -> None:
    assert addressed(candidate, DEPUTY).via is Role.DEPUTY


def test_a_term_that_begins_this_moment_holds() -> None:
    assert addressed(registered("officer", Role.OFFICER, since=NOW, to=TOMORROW)).via is Role.OFFICER


def test_an_excluded_officer_is_passed_over_and_the_consulter_is_asked_first() -> None:
    found = addressed(*COMPANY, excluded=frozenset({"officer"}))
    assert found.person_ids == ("deputy",)
    assert found.passed_over == {"officer"}
    assert found.asks_the_consulter_first
    assert found.vacancies == frozenset()


def test_the_office_is_not_given_a_key_that_an_excluded_holder_would_share() -> None:
    assert not addressed(*COMPANY, excluded=frozenset({"officer"})).office_is_safe
    assert not addressed(*COMPANY, excluded=frozenset({"deputy"})).office_is_safe
    assert addressed(*COMPANY, excluded=frozenset({"officer", "deputy"})).office_is_safe


def test_a_conflict_that_does_not_touch_the_address_asks_nobody() -> None:
    assert not addressed(*COMPANY, excluded=frozenset({"representative"})).asks_the_consulter_first


def test_a_person_excluded_in_one_role_is_excluded_in_the_other() -> None:
    also_representative = registered("officer", Role.REPRESENTATIVE)
    found = addressee([OFFICER, also_representative], excluded=frozenset({"officer"}), now=NOW)
    assert isinstance(found, Hold)
    assert found.reason is HoldReason.CONFLICTED


def test_two_officers_are_addressed_together_and_one_remains_when_the_other_is_excluded() -> None:
    second = registered("second officer", Role.OFFICER)
    assert addressed(OFFICER, second).person_ids == ("officer", "second officer")
    assert addressed(OFFICER, second, excluded=frozenset({"officer"})).person_ids == ("second officer",)


def test_nobody_registered_is_a_hold_for_vacancy() -> None:
    found = addressee([], excluded=frozenset(), now=NOW)
    assert isinstance(found, Hold)
    assert found.reason is HoldReason.VACANT
    assert found.vacancies == set(ORDER)


def test_a_contact_in_another_role_is_never_addressed() -> None:
    found = addressee([registered("a member's mail contact", Role.ADMIN)], excluded=frozenset(), now=NOW)
    assert isinstance(found, Hold)


moments = st.sampled_from([LONG_AGO, YESTERDAY, NOW, TOMORROW])
candidates = st.builds(
    Candidate, st.sampled_from("abcd"), st.sampled_from(ORDER), moments, st.none() | moments, st.booleans()
)


@given(st.lists(candidates, max_size=6), st.frozensets(st.sampled_from("abcd")))
def test_whoever_is_registered_the_address_holds_no_conflict_and_skips_no_earlier_role(
    company: list[Candidate], excluded: frozenset[str]
) -> None:
    found = addressee(company, excluded=excluded, now=NOW)
    usable = {c.role for c in company if c.is_valid(NOW) and c.person_id not in excluded}
    if isinstance(found, Hold):
        assert not usable
        return
    assert found.person_ids
    assert not set(found.person_ids) & excluded
    assert found.via is min(usable, key=ORDER.index)
    assert found.passed_over <= excluded
