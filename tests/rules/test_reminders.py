"""The four reminders around a due day (6.3, 7.5)."""

from datetime import date, datetime

from models.rules.reminders import ReminderKind, reminders_for
from models.rules.working_days import DEFAULT_CALENDAR, JST


def test_reminders_go_two_days_before_on_the_day_and_one_and_three_days_after():
    found = reminders_for(datetime(2027, 1, 5, 17, 0, tzinfo=JST), DEFAULT_CALENDAR)
    assert [(reminder.kind, reminder.at.astimezone(JST).date()) for reminder in found] == [
        (ReminderKind.BEFORE, date(2026, 12, 28)),
        (ReminderKind.DUE_DAY, date(2027, 1, 5)),
        (ReminderKind.AFTER_1, date(2027, 1, 6)),
        (ReminderKind.AFTER_3, date(2027, 1, 8)),
    ]
    assert {reminder.at.astimezone(JST).hour for reminder in found} == {10}
