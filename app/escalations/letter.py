"""What a letter is, word for word, so that its digest can be made again from what was sent."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from models.rules.deadlines import ClockKind
from models.rules.escalation_ladder import Addressee, Step

# An improvement request asks for a plan first and for its proof later; every other request has one date.
CLOCKS_OF_STEP: dict[Step, tuple[ClockKind, ...]] = {
    Step.E1: (ClockKind.REQUEST_E1,),
    Step.E2: (ClockKind.REQUEST_E2,),
    Step.E3: (ClockKind.REQUEST_E3, ClockKind.REQUEST_E3_PROOF),
    Step.E4: (ClockKind.REQUEST_E4,),
}


@dataclass(frozen=True)
class Letter:
    """A request as it leaves: its number and day, the company under its name of that day, the posts, and the text."""

    number: str
    day: date
    company: str
    addressees: Sequence[Addressee]
    text: str

    def digest(self) -> bytes:
        """SHA-256 of the letter's lines in UTF-8: number, day, company, posts, an empty line, the text."""
        posts = ",".join(post.value for post in self.addressees)
        lines = (self.number, self.day.isoformat(), self.company, posts, "", self.text)
        return hashlib.sha256("\n".join(lines).encode()).digest()
