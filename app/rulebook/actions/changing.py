"""How every rule is changed: by one person at a time, by a row that is added or ended, and with its record."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import date, datetime

from app.custody.actions import ASSOCIATION
from app.pipeline.audit import record, take_turn
from app.pipeline.clock import now, today
from app.pipeline.identity import Actor
from app.pipeline.ids import new_id
from app.pipeline.standing import must_be_allowed
from app.pipeline.transaction import db
from app.rulebook.queries import forget_rulebook
from models.rule_change import RuleChange
from models.rules.people import Standing
from models.rules.permissions import Permission
from models.rules.rule_change import RuleKind

NAMED_BY_KIND = frozenset({RuleKind.LABEL, RuleKind.OFFER, RuleKind.MAIL, RuleKind.LETTER})
"""Kinds whose rows share keys; the record names the kind with the key."""


def begin(actor: Actor, *, asks: Permission = Permission.RULEBOOK_CHANGE) -> None:
    """Rules are changed by one person at a time; whoever waited reads what the other has changed."""
    must_be_allowed(asks, actor=actor, standing=Standing.NONE)
    if actor.id is None:
        raise ValueError("a person changes the rules, never the clock")
    take_turn(ASSOCIATION)
    forget_rulebook()


def enter(
    kind: RuleKind,
    key: str,
    value: Mapping[str, object],
    *,
    valid_from: date,
    reason: str,
    actor: Actor,
    at: datetime,
) -> RuleChange:
    """Add a row."""
    change = RuleChange(
        id=new_id(),
        kind=kind,
        key=key,
        value=json.dumps(value, ensure_ascii=False),
        valid_from=valid_from,
        reason=reason,
        entered_by_id=actor.id,
        entered_at=at,
    )
    db().add(change)
    return change


def may_be_taken_back(change: RuleChange, kinds: Collection[RuleKind]) -> bool:
    """Whether a change of these kinds has not begun yet, as it is stored now; one that has is followed by another."""
    db().refresh(change)
    return change.kind in kinds and change.ended_at is None and change.valid_from > today()


def end(change: RuleChange, *, actor: Actor) -> None:
    """Take back a change that has not begun."""
    change.ended_at, change.ended_by_id = now(), actor.id
    record_change(change, actor)


def record_change(change: RuleChange, actor: Actor) -> None:
    """Keep in the association's record which rule was changed, and from which day."""
    db().flush()
    forget_rulebook()
    rule = f"{change.kind.code}:{change.key}" if change.kind in NAMED_BY_KIND else change.key
    record(ASSOCIATION, "rules.change", actor=actor, facts={"rule": rule, "version": change.valid_from.isoformat()})
