"""Whether the clock would begin a piece of work: asked wherever a test does one, so that no look hides what is due."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from app.operations.sweep import CLOCKWORK, Work
from app.pipeline.first_look import at_rest
from app.pipeline.transaction import db, is_writing


@cache
def _looked_for() -> dict[Callable[[], object], Work]:
    return {work.do: work for work in CLOCKWORK if work.due or work.has_cause}


def begins_by_the_clock(act: Callable[[], object]) -> bool:
    """Whether a turn of the clock would begin this now; anything that is no such work is begun by whoever does it."""
    work = _looked_for().get(act)
    if work is None or is_writing():
        return True
    db().rollback()
    begins = not at_rest({work.name: work.due}) if work.due else True
    return begins and (work.has_cause is None or work.has_cause())


def named(*names: str) -> tuple[Work, ...]:
    """These pieces of work, as the clock does them."""
    return tuple(work for work in CLOCKWORK if work.name in names)
