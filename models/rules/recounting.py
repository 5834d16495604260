"""A running clock counted anew by a changed calendar or a changed term: only when somebody says so, and recorded (6.2, scenario 7.16)."""

from collections.abc import Sequence
from datetime import date, datetime

from models.rules.deadlines import ClockKind, DeadlinePolicy, DueDate, Term, Unit, due, due_by_term
from models.rules.taxonomy.severity import Severity
from models.rules.working_days import DESK_CLOSES, Calendar, in_japan

RECOUNTED = frozenset({"case", "exchange", "company"})
"""Whose clocks are counted anew. A day that a letter or a notice of hearing names stays as it was served."""

STAY = frozenset({ClockKind.SEND_HOLD})
"""The time in which a consulter may think again is never another one than she was told."""


def recounted_by_term(
    kind: ClockKind,
    *,
    started_at: datetime,
    due_at: datetime,
    severity: Severity | None,
    then: tuple[Calendar, DeadlinePolicy],
    now: tuple[Calendar, DeadlinePolicy],
    company_closures: Sequence[date] = (),
) -> DueDate | None:
    """The due date by the term and the calendar of now, or None where it stays.

    Only a clock that ends on the very day which its own term gives is counted anew. An extension that was granted, or a
    report that was sent back with a term of its own, ends on another day, and stays.
    """
    if kind in STAY or then[1].term(kind, severity) == now[1].term(kind, severity):
        return None

    def by(calendar: Calendar, policy: DeadlinePolicy) -> DueDate:
        return due(
            kind,
            from_=started_at,
            calendar=calendar,
            policy=policy,
            severity=severity,
            company_closures=company_closures,
        )

    if by(*then).due_at != due_at:
        return None
    found = by(*now)
    return None if found.due_at == due_at else found


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
