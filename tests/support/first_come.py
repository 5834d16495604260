"""What all workers of a run need is made by the first who comes; the others wait, and find it."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def first_come(place: Path) -> Iterator[bool]:
    """Whether this one is to make what shall lie there. Whoever fails at it leaves it to the next."""
    made = place.with_name(f"{place.name}.made")
    with place.with_name(f"{place.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield not made.exists()
        made.touch()
