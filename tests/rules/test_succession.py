"""The table of successions: every case has its line, and no line gives a certification to whom had none."""

from __future__ import annotations

from datetime import date

import pytest

from models.rules.succession import (
    SUCCESSION_POLICIES,
    After,
    MergerCase,
    SuccessionKind,
    SuccessionRefusal,
    absorbs,
    merger_case,
    refusal_of_day,
)


def test_every_version_of_the_table_has_a_line_for_each_case() -> None:
    for policy in SUCCESSION_POLICIES:
        assert set(policy.rules) == set(MergerCase)


@pytest.mark.parametrize("kind", SuccessionKind)
@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("after", [True, False])
def test_a_succession_certifies_nobody_and_ends_nothing_of_a_survivor(
    kind: SuccessionKind, *, before: bool, after: bool
) -> None:
    for policy in SUCCESSION_POLICIES:
        rule = policy.rules[merger_case(kind, before_certified=before, after_certified=after)]
        if absorbs(kind):
            assert (rule.before is After.ENDS) == before
            assert (rule.after in (After.CONTINUES, After.SCOPE)) == after
            assert (rule.after is After.SCOPE) == (after and not before)
        else:
            assert (rule.before, rule.after) == (After.CONTINUES, After.OWN)


@pytest.mark.parametrize(
    ("day", "refusal"),
    [
        (date(2026, 12, 1), None),
        (date(2024, 4, 1), SuccessionRefusal.TOO_FAR),
        (date(2028, 12, 1), SuccessionRefusal.TOO_FAR),
        (date(2026, 4, 1), SuccessionRefusal.BEFORE_JOINING),
        (date(2026, 4, 2), None),
    ],
)
def test_the_day_lies_within_a_year_and_after_the_company_joined(day: date, refusal: SuccessionRefusal | None) -> None:
    assert refusal_of_day(day, today=date(2026, 11, 27), member_from=date(2026, 4, 1)) is refusal
