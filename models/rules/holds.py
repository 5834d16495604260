"""Holds: what stops an erasure for a while, for which reason, until which day it is looked at again, and who was first.

Source: domain, 6.7 (lower table: "legal hold possible") and 2.1 (limitation). The longest time until a review is a proposal of
the product: a hold that nobody looks at again would keep what somebody wrote for ever.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models.rules.dated import row_at
from models.rules.labelled import Labelled
from models.rules.retention import months_after
from models.rules.working_days import in_japan


@dataclass(frozen=True, slots=True)
class HoldPolicy:
    """How long a hold may last before somebody looks at it again, and how long nothing goes after it, from a day on."""

    version: str
    valid_from: date
    longest_months: int
    rests_days: int
    """For so many days after a hold was lifted the clock erases nothing of the case, so that nobody destroys by lifting alone
    what others wanted kept: they are told, and may hold it again."""


# A change is a new row with its own day; a row that has been in force is never edited.
HOLD_POLICIES: tuple[HoldPolicy, ...] = (HoldPolicy("2026-11", date(2025, 10, 1), longest_months=12, rests_days=14),)


class HoldRefusal(Labelled):
    """Why a hold is not set, prolonged or lifted; it says what to do instead."""

    # fmt: off
    CHANGED  = "changed",  "この画面を開いたあとに、ほかの人がこの保全を変えました。いまの様子を確かめて、必要ならもう一度行ってください。", "Somebody else changed this hold after the page was made. Look at it as it is now, and do it again if it is still needed."
    NAME_GOES = "name_goes", "この相談は、氏名・連絡先の消去が始まっています。終わってから、もう一度保全してください。", "The name is being erased. Hold the case again when that is done."
    ORDERED  = "ordered",  "この相談は消去が始まっているため、もう残せません。",                           "This case is being erased already and can no longer be kept."
    # fmt: on


class DayRefusal(Labelled):
    """Why a day is no day of review."""

    # fmt: off
    PAST = "past", "見直す日は、明日か、それより後の日付にしてください。", "The day of review is to be tomorrow or later."
    FAR  = "far",  "見直す日が先すぎます。",                          "The day of review is too far away."
    # fmt: on


def latest_review(at: datetime, *, policies: Iterable[HoldPolicy] = HOLD_POLICIES) -> date:
    """The latest day on which a hold that is set or prolonged now is looked at again."""
    return months_after(in_japan(at).date(), row_at(at, policies).longest_months)


def rest_began(at: datetime, *, policies: Iterable[HoldPolicy] = HOLD_POLICIES) -> datetime:
    """What was lifted after this moment still rests: nothing of it is erased by the clock."""
    return at - timedelta(days=row_at(at, policies).rests_days)


def rests_until(lifted_at: datetime, *, policies: Iterable[HoldPolicy] = HOLD_POLICIES) -> date:
    """The last whole day on which nothing goes of what was lifted at a moment."""
    return in_japan(lifted_at).date() + timedelta(days=row_at(lifted_at, policies).rests_days - 1)


def why_no_review_day(day: date, *, at: datetime, policies: Iterable[HoldPolicy] = HOLD_POLICIES) -> DayRefusal | None:
    """Why a day cannot be the day of review; None when it can."""
    if day <= in_japan(at).date():
        return DayRefusal.PAST
    return DayRefusal.FAR if day > latest_review(at, policies=policies) else None
