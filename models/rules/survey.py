"""The association's surveys of its certified companies: who has answered by its day, and who need not (domain 1.2, pledge 7)."""

from datetime import UTC, date, datetime, time, timedelta

from models.rules.deadlines import END_OF_DAY, DueDate
from models.rules.labelled import Labelled
from models.rules.pledge_standing import Survey
from models.rules.working_days import DESK_CLOSES, JST, Calendar, day_with_weekday


class SurveyRefusal(Labelled):
    """Why the days of a survey do not fit."""

    # fmt: off
    ENDS_BEFORE = "ends_before", "締切は、始まる日よりあとの日付にしてください。", "The last day must come after the first."
    IS_OVER     = "is_over",     "締切は、今日からあとの日付にしてください。",     "The last day must be today or later."
    TOO_LONG    = "too_long",    "締切は、始まる日から半年までにしてください。",   "A survey lasts half a year at most."
    DAY_OFF     = "day_off",     "締切は、協会の営業日にしてください。",           "The last day must be a working day of the association."
    # fmt: on


LONGEST = timedelta(days=183)


def refusal_of_days(asked_on: date, closes_on: date, *, today: date, calendar: Calendar) -> SurveyRefusal | None:
    """Why a survey cannot have these days.

    Whoever does not answer by the last day owes it as a matter of a request: nothing falls due on a day on which there
    is nobody to be asked.
    """
    if closes_on <= asked_on:
        return SurveyRefusal.ENDS_BEFORE
    if closes_on < today:
        return SurveyRefusal.IS_OVER
    if closes_on - asked_on > LONGEST:
        return SurveyRefusal.TOO_LONG
    return None if calendar.is_working_day(closes_on) else SurveyRefusal.DAY_OFF


def due_of_survey(closes_on: date, *, policy_version: str, calendar: Calendar) -> DueDate:
    """When an answer is due: at the end of the last day, which whoever opened the survey has said."""
    return DueDate(
        datetime.combine(closes_on, END_OF_DAY, JST).astimezone(UTC),
        policy_version,
        calendar.version,
        f"調査の締切の{day_with_weekday(closes_on)}が期限です。",
        f"Due by the end of {closes_on:%A %Y-%m-%d}, the last day of the survey.",
    )


def answered_at(answered_on: date, *, now: datetime) -> datetime:
    """The moment that an answer counts from, where only its day is noted: what a request gave until that day was kept.

    Requests fall due when the desk closes.
    """
    closed = datetime.combine(answered_on, time(DESK_CLOSES.hour, DESK_CLOSES.minute), JST).astimezone(UTC)
    return min(closed, now)


def standing_in_survey(*, answered_on: date | None, is_exempt: bool, closes_on: date, today: date) -> Survey:
    """Where one company stands towards one survey; an answer counts whenever it came."""
    if answered_on is not None:
        return Survey.ANSWERED
    if is_exempt:
        return Survey.EXEMPT
    return Survey.UNANSWERED if today > closes_on else Survey.ASKED
