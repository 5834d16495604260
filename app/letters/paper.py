"""A letter before it is set: number, day, addressee, sender, title, and its words in pieces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from models.rules.letters import LAYOUT, day_in_letter

Piece = dict[str, Any]


@dataclass(frozen=True)
class Paper:
    """Everything that stands on it, and nothing else goes into the file."""

    number: str
    day: date
    title: str
    to: Sequence[str]
    sender: Sequence[str]
    pieces: Sequence[Piece] = field(repr=False)
    style: str = "letter"
    layout: int = LAYOUT
    day_words: str | None = None
    """How its day is written, where that is not the day itself."""

    def as_data(self) -> dict[str, Any]:
        """What the setter takes: plain values, in an order that does not change."""
        return {
            "layout": self.layout,
            "paper": {
                "number": self.number,
                "day": self.day_words or day_in_letter(self.day),
                "date": [self.day.year, self.day.month, self.day.day],
                "title": self.title,
                "to": list(self.to),
                "sender": list(self.sender),
                "pieces": list(self.pieces),
                "style": self.style,
            },
        }


def paragraphs(text: str) -> list[Piece]:
    """A text in pieces: an empty line parts paragraphs, and a line's end is kept."""
    parts = text.replace("\r\n", "\n").split("\n\n")
    return [{"kind": "paragraph", "lines": part.strip("\n").split("\n")} for part in parts if part.strip()]


def heading(text: str) -> Piece:
    return {"kind": "heading", "text": text}


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Piece:
    """A small table; without rows it is left out by who writes the paper."""
    return {"kind": "table", "head": list(head), "rows": [list(row) for row in rows]}
