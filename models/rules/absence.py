"""When somebody of a company is away, and on which days the company itself is closed (domain 6.2)."""

from datetime import date, timedelta

LONGEST_ABSENCE = timedelta(days=92)
"""Whoever is away for longer hands the post over instead."""

LONGEST_CLOSURE = timedelta(days=14)
FURTHEST_AHEAD = timedelta(days=400)


def is_away(starts_on: date, ends_on: date, *, day: date) -> bool:
    """Whether an absence covers a day; its first and last day belong to it."""
    return starts_on <= day <= ends_on
