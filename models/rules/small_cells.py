"""What of a table of counts may be shown: no count of fewer than five people, and none that the others give away.

Source: domain, 6.7 (cells under 5 are suppressed) and 7.42. A suppressed count is ``None``; nought is shown.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from models.rules.retention import SMALLEST_CELL

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Shown(Generic[Key]):
    """A table as it may be shown: the number of people in all, and in each line; ``None`` is suppressed."""

    total: int | None
    cells: Mapping[Key, int | None]

    @property
    def is_whole(self) -> bool:
        """Whether nothing of it is suppressed."""
        return self.total is not None and None not in self.cells.values()


def parts_of_a_whole(counts: Mapping[Key, int]) -> Shown[Key]:
    """A table in which everybody stands in one line, so that the lines and the total give each other away.

    A line of one to four people is suppressed, and so is the next larger one until at least two are and together they
    hold at least five: what is left of the total then tells of no fewer people than that. Below five in all, nothing is
    shown, not even which lines are empty.
    """
    total = sum(counts.values())
    if 0 < total < SMALLEST_CELL:
        return Shown(None, dict.fromkeys(counts))
    hidden = {key for key, count in counts.items() if 0 < count < SMALLEST_CELL}
    others = sorted((key for key, count in counts.items() if count >= SMALLEST_CELL), key=lambda key: counts[key])
    while hidden and (len(hidden) == 1 or sum(counts[key] for key in hidden) < SMALLEST_CELL):
        hidden.add(others.pop(0))
    return Shown(total, {key: None if key in hidden else count for key, count in counts.items()})


def choices_of_many(counts: Mapping[Key, int], *, people: int) -> Shown[Key]:
    """A table in which one person may stand in several lines or in none; the lines add up to nothing that is known."""
    if 0 < people < SMALLEST_CELL:
        return Shown(None, dict.fromkeys(counts))
    return Shown(people, {key: None if 0 < count < SMALLEST_CELL else count for key, count in counts.items()})
