"""The rota (当番表): who is on duty when, and where nobody is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

LONGEST_SHIFT = timedelta(days=14)
"""Longer than a fortnight is a slip of the pen."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time: from its beginning on, up to but not at its end."""

    starts_at: datetime
    ends_at: datetime


def gaps_between(shifts: Iterable[Span], *, from_: datetime, to: datetime) -> tuple[Span, ...]:
    """When nobody is on duty between two moments; shifts may overlap, and come in any order."""
    gaps, covered = [], from_
    for shift in sorted(shifts, key=lambda one: one.starts_at):
        if shift.starts_at > covered:
            gaps.append(Span(covered, min(shift.starts_at, to)))
        covered = max(covered, shift.ends_at)
        if covered >= to:
            break
    if covered < to:
        gaps.append(Span(covered, to))
    return tuple(gap for gap in gaps if gap.starts_at < gap.ends_at)
