"""A clock that stood still goes on with what was left of it (domain sections 6.1 and 6.3: paused for the desk)."""

from dataclasses import replace
from datetime import UTC, date, datetime

from models.rules.deadlines import DueDate, Term, Unit
from models.rules.working_days import JST, Calendar, in_japan


def start_after_pause(
    *, started_at: datetime, paused_at: datetime, resumed_at: datetime, term: Term, calendar: Calendar
) -> datetime:
    """The moment from which a clock counts its whole term so that it ends when what was left of it ends.

    What stood still is measured as the term is: in working days (a pause that begins or ends while nobody is at the desk
    counts from when somebody is), in desk time, or by the clock on the wall. A clock that was overdue stays as overdue.
    """
    if resumed_at <= paused_at:
        return started_at
    match term.unit:
        case Unit.BUSINESS_DAYS:
            return _moved_on(started_at, paused_at, resumed_at, calendar)
        case Unit.DESK_HOURS:
            stood_still = calendar.desk_time_between(paused_at, resumed_at)
            return calendar.add_desk_time(started_at, stood_still).astimezone(UTC)
        case Unit.CALENDAR_DAYS | Unit.DAYS_WITH_THE_FIRST | Unit.MONTHS | Unit.HOURS:
            return started_at + (resumed_at - paused_at)


def _moved_on(started_at: datetime, paused_at: datetime, resumed_at: datetime, calendar: Calendar) -> datetime:
    first, last = calendar.desk_time(paused_at).date(), calendar.desk_time(resumed_at).date()
    here = in_japan(started_at)
    day = calendar.shift_working_days(here.date(), calendar.working_days_between(first, last))
    return datetime.combine(day, here.time(), JST).astimezone(UTC)


def explained_with_pause(found: DueDate, *, paused_at: datetime, resumed_at: datetime) -> DueDate:
    """The same day with its reason: the day from which it was counted anew would be a day on which nothing happened."""
    first, last, ends = in_japan(paused_at), in_japan(resumed_at), in_japan(found.due_at)
    return replace(
        found,
        explanation_ja=(
            f"{_ja(first.date())}から{_ja(last.date())}までは止まっていたので数えません。"
            f"残っていた期間を数えた{_ja(ends.date())}{ends:%H:%M}が期限です。"
        ),
        explanation_en=(
            f"Stood still from {first:%Y-%m-%d} to {last:%Y-%m-%d}, which is not counted; "
            f"what was left ends on {ends:%A %Y-%m-%d} at {ends:%H:%M}."
        ),
    )


def _ja(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
