"""What is kept is kept as long as it was promised, and not a day less."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.retention import (
    RETENTION,
    CountedFrom,
    DataKind,
    EndedCase,
    RetentionRule,
    Then,
    case_kept_until,
    consent_record_until,
    kept_until,
    months_after,
    rule_on,
)
from models.rules.taxonomy.outcome import KEPT_SHORTER, Outcome

TODAY = date(2026, 11, 22)
days = st.dates(date(2000, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(
    ("kind", "months", "then"),
    [
        (DataKind.CASE_CONTENT, 60, Then.DESTROY_CASE_KEY),
        (DataKind.IDENTITY, 60, Then.DESTROY_IDENTITY_KEY),
        (DataKind.SHORT_CASE, 12, Then.DESTROY_CASE_KEY),
        (DataKind.DRAFT, 0, Then.NEVER_STORED),
        (DataKind.COMPANY_FILE, 120, Then.REVIEW),
        (DataKind.RESOLUTION, 120, Then.REVIEW),
        (DataKind.REVOCATION, None, Then.KEPT),
        (DataKind.AUDIT_LOG, 60, Then.ROLL),
        (DataKind.TECHNICAL_LOG, 13, Then.ROLL),
        (DataKind.CONSENT_RECORD, 36, Then.DESTROY_WITH_CASE),
        (DataKind.STATISTICS, None, Then.KEPT),
        (DataKind.RECEIPT, 12, Then.KILL),
    ],
)
def test_the_table_says_what_the_associations_sheet_says(kind: DataKind, months: int | None, then: Then) -> None:
    rule = rule_on(kind, TODAY)
    assert (rule.months, rule.then) == (months, then)


CLOSED = date(2026, 4, 10)
DUPLICATE = EndedCase(CLOSED, Outcome.DUPLICATE)


@pytest.mark.parametrize(
    ("survivor", "until"),
    [
        (None, date(2027, 4, 10)),
        (EndedCase(date(2027, 9, 1), Outcome.IMPROVED), date(2032, 9, 1)),
        (EndedCase(date(2027, 9, 1), Outcome.ADVICE), date(2028, 9, 1)),
        (EndedCase(None, None), None),
    ],
)
def test_what_went_up_in_another_case_goes_when_that_one_goes(survivor: EndedCase | None, until: date | None) -> None:
    """7.18: the retention follows the one that goes on."""
    assert case_kept_until(DUPLICATE, went_up_in=survivor) == until


def test_a_case_is_kept_by_how_it_ended() -> None:
    assert case_kept_until(EndedCase(CLOSED, Outcome.RESOLVED)) == date(2031, 4, 10)
    assert {outcome for outcome in Outcome if EndedCase(CLOSED, outcome).kind is DataKind.SHORT_CASE} == KEPT_SHORTER


def test_every_kind_has_a_rule_today() -> None:
    assert {rule_on(kind, TODAY).kind for kind in DataKind} == set(DataKind)


def test_a_kind_without_a_rule_on_the_day_is_said_and_not_guessed() -> None:
    with pytest.raises(LookupError, match="receipt"):
        rule_on(DataKind.RECEIPT, date(2025, 9, 30))


def test_a_later_rule_holds_from_its_day_and_not_before() -> None:
    longer = RetentionRule(DataKind.RECEIPT, date(2027, 4, 1), 24, CountedFrom.CLOSURE, Then.KILL)
    rules = (longer, *RETENTION)
    assert rule_on(DataKind.RECEIPT, date(2027, 3, 31), rules=rules).months == 12
    assert rule_on(DataKind.RECEIPT, date(2027, 4, 1), rules=rules).months == 24


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 11, 22), 60, date(2031, 11, 22)),
        (date(2028, 2, 29), 12, date(2029, 3, 1)),
        (date(2027, 1, 31), 1, date(2027, 3, 1)),
        (date(2026, 12, 31), 2, date(2027, 3, 1)),
        (date(2026, 12, 1), 13, date(2028, 1, 1)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)),
        (date(2026, 10, 31), 1, date(2026, 12, 1)),
        (date(2026, 5, 5), 0, date(2026, 5, 5)),
    ],
)
def test_a_term_of_months_ends_as_the_civil_code_counts(start: date, months: int, end: date) -> None:
    assert months_after(start, months) == end


@given(days, st.integers(0, 240))
def test_a_longer_term_never_ends_earlier(start: date, months: int) -> None:
    assert start <= months_after(start, months) <= months_after(start, months + 1)


@given(days, st.integers(1, 240))
def test_a_term_of_months_is_within_three_days_of_the_corresponding_day(start: date, months: int) -> None:
    end = months_after(start, months)
    assert end.day == start.day or (end.day == 1 and (end - timedelta(days=1)).day < start.day)


def test_a_case_is_kept_to_the_last_day_and_due_on_the_next() -> None:
    assert kept_until(rule_on(DataKind.CASE_CONTENT, TODAY), date(2026, 11, 22)) == date(2031, 11, 22)


def test_a_hold_is_for_what_was_written_and_for_the_name_and_a_receipt_knows_none() -> None:
    held = {rule.kind for rule in RETENTION if rule.may_be_held}
    assert held == {DataKind.CASE_CONTENT, DataKind.SHORT_CASE, DataKind.IDENTITY}


def test_what_is_permanent_is_never_due() -> None:
    assert kept_until(rule_on(DataKind.REVOCATION, TODAY), date(1990, 1, 1)) is None


def test_a_consent_record_lives_as_long_as_its_case_and_three_years_at_least() -> None:
    rule = rule_on(DataKind.CONSENT_RECORD, TODAY)
    recorded = date(2026, 11, 22)
    assert consent_record_until(rule, recorded=recorded, case_kept_until=date(2031, 11, 22)) == date(2031, 11, 22)
    assert consent_record_until(rule, recorded=recorded, case_kept_until=date(2027, 11, 22)) == date(2029, 11, 22)
    assert consent_record_until(rule, recorded=recorded, case_kept_until=None) is None
