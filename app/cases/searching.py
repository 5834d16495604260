"""Looking for words in cases: each case that the person may open is opened, looked through and closed again.

No index of words is kept anywhere, so nothing answers for a case but the case itself, to whoever may open it. A search
goes from the newest case to the oldest and stops after ``MOST_OPENED``; where to go on is given back.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, select

from app.cases.narrowing import beyond, position_of
from app.pipeline.identity import Actor
from app.pipeline.transaction import db
from app.presentation.pagination import encode_position, moment_and_row
from crypto import CannotOpen
from models.case import Case
from models.compartment import Compartment
from models.message import Message
from models.rules.people import CompartmentKind
from models.rules.text_search import excerpt, holds
from models.sealed import open_answers, open_from
from models.statement import Statement

AT_ONCE = 200
MOST_OPENED = 1000
MOST_HITS = 25
IN_WORDS = ("text", "happened", "employer", "workplace", "client", "keep_from")
"""The answers of a narrative that a person wrote; the others are codes, by which the list is narrowed."""


@dataclass(frozen=True)
class Hit:
    """A case whose words were found; a few of them only for the one whose case it is."""

    case_id: uuid.UUID
    excerpt: str = field(repr=False)


@dataclass
class Found:
    """What one stretch of a search found, and how far it went."""

    hits: list[Hit] = field(default_factory=list)
    opened: int = 0
    waiting: int = 0
    """Cases that this person may open and whose keys have not been handed on yet."""
    newest: datetime | None = None
    oldest: datetime | None = None
    next: str | None = None
    """Where older cases begin; None when there are none."""


Row = tuple[Case, Compartment, Statement]


def look_through(
    words: tuple[str, ...], reach: ColumnElement[bool], *, actor: Actor, after: str | None, with_messages: bool
) -> Found:
    """Open cases within reach, from a position on, until enough were opened or enough was found."""
    found, position = Found(), moment_and_row(after)
    while True:
        query = (
            select(Case, Compartment, Statement)
            .join(Compartment, Compartment.case_id == Case.id)
            .join(Statement, Statement.compartment_id == Compartment.id)
            .where(reach, Compartment.kind == CompartmentKind.NARRATIVE)
            .order_by(Case.received_at.desc(), Case.id.desc())
        )
        if position is not None:
            query = query.where(beyond(position))
        rows = [(case, part, statement) for case, part, statement in db().execute(query.limit(AT_ONCE + 1))]
        last = _look(rows[:AT_ONCE], words, found, actor, with_messages=with_messages)
        # What one step has opened is let go before the next.
        db().expunge_all()
        if last is None or (last is rows[-1][0] and len(rows) <= AT_ONCE):
            return found
        position = (last.received_at, last.id)
        if found.opened + found.waiting >= MOST_OPENED or len(found.hits) >= MOST_HITS:
            found.next = encode_position(position_of(last))
            return found


def _look(
    rows: Sequence[Row], words: tuple[str, ...], found: Found, actor: Actor, *, with_messages: bool
) -> Case | None:
    """Look through one step's cases; the last one that was looked through, if there was any."""
    actor.held.bring([compartment for _case, compartment, _statement in rows])
    messages = _messages_of([compartment for _case, compartment, _statement in rows]) if with_messages else {}
    last = None
    for case, compartment, statement in rows:
        last = case
        found.newest = found.newest or case.received_at
        found.oldest = case.received_at
        try:
            key = actor.held.compartment_key(compartment)
            answers = open_answers(statement, "sealed", key=key)
            said = [open_from(message, "sealed_text", key=key) for message in messages.get(compartment.id, ())]
        except CannotOpen:
            found.waiting += 1
            continue
        found.opened += 1
        text = "\n".join([*(str(answers[name]) for name in IN_WORDS if answers.get(name)), *said])
        if holds(text, words):
            found.hits.append(Hit(case.id, excerpt(text, words) if case.assignee_id == actor.id else ""))
            if len(found.hits) >= MOST_HITS:
                break
    return last


def _messages_of(compartments: Sequence[Compartment]) -> dict[uuid.UUID, list[Message]]:
    """What the consulter and the desk wrote to each other; what officers wrote lies elsewhere."""
    ids = [compartment.id for compartment in compartments]
    cases = [compartment.case_id for compartment in compartments]
    rows = db().scalars(select(Message).where(Message.case_id.in_(cases), Message.compartment_id.in_(ids)))
    found: defaultdict[uuid.UUID, list[Message]] = defaultdict(list)
    for message in rows:
        found[message.compartment_id].append(message)
    return found
