"""The labelled sentences of consultations, and how well what is proposed fits the labels.

A label counts as found when every sign of it is covered by proposals of its kind. A proposal counts as right when it
covers a label of its kind, in part or whole, and at most three signs beside it, such as a form of address or 「ごろ」.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from models.rules.masking.kinds import Kind
from models.rules.masking.proposals import Proposal, proposals_for
from models.rules.masking.word import Word

SENTENCES = Path(__file__).parents[1] / "rules" / "masking_sentences.json"
BESIDE = 3
TUNING, HELD_OUT = "tuning", "held_out"


@dataclass(frozen=True)
class Label:
    """What a person labelled: a place and its kind."""

    start: int
    end: int
    kind: Kind
    words: str


@dataclass(frozen=True)
class Sentence:
    """One sentence of a consultation, with its labels."""

    half: str
    text: str
    labels: tuple[Label, ...]


@dataclass
class Figures:
    """Counts for each kind, and what they make."""

    labels: Counter[Kind] = field(default_factory=Counter)
    found: Counter[Kind] = field(default_factory=Counter)
    proposed: Counter[Kind] = field(default_factory=Counter)
    right: Counter[Kind] = field(default_factory=Counter)

    def precision(self, *kinds: Kind) -> float:
        """Of what was proposed, the share that a person labelled too."""
        return _share(self.right, self.proposed, kinds)

    def recall(self, *kinds: Kind) -> float:
        """Of what a person labelled, the share that was proposed."""
        return _share(self.found, self.labels, kinds)


def _share(some: Counter[Kind], of: Counter[Kind], kinds: Sequence[Kind]) -> float:
    wanted = kinds or tuple(Kind)
    total = sum(of[kind] for kind in wanted)
    return sum(some[kind] for kind in wanted) / total if total else 1.0


def sentences(half: str | None = None) -> list[Sentence]:
    """The sentences of a half, or all of them."""
    rows = json.loads(SENTENCES.read_text(encoding="utf-8"))
    return [
        Sentence(
            row["half"],
            row["text"],
            tuple(Label(start, end, Kind(kind), words) for start, end, kind, words in row["spans"]),
        )
        for row in rows
        if half in (None, row["half"])
    ]


def measured(of: Iterable[Sentence], cut: Callable[[str], Sequence[Word]]) -> Figures:
    """How well the proposals for these sentences fit their labels."""
    figures = Figures()
    for sentence in of:
        proposals = proposals_for(sentence.text, cut(sentence.text))
        figures.labels.update(label.kind for label in sentence.labels)
        figures.found.update(label.kind for label in sentence.labels if _is_covered(label, proposals))
        figures.proposed.update(proposal.kind for proposal in proposals)
        figures.right.update(proposal.kind for proposal in proposals if _is_right(proposal, sentence.labels))
    return figures


def _is_covered(label: Label, proposals: Iterable[Proposal]) -> bool:
    covered = {place for one in proposals if one.kind is label.kind for place in range(one.start, one.end)}
    return covered.issuperset(range(label.start, label.end))


def _is_right(proposal: Proposal, labels: Iterable[Label]) -> bool:
    inside = sum(
        max(0, min(proposal.end, label.end) - max(proposal.start, label.start))
        for label in labels
        if label.kind is proposal.kind
    )
    return inside > 0 and proposal.end - proposal.start - inside <= BESIDE
