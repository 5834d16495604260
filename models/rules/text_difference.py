"""What is different between two versions of a text, sign by sign, so that it can be read in Japanese (domain 4.2).

Sentences that stayed are found first, and signs are compared only within what changed: that reads better, and a text of
the longest kind costs no more than a moment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum
from itertools import groupby

_SENTENCES = re.compile(r"[^。!?!?\n]*[。!?!?\n]+|[^。!?!?\n]+")
MOST_COMPARED = 90_000
"""Up to which product of two lengths signs are compared; beyond, the old passage is shown gone and the new one new."""
SHORTEST_KEPT = 3
"""A shorter stretch that stayed between two changes only makes them hard to read."""


class How(Enum):
    """What became of a stretch of text."""

    STAYED = "stayed"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True, repr=False)
class Stretch:
    """A stretch of text that stayed, is gone or is new."""

    how: How
    text: str


def differences(before: str, after: str) -> tuple[Stretch, ...]:
    """The stretches of both texts in order: what stayed and is gone makes the old text, what stayed and is new the new."""
    old, new = _SENTENCES.findall(before), _SENTENCES.findall(after)
    found: list[Stretch] = []
    for what, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        gone, come = "".join(old[i:j]), "".join(new[k:m])
        found += [Stretch(How.STAYED, gone)] if what == "equal" else _signs(gone, come)
    return _joined(found)


def _signs(before: str, after: str) -> Iterator[Stretch]:
    if not before or not after or len(before) * len(after) > MOST_COMPARED:
        yield from _replaced(before, after)
        return
    gone: list[str] = []
    come: list[str] = []
    for what, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal" and (j - i >= SHORTEST_KEPT or i == 0 or j == len(before)):
            yield from _replaced("".join(gone), "".join(come))
            gone, come = [], []
            yield Stretch(How.STAYED, before[i:j])
        else:
            gone.append(before[i:j])
            come.append(after[k:m])
    yield from _replaced("".join(gone), "".join(come))


def _replaced(before: str, after: str) -> Iterator[Stretch]:
    if before:
        yield Stretch(How.GONE, before)
    if after:
        yield Stretch(How.NEW, after)


def _joined(stretches: Sequence[Stretch]) -> tuple[Stretch, ...]:
    """Neighbours of one kind made one."""
    return tuple(
        Stretch(how, "".join(one.text for one in same)) for how, same in groupby(stretches, lambda one: one.how)
    )
