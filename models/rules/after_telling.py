"""What follows from the day on which one company was told: until which month it is reminded, and the twenty days.

Source: domain, 2.3 and 7.46. Both are counted from what that company itself was told, and from nothing else of the case:
a company never learns from them whether, or when, another one was told. No legal conclusion is drawn here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from models.rules.deadlines import due_by_term
from models.rules.retaliation_watch import watch_end
from models.rules.whistleblower_act import ACT_RULES, ActRules, act_rules_at
from models.rules.working_days import Calendar, in_japan

CLOSED_UNHEARD = frozenset({"recalled", "rerouted", "consent_withdrawn", "withdrawn"})
"""An exchange that was taken back: nothing more is expected of that company, and no days are counted."""


def reminded_until(told_at: datetime, *, now: datetime, calendar: Calendar) -> date:
    """The month, as its first day, up to whose end a company is reminded that nobody may be treated worse."""
    last = in_japan(watch_end(told_at, now=now, calendar=calendar).ends_at).date()
    return last.replace(day=1)


def is_reminded(told_at: datetime, *, now: datetime, calendar: Calendar) -> bool:
    """Whether that month is not over."""
    today, until = in_japan(now).date(), reminded_until(told_at, now=now, calendar=calendar)
    return (today.year, today.month) <= (until.year, until.month)


@dataclass(frozen=True, slots=True)
class WordOfAnInquiry:
    """Whether a company that was told has said that it began, and the day on which the act's days are over."""

    told_on: date
    last_day: date
    began_on: date | None
    is_over: bool

    @property
    def days(self) -> int:
        """How many days the act gives."""
        return (self.last_day - self.told_on).days

    @property
    def without_word(self) -> bool:
        """The days are over, and nothing was heard of a beginning."""
        return self.is_over and self.began_on is None


def word_of_an_inquiry(
    told_at: datetime,
    *,
    began_on: date | None,
    now: datetime,
    calendar: Calendar,
    rules: Iterable[ActRules] = ACT_RULES,
) -> WordOfAnInquiry:
    """Calendar days by the version of the act that held when the company was told; the last day still counts."""
    act = act_rules_at(told_at, rules)
    ends = due_by_term(act.no_word_after, from_=told_at, calendar=calendar, policy_version=act.version).due_at
    return WordOfAnInquiry(in_japan(told_at).date(), in_japan(ends).date(), began_on, now > ends)
