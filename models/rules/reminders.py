"""On which days an officer is reminded of what is due (E0; domain sections 6.3 and 6.4).

What may stand in a mail: ``mail_kinds`` and ``mail_words``.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from models.rules.labelled import Labelled
from models.rules.working_days import DESK_OPENS, JST, Calendar, in_japan


class ReminderKind(Labelled):
    """A reminder to the officer, by its distance from the due day (6.3)."""

    # fmt: off
    BEFORE   = "before",   "期限の2営業日前", "2 business days before"
    DUE_DAY  = "due_day",  "期限の日",        "on the due day"
    AFTER_1  = "after_1",  "期限の1営業日後", "1 business day after"
    AFTER_3  = "after_3",  "期限の3営業日後", "3 business days after"
    # fmt: on


_RHYTHM = (
    (ReminderKind.BEFORE, -2),
    (ReminderKind.DUE_DAY, 0),
    (ReminderKind.AFTER_1, 1),
    (ReminderKind.AFTER_3, 3),
)


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder and the moment (UTC) from which it is to be sent."""

    kind: ReminderKind
    at: datetime


def reminders_for(due_at: datetime, calendar: Calendar) -> tuple[Reminder, ...]:
    """The four reminders for a due date, each at the opening of the desk on its day."""
    day = in_japan(due_at).date()
    return tuple(
        Reminder(kind, datetime.combine(calendar.shift_working_days(day, steps), DESK_OPENS, JST).astimezone(UTC))
        for kind, steps in _RHYTHM
    )
