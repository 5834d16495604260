"""Closure days are entered and taken back, and running clocks are counted anew when somebody says so."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime

from app.clocks.actions import note_next_due
from app.custody.actions import ASSOCIATION
from app.pipeline.audit import Fact, Subject, of_case, of_company, record
from app.pipeline.clock import now, today
from app.pipeline.identity import Actor
from app.pipeline.ids import new_id
from app.pipeline.standing import must_be_allowed
from app.pipeline.transaction import db
from app.rulebook.queries import forget_rulebook, next_closure_change, rulebook
from app.rulebook.recounting import moves
from models.case import Case
from models.clock import Clock
from models.exchange import Exchange
from models.rule_change import RuleChange
from models.rules.people import Standing
from models.rules.permissions import Permission
from models.rules.rule_change import ClosureSort, RuleKind, days_to_close, may_close
from models.rules.working_days import in_japan


def close_association(
    first: date, last: date, *, sort: ClosureSort, ja: str, en: str, reason: str, actor: Actor
) -> list[RuleChange]:
    """Enter days on which nobody works; clocks that start from now on pass over them, and no other."""
    _must_be_allowed(actor)
    calendar = rulebook().calendar
    if not may_close(first, last, today=today(), calendar=calendar).allowed:
        raise ValueError("these days cannot be entered; the form says why")
    value = {"sort": sort.code, "ja": ja, "en": en}
    at = next_closure_change(now())
    entered = [
        _enter(RuleKind.CLOSURE, day.isoformat(), value, valid_from=day, reason=reason, actor=actor, at=at)
        for day in days_to_close(first, last, calendar=calendar)
    ]
    _record_closures(entered, actor)
    return entered


def open_association(closure: RuleChange, *, actor: Actor) -> None:
    """The desk works on that day after all; a day that is over stays as it was."""
    _must_be_allowed(actor)
    if closure.kind is not RuleKind.CLOSURE or closure.ended_at is not None or closure.valid_from < today():
        return
    closure.ended_at, closure.ended_by_id = next_closure_change(now()), actor.id
    _record_closures([closure], actor)


def recount_clocks(*, reason: str, actor: Actor) -> int:
    """Give every running clock the day that the calendar of now makes of its term, and tell each in its own record."""
    _must_be_allowed(actor)
    calendar = rulebook().calendar
    found = moves(calendar)
    if not found:
        return 0
    facts: dict[str, Fact] = {"version": calendar.version, "moved": len(found)}
    _enter(RuleKind.RECOMPUTE, new_id().hex, facts, valid_from=today(), reason=reason, actor=actor, at=now())
    record(ASSOCIATION, "calendar.recompute", actor=actor, facts=dict(facts))
    for move in found:
        clock = move.clock
        clock.due_at, clock.calendar_version = move.to.due_at, move.to.calendar_version
        clock.explanation_ja, clock.explanation_en = move.to.explanation_ja, move.to.explanation_en
    db().flush()
    for move in found:
        _tell(move.clock, actor)
    return len(found)


def _tell(clock: Clock, actor: Actor) -> None:
    facts = {"kind": clock.kind.code, "day": in_japan(clock.due_at).date().isoformat()}
    subject: Subject
    match clock.subject_kind:
        case "case":
            subject = of_case(clock.subject_id)
            note_next_due(db().get_one(Case, clock.subject_id))
        case "exchange":
            exchange = db().get_one(Exchange, clock.subject_id)
            subject = of_case(exchange.case_id)
            note_next_due(exchange)
        case _:
            subject = of_company(clock.subject_id)
    record(subject, "clock.recompute", actor=actor, facts=dict(facts))


def _must_be_allowed(actor: Actor) -> None:
    must_be_allowed(Permission.RULEBOOK_CHANGE, actor=actor, standing=Standing.NONE)
    if actor.id is None:
        raise ValueError("a person changes the rules, never the clock")


def _enter(
    kind: RuleKind,
    key: str,
    value: Mapping[str, object],
    *,
    valid_from: date,
    reason: str,
    actor: Actor,
    at: datetime,
) -> RuleChange:
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


def _record_closures(changed: list[RuleChange], actor: Actor) -> None:
    db().flush()
    forget_rulebook()
    version = rulebook().calendar.version
    for one in changed:
        record(ASSOCIATION, "calendar.change", actor=actor, facts={"day": one.key, "version": version})
