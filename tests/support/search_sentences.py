"""The labelled sentences of officers, and how many of them are taken rightly for a question after the worker."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from models.rules.search_attempt import hints_at_search

SENTENCES = Path(__file__).parents[1] / "rules" / "search_attempt_sentences.json"
TUNING, HELD_OUT = "tuning", "held_out"


@dataclass(frozen=True)
class Figures:
    """What was noticed rightly, wrongly, and not at all."""

    noticed: tuple[str, ...]
    wrongly: tuple[str, ...]
    missed: tuple[str, ...]

    @property
    def precision(self) -> float:
        return len(self.noticed) / (len(self.noticed) + len(self.wrongly))

    @property
    def recall(self) -> float:
        return len(self.noticed) / (len(self.noticed) + len(self.missed))


def measured(half: str) -> Figures:
    """The figures of one half of the sentences."""
    rows = [row for row in json.loads(SENTENCES.read_text(encoding="utf-8")) if row["half"] == half]
    found = {row["text"]: hints_at_search([row["text"]]) for row in rows}
    return Figures(
        noticed=tuple(row["text"] for row in rows if row["asks"] and found[row["text"]]),
        wrongly=tuple(row["text"] for row in rows if not row["asks"] and found[row["text"]]),
        missed=tuple(row["text"] for row in rows if row["asks"] and not found[row["text"]]),
    )
