"""One place in a text that looks like a detail."""

from dataclasses import dataclass

from models.rules.masking.kinds import Kind, Reason


@dataclass(frozen=True, slots=True)
class Found:
    """A place, what it looks like and why, what names it among its like, and the noun that could stand there instead."""

    kind: Kind
    reason: Reason
    start: int
    end: int
    stands_for: str
    """What makes two places the same: for a person the bare name, else the words themselves."""
    noun: str = ""
    """A noun that is lettered when there are several: 拠点 gives ある拠点, or 拠点A and 拠点B."""
    instead: str = ""
    """Words that stand there as they are, such as 11月中旬."""
