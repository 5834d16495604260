"""Where a company stands towards a survey, and which days a survey may have."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from models.rules.pledge_standing import Survey
from models.rules.survey import SurveyRefusal, answered_at, due_of_survey, refusal_of_days, standing_in_survey
from models.rules.working_days import DEFAULT_CALENDAR, JST

CLOSES = date(2026, 12, 10)


@pytest.mark.parametrize(("answered_on", "is_exempt", "today", "standing"), [
    (None, False, CLOSES, Survey.ASKED),
    (None, False, date(2026, 12, 11), Survey.UNANSWERED),
    (None, True, date(2026, 12, 11), Survey.EXEMPT),
    (CLOSES, False, date(2026, 12, 11), Survey.ANSWERED),
    (date(2026, 12, 20), False, date(2026, 12, 21), Survey.ANSWERED),
])  # fmt: skip
def test_a_company_stands_as_it_answered(answered_on, is_exempt, today, standing):
    found = standing_in_survey(answered_on=answered_on, is_exempt=is_exempt, closes_on=CLOSES, today=today)
    assert found is standing


@pytest.mark.parametrize(("asked_on", "closes_on", "refusal"), [
    (date(2026, 11, 24), CLOSES, None),
    (CLOSES, CLOSES, SurveyRefusal.ENDS_BEFORE),
    (date(2026, 10, 1), date(2026, 11, 23), SurveyRefusal.IS_OVER),
    (date(2026, 11, 24), date(2027, 6, 1), SurveyRefusal.TOO_LONG),
    (date(2026, 11, 24), date(2026, 12, 12), SurveyRefusal.DAY_OFF),
    (date(2026, 11, 24), date(2026, 12, 30), SurveyRefusal.DAY_OFF),
    (date(2026, 11, 24), date(2027, 1, 11), SurveyRefusal.DAY_OFF),
])  # fmt: skip
def test_a_survey_lasts_from_a_day_to_a_later_one(asked_on, closes_on, refusal):
    assert refusal_of_days(asked_on, closes_on, today=date(2026, 11, 24), calendar=DEFAULT_CALENDAR) is refusal


def test_an_answer_is_due_at_the_end_of_the_day_that_was_said():
    due = due_of_survey(CLOSES, policy_version="2025-10", calendar=DEFAULT_CALENDAR)
    assert due.due_at == datetime(2026, 12, 10, 23, 59, 59, tzinfo=JST)
    assert due.explanation("ja") == "調査の締切の2026年12月10日(木)が期限です。"
    assert due.explanation("en") == "Due by the end of Thursday 2026-12-10, the last day of the survey."


def test_an_answer_of_which_the_day_is_noted_keeps_what_falls_due_that_day():
    later = datetime(2026, 12, 14, 9, 0, tzinfo=JST)
    assert answered_at(CLOSES, now=later) == datetime(2026, 12, 10, 17, 0, tzinfo=JST)
    same_morning = datetime(2026, 12, 10, 9, 0, tzinfo=JST)
    assert answered_at(CLOSES, now=same_morning) == same_morning
