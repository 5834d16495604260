"""What follows from the day on which a company was told, by Japan's calendar and the version of the act of that day."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from models.rules.after_telling import is_reminded, reminded_until, word_of_an_inquiry
from models.rules.working_days import JST, Calendar

CALENDAR = Calendar("japan")
TOLD = datetime(2026, 11, 30, 15, 30, tzinfo=UTC)  # The first of December in Japan.


@pytest.mark.parametrize(
    ("now", "is_over"),
    [
        (datetime(2026, 12, 1, 12, tzinfo=JST), False),
        (datetime(2026, 12, 21, 23, 58, tzinfo=JST), False),
        (datetime(2026, 12, 22, 0, 0, tzinfo=JST), True),
    ],
)
def test_the_twenty_days_are_calendar_days_of_japan_and_the_last_one_still_counts(now: datetime, is_over: bool) -> None:
    word = word_of_an_inquiry(TOLD, began_on=None, now=now, calendar=CALENDAR)
    assert (word.told_on, word.last_day, word.days) == (date(2026, 12, 1), date(2026, 12, 21), 20)
    assert (word.is_over, word.without_word) == (is_over, is_over)


def test_a_company_that_began_is_not_said_to_be_silent() -> None:
    later = datetime(2027, 3, 1, tzinfo=UTC)
    assert not word_of_an_inquiry(TOLD, began_on=date(2026, 12, 3), now=later, calendar=CALENDAR).without_word


def test_a_company_is_reminded_to_the_end_of_the_month_in_which_its_own_year_ends() -> None:
    assert reminded_until(TOLD, now=TOLD, calendar=CALENDAR) == date(2027, 12, 1)
    assert is_reminded(TOLD, now=datetime(2027, 12, 31, 23, 0, tzinfo=JST), calendar=CALENDAR)
    assert not is_reminded(TOLD, now=datetime(2028, 1, 1, 0, 0, tzinfo=JST), calendar=CALENDAR)
