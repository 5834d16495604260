"""What the pages of the numbers show: each as it is and will be, and what a change would do."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time

from app.pipeline.clock import TOKYO, now, today
from app.presentation.filters import current_language, label
from app.rulebook.number_words import amount_words, order_words
from app.rulebook.numbers import amount_on, changes_ahead, numbers, policy_with, running_of, watches_running
from app.rulebook.pages import MoveLine, move_lines, what_changed
from app.rulebook.queries import deadlines_at
from app.rulebook.recounting import Move, moves_by_term
from models.rules.amendable import Amendable
from models.rules.deadlines import ClockKind
from models.rules.rule_change import Amended, RuleKind

__all__ = ["amount_words", "look_at", "number_groups", "order_words", "waiting_of"]


@dataclass(frozen=True)
class Look:
    """What a change would do, before it is stored."""

    before: str
    after: str
    running: int
    watched: bool
    moving: int
    lines: list[MoveLine]


def look_at(number: Amendable, new: int, day: date) -> Look:
    """What would be another number from a day on, and which running clocks would move if they were counted anew."""
    found: list[Move] = []
    if number.kind is RuleKind.DEADLINE:
        at = max(now(), datetime.combine(day, time(), TOKYO))
        found = moves_by_term(number, policy_with(Amended(number.key, new, day)), at=at)
    watched = number.key == ClockKind.RETALIATION_WATCH.code
    return Look(
        before=amount_words(number, amount_on(number.key, day)),
        after=amount_words(number, new),
        running=watches_running() if watched else running_of(number),
        watched=watched,
        moving=len(found),
        lines=move_lines(found),
    )


def waiting_of(number: Amendable) -> list[Move]:
    """The clocks that began under an earlier term and would move if they were counted anew today."""
    if number.kind is not RuleKind.DEADLINE:
        return []
    return moves_by_term(number, deadlines_at(now()), at=now())


@dataclass(frozen=True)
class Ahead:
    """A change that has not begun yet."""

    id: uuid.UUID
    words: str


@dataclass(frozen=True)
class NumberLine:
    """One number: how much it is, what will change, and between which bounds it may."""

    key: str
    label: str
    now: str
    ahead: list[Ahead]
    bounds: str


@dataclass(frozen=True)
class NumberGroup:
    """The numbers of one kind."""

    id: str
    title: str
    lines: list[NumberLine]


def number_groups() -> list[NumberGroup]:
    """Every number that may be changed, by kind."""
    groups = [NumberGroup(kind.code, label(kind), []) for kind in (RuleKind.DEADLINE, RuleKind.LIMIT)]
    ahead, day = changes_ahead(today()), today()
    for number in numbers().values():
        line = NumberLine(
            number.key,
            number.label(current_language()),
            amount_words(number, amount_on(number.key, day)),
            [Ahead(one.id, what_changed(one)) for one in ahead.get(number.key, [])],
            f"{amount_words(number, number.least)} – {amount_words(number, number.most)}",
        )
        groups[0 if number.kind is RuleKind.DEADLINE else 1].lines.append(line)
    return groups
