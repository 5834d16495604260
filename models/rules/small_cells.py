"""What of a table of counts may be shown: no count of fewer than five people, and none that the others give away.

Source: domain, 6.7 (cells under 5 are suppressed) and 7.42. A suppressed count is ``None``; nought is shown.
"""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
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

    A line of one to four people is suppressed, and so is the next line below it (from the last on to the first), until at
    least two are and together they hold at least five. It is the next and not the smallest, since whoever knows the rule
    would otherwise learn from what is left out. Where the lines can be told from their sum all the same (four and four from
    eight, five ones from five), or a table with a small line holds fewer than ten, no line is shown, not even which are
    empty; below five in all, not the total either.
    """
    total = sum(counts.values())
    if 0 < total < SMALLEST_CELL:
        return Shown(None, dict.fromkeys(counts))
    small = [key for key, count in counts.items() if 0 < count < SMALLEST_CELL]
    held = sum(counts[key] for key in small)
    known_from_their_sum = held >= SMALLEST_CELL and held in {len(small), len(small) * (SMALLEST_CELL - 1)}
    if small and (known_from_their_sum or total < 2 * SMALLEST_CELL):
        return Shown(total, dict.fromkeys(counts))
    hidden = set(small)
    for key in _below(list(counts), small):
        if len(hidden) > 1 and held >= SMALLEST_CELL:
            break
        if counts[key] >= SMALLEST_CELL:
            hidden.add(key)
            held += counts[key]
    return Shown(total, {key: None if key in hidden else count for key, count in counts.items()})


def _below(keys: list[Key], small: list[Key]) -> list[Key]:
    """The lines below the first small one, and then those above it."""
    if not small:
        return []
    place = keys.index(small[0])
    return [*keys[place + 1 :], *keys[:place]]


def tables_like(shown: Shown[Key]) -> list[dict[Key, int]]:
    """Every table that would have been shown like this one, for whoever would say something more of it.

    Of the lines that are hidden beside others that are shown, at most one holds five or more. Where no line is shown at
    all, nothing more may be said, and there is none.
    """
    hidden = [key for key, count in shown.cells.items() if count is None]
    visible = {key: count for key, count in shown.cells.items() if count is not None}
    if shown.total is None or not visible:
        return []
    if not hidden:
        return [visible]
    left = shown.total - sum(visible.values())
    guesses = [dict(zip(hidden, guess, strict=True)) for guess in set(_summing_to(left, len(hidden)))]
    tables = [{key: {**visible, **guess}[key] for key in shown.cells} for guess in guesses]
    return [table for table in tables if parts_of_a_whole(table) == shown]


def _summing_to(left: int, lines: int) -> Iterator[tuple[int, ...]]:
    """Lines of one to four people, one of them perhaps with more, that make so many together."""
    for smalls in product(range(1, SMALLEST_CELL), repeat=lines - 1):
        rest = left - sum(smalls)
        if rest > 0:
            yield from ((*smalls[:place], rest, *smalls[place:]) for place in range(lines))


def choices_of_many(counts: Mapping[Key, int], *, people: int) -> Shown[Key]:
    """A table in which one person may stand in several lines or in none; the lines add up to nothing that is known.

    Each line has two sides, those who chose it and those who did not, and tells of neither when one is too few.
    """
    if 0 < people < SMALLEST_CELL:
        return Shown(None, dict.fromkeys(counts))
    return Shown(
        people, {key: None if _is_few(count) or _is_few(people - count) else count for key, count in counts.items()}
    )


def _is_few(count: int) -> bool:
    return 0 < count < SMALLEST_CELL
