"""How long an alarm about danger repeats until somebody says that it was heard: dated rows (domain 7.35)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models.rules.dated import row_at


@dataclass(frozen=True, slots=True)
class AlarmPolicy:
    """The rhythm that holds from a day on, until a later row takes over."""

    version: str
    valid_from: date
    repeat_every: timedelta
    escalate_after: timedelta
    """From then on the managers are woken as well, at every repetition."""


# A change is a new row with its own day; a row that has been in force is never edited.
# fmt: off
ALARM_POLICIES: tuple[AlarmPolicy, ...] = (
    AlarmPolicy("2025-10", date(2025, 10, 1), repeat_every=timedelta(minutes=10), escalate_after=timedelta(minutes=30)),
)
# fmt: on


def alarm_policy_at(moment: datetime, policies: Iterable[AlarmPolicy] = ALARM_POLICIES) -> AlarmPolicy:
    """The row in force at a moment."""
    return row_at(moment, policies)


def goes_to_the_manager(*, raised_at: datetime, now: datetime, policy: AlarmPolicy) -> bool:
    """Whether an alarm that nobody has heard is the managers' as well by now."""
    return now - raised_at >= policy.escalate_after
