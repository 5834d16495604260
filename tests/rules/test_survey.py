"""Where a company stands towards a survey, and which days a survey may have."""

from __future__ import annotations

from datetime import date

import pytest

from models.rules.pledge_standing import Survey
from models.rules.survey import SurveyRefusal, refusal_of_days, standing_in_survey

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
])  # fmt: skip
def test_a_survey_lasts_from_a_day_to_a_later_one(asked_on, closes_on, refusal):
    assert refusal_of_days(asked_on, closes_on, today=date(2026, 11, 24)) is refusal
