"""Erasing before its time: of what, and why it is refused. Two persons agree on exactly one part and one cause.

Source: domain, 6.7 (lower table: the identity block "earlier on request/withdrawal when no hold").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from models.rules.erasure import BEFORE_ITS_TIME, ErasedPart, ErasureCause
from models.rules.labelled import Labelled


class EarlyRefusal(Labelled):
    """Why it cannot be asked for, or done; it says what to do instead. The first two are the words of an order itself."""

    # fmt: off
    HELD    = "held",    "この相談は保全されているため、消去できません。残す理由がなくなったときは、先に保全を解いてください。", "This case is held and cannot be erased. When there is no reason to keep it any more, lift the hold first."
    OPEN    = "open",    "この相談は、まだ終わっていないため、消去できません。",       "This case is still open and cannot be erased."
    ORDERED = "ordered", "すでに消去が始まっているか、終わっています。",               "It is being erased already, or is gone."
    CHANGED = "changed", "申し出たあとに、この相談が再開されたか、ほかの相談がまとめられました。認められたのは前の様子についてです。申し出を取り下げて、もう一度申し出てください。", "The case was opened again, or another one went up in it, after this was asked. What was approved is the case as it was: take it back and ask again."
    # fmt: on


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: which part, and for which cause."""

    part: ErasedPart
    cause: ErasureCause

    def __post_init__(self) -> None:
        if self.cause not in BEFORE_ITS_TIME:
            raise ValueError(f"{self.cause.value} is no cause before its time")

    @property
    def code(self) -> str:
        """As the act of two persons keeps it."""
        return f"{self.part.value}.{self.cause.value}"

    @classmethod
    def read(cls, code: str | None) -> Self:
        """What such a code stands for. Raises ValueError for any other."""
        part, _separator, cause = (code or "").partition(".")
        return cls(ErasedPart(part), ErasureCause(cause))


def why_not_early(*, is_open: bool, is_held: bool, goes: bool, has_changed: bool = False) -> EarlyRefusal | None:
    """Why nothing of a case is erased before its time; None when two persons may agree on it, or one may do it.

    What was agreed on is the case as it was when it was asked for: more than that is not erased by the same word.
    """
    if goes:
        return EarlyRefusal.ORDERED
    if is_open:
        return EarlyRefusal.OPEN
    if has_changed:
        return EarlyRefusal.CHANGED
    return EarlyRefusal.HELD if is_held else None
