"""A running clock counted anew by a changed calendar: only when somebody says so, and recorded (scenario 7.16)."""

from collections.abc import Sequence
from datetime import date, datetime

from models.rules.deadlines import DueDate, Term, Unit, due_by_term
from models.rules.working_days import DESK_CLOSES, Calendar, in_japan

RECOUNTED = frozenset({"case", "exchange", "company"})
"""Whose clocks are counted anew. A day that a letter or a notice of hearing names stays as it was served."""


def recounted(
    *,
    started_at: datetime,
    due_at: datetime,
    then: Calendar,
    now: Calendar,
    policy_version: str,
    company_closures: Sequence[date] = (),
) -> DueDate | None:
    """The due date by the calendar of now, or None where it stays.

    The term is read off the clock itself: as many business days as lay between its beginning and its end by the
    calendar that it was counted by. So an extension that was granted, or a severity that only a key opens, is kept.
    Clocks of calendar days, months and hours pass over nothing, and stay.
    """
    ends = in_japan(due_at)
    if ends.time() != DESK_CLOSES or ends.date() <= in_japan(started_at).date():
        return None
    amount = then.working_days_until(started_at, ends.date(), company_closures)
    if amount is None:
        return None
    found = due_by_term(
        Term(amount, Unit.BUSINESS_DAYS),
        from_=started_at,
        calendar=now,
        policy_version=policy_version,
        company_closures=company_closures,
    )
    return None if found.due_at == due_at else found
