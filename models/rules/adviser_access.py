"""An external adviser (外部助言者), such as a lawyer: which part of one case may be shown, for how long, and how it ends.

Source: domain, 1.1 (A12: per case, time-boxed, logged, off by default). Nothing is shown to anybody before it was asked
for one part of one case, and the consulter said yes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from models.rules.dated import row_at
from models.rules.labelled import Labelled
from models.rules.people import CompartmentKind
from models.rules.working_days import JST, in_japan

# What the consulter's own receipt opens, and so what her yes can hand on; never the identity, which opens to the
# registered handlers alone. Desk notes, reports and the company's file are not hers to show.
MAY_BE_SHOWN = (CompartmentKind.NARRATIVE, CompartmentKind.HEALTH, CompartmentKind.FORWARDED)


class AdviceSought(Labelled):
    """Why an adviser is asked."""

    # fmt: off
    LAW    = "law",    "法律のこと",           "A question of law"
    MIND   = "mind",   "心と体の健康のこと",   "Health of mind and body"
    SAFETY = "safety", "身の安全のこと",       "Personal safety"
    WORK   = "work",   "労働条件のこと",       "Conditions of work"
    # fmt: on


class AccessEnd(Labelled):
    """How an access ended."""

    # fmt: off
    EXPIRED   = "expired",   "期限が来ました",                           "Its term was over"
    DESK      = "desk",      "協会が終わらせました",                     "The association ended it"
    CONSULTER = "consulter", "相談者が、見せるのをやめました",           "The consulter ended it"
    DECLINED  = "declined",  "相談者が、見せないことにしました",         "The consulter said no"
    RECUSED   = "recused",   "助言者が辞退しました",                     "The adviser stepped back"
    EXCLUDED  = "excluded",  "見せてはならない人に決まりました",         "The adviser was excluded from the case"
    CASE_OVER = "case_over", "相談が終わりました",                       "The case was over"
    LEFT      = "left",      "助言者の利用が終わったか、鍵が変わりました", "The adviser left, or has new keys"
    # fmt: on


class AccessState(Labelled):
    """Where an access stands."""

    # fmt: off
    ASKED = "asked", "相談者の返事を待っています", "Waits for the consulter"
    OPEN  = "open",  "見られます",                 "Open"
    ENDED = "ended", "終わりました",               "Ended"
    # fmt: on


def state_of(*, agreed_at: datetime | None, ended_at: datetime | None, ends_at: datetime, now: datetime) -> AccessState:
    """Where an access stands at a moment; at its end it is over, whether or not anybody has put it away yet."""
    if ended_at is not None or now >= ends_at:
        return AccessState.ENDED
    return AccessState.ASKED if agreed_at is None else AccessState.OPEN


@dataclass(frozen=True, slots=True)
class AdviserPolicy:
    """For how many days an access may be granted at once; holds from a day on."""

    version: str
    valid_from: date
    days: int


# A change is a new row with its own day; a row that has been in force is never edited.
# fmt: off
ADVISER_POLICIES: tuple[AdviserPolicy, ...] = (
    AdviserPolicy("2025-10", date(2025, 10, 1), 30),
)
# fmt: on


def longest_days(now: datetime, policies: Iterable[AdviserPolicy] = ADVISER_POLICIES) -> int:
    """For how many days from today an access may be granted; to go on is to ask again."""
    return row_at(now, policies).days


def last_day_allowed(now: datetime, policies: Iterable[AdviserPolicy] = ADVISER_POLICIES) -> date:
    """The latest last day of an access that is granted now."""
    return in_japan(now).date() + timedelta(days=longest_days(now, policies))


def end_of(last_day: date) -> datetime:
    """When an access with this last day is over: at midnight after it, by the clock of Japan."""
    return datetime.combine(last_day + timedelta(days=1), time(), JST).astimezone(UTC)


def last_day_of(ends_at: datetime) -> date:
    """The last day of an access that is over at this moment."""
    return in_japan(ends_at).date() - timedelta(days=1)
