"""One act on one thing: the row of its lifecycle drives the permission asked, the new state and the record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol, TypeVar

from app.pipeline.audit import Fact, Subject, record
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.standing import must_be_allowed
from models.rules.labelled import Labelled
from models.rules.lifecycle import Lifecycle, NotAllowedNow, Row
from models.rules.people import Standing
from models.rules.permissions import Permission

State = TypeVar("State", bound=Labelled)
Act = TypeVar("Act", bound=Labelled)


class ChangedMeanwhile(Exception):
    """Somebody else acted on the same thing after this page was made; nothing of this act was done."""

    def __init__(self, subject: Subject | None = None, *, acts: int = 1) -> None:
        super().__init__("changed meanwhile")
        self.subject = subject
        self.acts = acts


class HasVersion(Protocol):
    """Anything that others change too."""

    version: int


class HasState(HasVersion, Protocol):
    """Anything that moves along a lifecycle."""

    state: Any


class Posted(Protocol):
    """A form that knows which version of its page was read."""

    def validate_on_submit(self) -> bool:
        """Whether it was sent, and every answer is one that the form takes."""

    def seen(self) -> int | None:
        """The version that the page showed, or None when what was sent is no version."""


def must_be_as_seen(thing: HasVersion, form: Posted, *, subject: Subject) -> None:
    """Raises ChangedMeanwhile when the form's page shows another version than there is now."""
    seen = form.seen()
    if thing.version != seen:
        raise ChangedMeanwhile(subject, acts=1 if seen is None else max(1, thing.version - seen))


def asked(form: Posted, thing: HasVersion, *, subject: Subject) -> bool:
    """Whether a form came in order. Raises ChangedMeanwhile, which keeps what was typed, when its page was outdated."""
    if not form.validate_on_submit():
        return False
    must_be_as_seen(thing, form, subject=subject)
    return True


def perform(
    lifecycle: Lifecycle[State, Act],
    thing: HasState,
    act: Act,
    *,
    actor: Actor,
    standing: Standing,
    subject: Subject,
    facts: Mapping[str, Fact] | None = None,
) -> Row[State, Act]:
    """Do what the row for this act says: ask the policy, move the state, mark the moments, record the event.

    Raises NotAllowedNow when the table has no such row or the thing lacks what it needs, and OutOfReach when the policy
    refuses.
    """
    row = lifecycle.row_for(thing.state, act)
    if any(_is_missing(thing, fact) for fact in row.needs):
        raise NotAllowedNow(lifecycle.name, thing.state, act)
    must_be_allowed(Permission(row.by), actor=actor, standing=standing)
    given = dict(facts or {})
    if set(given) != set(row.gives):
        raise ValueError(f"{row.event} records {sorted(row.gives)}, not {sorted(given)}")
    record(subject, row.event, actor=actor, facts=given)
    thing.state = row.makes
    thing.version += 1
    for fact, value in given.items():
        # A facet such as a severity or an outcome is given as its token in hexadecimal, and kept as that token.
        if hasattr(type(thing), f"{fact}_token"):
            setattr(thing, f"{fact}_token", bytes.fromhex(str(value)))
    at = now()
    for moment in row.marks:
        _set_moment(thing, moment, at)
    for fact in (*row.clears, *lifecycle.overtakes):
        _set_moment(thing, fact, None)
    return row


def _is_missing(thing: HasState, fact: str) -> bool:
    # What is not on the thing itself lies on a neighbour of it, of which the action knows.
    for column in (fact, f"{fact}_token"):
        if hasattr(type(thing), column):
            return getattr(thing, column) is None
    return False


def _set_moment(thing: HasState, name: str, at: datetime | None) -> None:
    # What is not on the thing itself lies on a neighbour of it, such as the exchange, whose action sets it.
    for column in (name, f"{name}_token"):
        if hasattr(type(thing), column):
            setattr(thing, column, at)
            return
