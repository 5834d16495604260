"""How well the masking proposal fits sentences that people labelled, and what a proposal costs."""

from __future__ import annotations

import resource
import time

from app.cases.words import words_of
from models.rules.masking.kinds import Kind
from models.rules.masking.proposals import proposals_for
from tests.support.masking_sentences import HELD_OUT, TUNING, Figures, measured, sentences

TITLES = {TUNING: "Tuned on", HELD_OUT: "Held out"}


def masking_report() -> str:
    """Precision and recall for each kind, the two halves apart, with the dictionary and without it."""
    parts = [_table(half) for half in (HELD_OUT, TUNING)]
    return "\n\n".join(["## The masking proposal", *parts, _cost()])


def _table(half: str) -> str:
    chosen = sentences(half)
    figures = measured(chosen, words_of)
    alone = measured(chosen, lambda _text: ())
    rows = [_row(kind.en, figures, kind) for kind in Kind] + [_row("**All**", figures, *Kind)]
    title = f"{TITLES[half]}: {len(chosen)} sentences, {figures.labels.total()} labels."
    without = f"Without the dictionary: precision {alone.precision():.1%}, recall {alone.recall():.1%}."
    return "\n".join(
        [title, "", "| Kind | Labels | Precision | Recall |", "| --- | ---: | ---: | ---: |", *rows, "", without]
    )


def _row(name: str, figures: Figures, *kinds: Kind) -> str:
    labels = sum(figures.labels[kind] for kind in kinds)
    return f"| {name} | {labels} | {figures.precision(*kinds):.1%} | {figures.recall(*kinds):.1%} |"


def _cost() -> str:
    """Processor time and memory for a text of a thousand signs: in the worker, and in the process apart."""
    text = "".join(one.text for one in sentences())[:1000]
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    words = words_of(text)
    apart = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.process_time()
    proposals_for(text, words)
    inside = time.process_time() - began
    return (
        f"A text of {len(text):,} signs: {1000 * inside:.1f} ms of processor time in the worker, "
        f"{1000 * (apart.ru_utime - before):.0f} ms in the process apart, "
        f"which takes at most {apart.ru_maxrss // 1024} MB and ends."
    )
