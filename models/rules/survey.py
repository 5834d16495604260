"""The association's surveys of its certified companies: who has answered by its day, and who need not (domain 1.2, pledge 7)."""

from datetime import date, timedelta

from models.rules.labelled import Labelled
from models.rules.pledge_standing import Survey


class SurveyRefusal(Labelled):
    """Why the days of a survey do not fit."""

    # fmt: off
    ENDS_BEFORE = "ends_before", "締切は、始まる日よりあとの日付にしてください。", "The last day must come after the first."
    IS_OVER     = "is_over",     "締切は、今日からあとの日付にしてください。",     "The last day must be today or later."
    TOO_LONG    = "too_long",    "締切は、始まる日から半年までにしてください。",   "A survey lasts half a year at most."
    # fmt: on


LONGEST = timedelta(days=183)


def refusal_of_days(asked_on: date, closes_on: date, *, today: date) -> SurveyRefusal | None:
    """Why a survey cannot have these days."""
    if closes_on <= asked_on:
        return SurveyRefusal.ENDS_BEFORE
    if closes_on < today:
        return SurveyRefusal.IS_OVER
    return SurveyRefusal.TOO_LONG if closes_on - asked_on > LONGEST else None


def standing_in_survey(*, answered_on: date | None, is_exempt: bool, closes_on: date, today: date) -> Survey:
    """Where one company stands towards one survey; an answer counts whenever it came."""
    if answered_on is not None:
        return Survey.ANSWERED
    if is_exempt:
        return Survey.EXEMPT
    return Survey.UNANSWERED if today > closes_on else Survey.ASKED
