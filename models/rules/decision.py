"""The answer of a rule that allows or refuses: yes or no, with its reason."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Decision:
    """``allowed``, and a short code that says why; the code can go into a log, for it holds nobody's words."""

    allowed: bool
    reason: str

    def __bool__(self) -> bool:
        return self.allowed


ALLOWED = Decision(allowed=True, reason="allowed")


def refused(reason: str) -> Decision:
    """A refusal for the reason with this code."""
    return Decision(allowed=False, reason=reason)
