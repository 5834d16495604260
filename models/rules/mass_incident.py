"""When many consultations about one workplace or client become one group, and until when more of them join it (domain 6.6, 7.34)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models.rules.dated import row_at
from models.rules.labelled import Labelled


class GroupWord(Labelled):
    """What a consulter herself has said about being counted in the grouped copy; most say nothing."""

    # fmt: off
    COUNT_ME = "count_me", "人数に入れてよい",   "Count me"
    KEEP_OUT = "keep_out", "人数に入れないで",   "Do not count me"
    # fmt: on


@dataclass(frozen=True, slots=True)
class MassIncidentPolicy:
    """The figures that hold from a day on, until a later row takes over."""

    version: str
    valid_from: date
    fewest: int
    """So many consultations for one company …"""
    within: timedelta
    """… in so short a time form a group."""
    gathers_for: timedelta
    """What arrives for the same company in this time joins it; a counsellor's act reaches back as far."""


# A change is a new row with its own day; a row that has been in force is never edited.
# fmt: off
MASS_INCIDENT_POLICIES: tuple[MassIncidentPolicy, ...] = (
    MassIncidentPolicy("2025-10", date(2025, 10, 1), fewest=20, within=timedelta(hours=4), gathers_for=timedelta(hours=24)),
)
# fmt: on


def mass_incident_policy_at(
    moment: datetime, policies: Iterable[MassIncidentPolicy] = MASS_INCIDENT_POLICIES
) -> MassIncidentPolicy:
    """The row in force at a moment."""
    return row_at(moment, policies)
