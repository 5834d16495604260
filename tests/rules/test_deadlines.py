"""When each thing is due, and why (6.2, 6.3)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType

import pytest

from models.rules.deadlines import (
    BY_ITS_OWN_DAY,
    DEADLINE_POLICIES,
    ClockKind,
    ExtensionRefusal,
    Term,
    Unit,
    due,
    extended_due,
    extension_allowed,
    policy_at,
)
from models.rules.taxonomy.severity import Severity
from models.rules.working_days import DEFAULT_CALENDAR, JST

POLICY = DEADLINE_POLICIES[0]
FRIDAY = datetime(2026, 12, 25, 11, 0, tzinfo=JST)


def when(kind, *, from_=FRIDAY, severity=None, policy=POLICY, closures=()):
    return due(
        kind, from_=from_, calendar=DEFAULT_CALENDAR, policy=policy, severity=severity, company_closures=closures
    )


def at_five(year, month, day):
    return datetime(year, month, day, 17, 0, tzinfo=JST)


# fmt: off
@pytest.mark.parametrize(("kind", "due_at"), [
    (ClockKind.ACKNOWLEDGE_CONSULTER, at_five(2027, 1, 4)),
    (ClockKind.ACKNOWLEDGE_OUTER,     at_five(2027, 1, 7)),
    (ClockKind.CONSULTER_ANSWER,      at_five(2027, 1, 29)),
    (ClockKind.CONSENT_ANSWER,        at_five(2027, 1, 29)),
    (ClockKind.ROUTE,                 at_five(2026, 12, 28)),
    (ClockKind.OFFICER_ACK,           at_five(2027, 1, 5)),
    (ClockKind.INITIAL_REPORT,        at_five(2027, 1, 15)),
    (ClockKind.FINAL_REPORT,          at_five(2027, 2, 15)),
    (ClockKind.REVIEW,                at_five(2027, 1, 7)),
    (ClockKind.FEEDBACK,              at_five(2027, 1, 7)),
    (ClockKind.ADVICE,                at_five(2027, 1, 15)),
    (ClockKind.VACANCY,               at_five(2027, 1, 15)),
    (ClockKind.REQUEST_E1,            at_five(2027, 1, 7)),
    (ClockKind.REQUEST_E2,            at_five(2027, 1, 7)),
    (ClockKind.REQUEST_E3,            at_five(2027, 1, 15)),
    (ClockKind.REQUEST_E3_PROOF,      at_five(2027, 2, 15)),
    (ClockKind.REQUEST_E4,            at_five(2027, 1, 15)),
    (ClockKind.STOP_USE,              at_five(2027, 1, 29)),
])
def test_a_clock_of_business_days_is_due_when_the_desk_closes_on_its_last(kind, due_at):
    assert when(kind).due_at == due_at
    assert when(kind).due_at.tzinfo is UTC
# fmt: on


# fmt: off
@pytest.mark.parametrize(("kind", "day"), [
    (ClockKind.PROGRESS_NOTE,     date(2027, 1, 24)),
    (ClockKind.FEEDBACK_OUTER,    date(2027, 3, 25)),
    (ClockKind.OBJECTION,         date(2027, 1, 8)),
    (ClockKind.RETALIATION_WATCH, date(2027, 12, 25)),
    (ClockKind.REOPEN,            date(2027, 12, 25)),
    (ClockKind.RECEIPT_VALID,     date(2027, 12, 25)),
    (ClockKind.PUBLICATION,       date(2027, 12, 25)),
    (ClockKind.LEAK_SPEEDY_GOAL,  date(2026, 12, 27)),
    (ClockKind.LEAK_SPEEDY,       date(2026, 12, 29)),
    (ClockKind.LEAK_FINAL,        date(2027, 1, 23)),
    (ClockKind.LEAK_FINAL_WRONGFUL, date(2027, 2, 22)),
])
def test_calendar_days_and_months_ignore_closures_and_last_to_the_end_of_the_day(kind, day):
    assert when(kind).day == day
    assert when(kind).due_at == datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=JST)
# fmt: on


@pytest.mark.parametrize("kind", [kind for kind in ClockKind if kind not in BY_ITS_OWN_DAY])
def test_every_clock_has_a_term_and_explains_its_due_date_in_both_languages(kind):
    found = when(kind)
    assert found.due_at > FRIDAY
    assert (found.policy_version, found.calendar_version) == (POLICY.version, DEFAULT_CALENDAR.version)
    assert str(found.day.day) in found.explanation("ja")
    assert f"{found.day:%Y-%m-%d}" in found.explanation("en")


def test_the_screen_explains_why_a_case_routed_before_new_year_is_due_on_the_fifth():
    found = when(ClockKind.OFFICER_ACK)
    assert found.day == date(2027, 1, 5)
    assert found.explanation("ja") == (
        "2026年12月25日(金)の翌営業日から数えて3営業日目の2027年1月5日(火)17:00が期限です。"
        "土日、12月29日〜1月3日(年末年始の休業)は数えません。"
    )
    assert found.explanation("en") == (
        "Due Tuesday 2027-01-05 at 17:00: 3 business day(s) after Friday 2026-12-25. "
        "Not counted: weekends, 12-29 to 01-03 (year-end closure)."
    )


def test_nothing_is_said_of_days_off_where_there_were_none():
    monday = datetime(2026, 12, 7, 11, 0, tzinfo=JST)
    assert when(ClockKind.OFFICER_ACK, from_=monday).explanation("ja").endswith("期限です。")


def test_the_explanation_names_the_companys_own_closure():
    found = when(ClockKind.OFFICER_ACK, closures=[date(2027, 1, 4)])
    assert found.day == date(2027, 1, 6)
    assert "1月4日(会社の休業日)" in found.explanation("ja")


def test_the_explanation_leaves_out_the_companys_closures_beyond_the_third():
    found = when(ClockKind.OFFICER_ACK, closures=[date(2027, 1, day) for day in range(4, 9)])
    assert found.day == date(2027, 1, 8)
    assert "1月4日〜1月6日(会社の休業日)" in found.explanation("ja")


# fmt: off
@pytest.mark.parametrize(("severity", "due_at"), [
    (None,              at_five(2026, 12, 28)),
    (Severity.LOW,      at_five(2027, 1, 5)),
    (Severity.MODERATE, at_five(2027, 1, 4)),
    (Severity.HIGH,     at_five(2026, 12, 28)),
    (Severity.CRITICAL, FRIDAY + timedelta(hours=1)),
])
def test_triage_is_due_by_severity(severity, due_at):
    assert when(ClockKind.TRIAGE, severity=severity).due_at == due_at
# fmt: on


def test_a_critical_case_at_night_is_due_in_the_first_hour_of_the_desk():
    night = datetime(2026, 12, 25, 2, 40, tzinfo=JST)
    assert when(ClockKind.TRIAGE, from_=night, severity=Severity.CRITICAL).due_at == FRIDAY


def test_a_copy_waits_a_day_before_it_is_sent_unless_the_case_is_grave():
    held = [when(ClockKind.SEND_HOLD, severity=severity).due_at - FRIDAY for severity in Severity]
    assert held == [timedelta(days=1), timedelta(days=1), timedelta(0), timedelta(0)]


def test_an_explanation_has_fourteen_days_or_ten_business_days_if_that_is_later():
    ordinary = datetime(2026, 12, 3, 11, 0, tzinfo=JST)
    assert when(ClockKind.EXPLANATION, from_=ordinary).day == date(2026, 12, 17)
    assert when(ClockKind.EXPLANATION, from_=FRIDAY).day == date(2027, 1, 15)


def test_a_future_row_takes_over_on_its_day_and_no_earlier():
    officer_in_two = {**POLICY.clocks, ClockKind.OFFICER_ACK: Term(2, Unit.BUSINESS_DAYS)}
    later = replace(POLICY, version="2027-04", valid_from=date(2027, 4, 1), clocks=MappingProxyType(officer_in_two))
    rows = (later, POLICY)
    last_moment = datetime(2027, 3, 31, 23, 59, tzinfo=JST)
    assert policy_at(last_moment, rows) is POLICY
    assert policy_at(last_moment + timedelta(minutes=1), rows) is later
    assert policy_at(datetime(2027, 3, 31, 15, 0, tzinfo=UTC), rows) is later, "midnight is that of Japan"
    assert when(ClockKind.OFFICER_ACK, policy=later).policy_version == "2027-04"
    assert when(ClockKind.OFFICER_ACK, policy=later).day < when(ClockKind.OFFICER_ACK).day


def test_before_the_first_row_the_first_row_holds():
    assert policy_at(datetime(2020, 1, 1, tzinfo=UTC)) is POLICY


def extension(**changed):
    due_at = when(ClockKind.FINAL_REPORT).due_at
    asked = {"granted": 0, "asked_at": due_at, "due_at": due_at, "reason_given": True, "business_days": 20}
    return extension_allowed(**{**asked, **changed}, policy=POLICY)


def test_a_report_may_be_extended_once_when_asked_with_a_reason_on_the_due_day():
    assert extension()
    assert extension(asked_at=datetime(2027, 2, 15, 23, 0, tzinfo=JST)), "the day counts, not the hour"


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"granted": 1}, ExtensionRefusal.ALREADY_EXTENDED),
        ({"asked_at": datetime(2027, 2, 16, 0, 1, tzinfo=JST)}, ExtensionRefusal.AFTER_DUE_DAY),
        ({"reason_given": False}, ExtensionRefusal.NO_REASON),
        ({"business_days": 21}, ExtensionRefusal.TOO_LONG),
        ({"business_days": 0}, ExtensionRefusal.TOO_LONG),
    ],
)
def test_an_extension_is_refused_with_its_reason(changed, why):
    refusal = extension(**changed)
    assert not refusal
    assert ExtensionRefusal(refusal.reason) is why


def test_an_extension_counts_from_the_old_due_date():
    old = when(ClockKind.FINAL_REPORT).due_at
    new = extended_due(old, business_days=2, calendar=DEFAULT_CALENDAR, policy=POLICY)
    assert new.due_at == at_five(2027, 2, 17)
