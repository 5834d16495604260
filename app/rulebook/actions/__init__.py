"""Closure days are entered and taken back, and running clocks are counted anew when somebody says so."""

from __future__ import annotations

from datetime import date

from app.clocks.actions import note_next_due
from app.custody.actions import ASSOCIATION
from app.pipeline.acting import ChangedMeanwhile
from app.pipeline.audit import Fact, Subject, of_case, of_company, record
from app.pipeline.clock import now, today
from app.pipeline.identity import Actor
from app.pipeline.ids import new_id
from app.pipeline.transaction import db
from app.rulebook.actions.changing import begin, end, enter, may_be_taken_back, record_change
from app.rulebook.actions.words import call_code, offer_code, reword_mail, take_back_words
from app.rulebook.numbers import NUMBERS, amount_on, pairs_out_of_order
from app.rulebook.queries import begins_on, deadlines_at, forget_rulebook, next_closure_change, rulebook, wording_of
from app.rulebook.recounting import Move, moves, moves_by_term
from models.case import Case
from models.clock import Clock
from models.exchange import Exchange
from models.rule_change import RuleChange
from models.rules.amendable import Amendable, may_amend
from models.rules.editable_texts import Wording, may_reword
from models.rules.rule_change import Amended, ClosureSort, RuleKind, closure_key, days_to_enter, may_enter
from models.rules.working_days import in_japan

__all__ = [
    "amend_number",
    "call_code",
    "close_association",
    "offer_code",
    "open_association",
    "recount_clocks",
    "recount_number",
    "reword",
    "reword_mail",
    "take_back_amendment",
    "take_back_wording",
    "take_back_words",
]


def close_association(
    first: date, last: date, *, sort: ClosureSort, ja: str, en: str, reason: str, actor: Actor
) -> list[RuleChange]:
    """Enter days on which nobody works, or holidays that become working days, for clocks that start from now on."""
    begin(actor)
    calendar = rulebook().calendar
    if not may_enter(first, last, sort=sort, today=today(), calendar=calendar).allowed:
        raise ChangedMeanwhile
    value = {"sort": sort.code, "ja": ja, "en": en}
    at = next_closure_change(now())
    entered = [
        enter(RuleKind.CLOSURE, closure_key(day, sort), value, valid_from=day, reason=reason, actor=actor, at=at)
        for day in days_to_enter(first, last, sort=sort, calendar=calendar)
    ]
    _record_closures(entered, actor)
    return entered


def open_association(closure: RuleChange, *, actor: Actor) -> None:
    """Take back what was entered for a day; a day that is over stays as it was."""
    begin(actor)
    db().refresh(closure)
    if closure.kind is not RuleKind.CLOSURE or closure.ended_at is not None or closure.valid_from < today():
        return
    closure.ended_at, closure.ended_by_id = next_closure_change(now()), actor.id
    _record_closures([closure], actor)


def recount_clocks(*, reason: str, actor: Actor) -> int:
    """Give every running clock the day that the calendar of now makes of its term, and tell each in its own record."""
    begin(actor)
    calendar = rulebook().calendar
    found = moves(calendar)
    facts: dict[str, Fact] = {"version": calendar.version, "moved": len(found)}
    return _move(found, "calendar.recompute", facts, reason=reason, actor=actor)


def recount_number(number: Amendable, *, reason: str, actor: Actor) -> int:
    """Let the clocks that began under an earlier term run by the one of now, and tell each in its own record."""
    begin(actor)
    policy = deadlines_at(now())
    found = moves_by_term(number, policy, at=now())
    facts: dict[str, Fact] = {"rule": number.key, "version": policy.version, "moved": len(found)}
    return _move(found, "rules.recompute", facts, reason=reason, actor=actor)


def _move(found: list[Move], event: str, facts: dict[str, Fact], *, reason: str, actor: Actor) -> int:
    if not found:
        return 0
    enter(RuleKind.RECOMPUTE, new_id().hex, facts, valid_from=today(), reason=reason, actor=actor, at=now())
    record(ASSOCIATION, event, actor=actor, facts=dict(facts))
    for move in found:
        clock = move.clock
        clock.due_at, clock.calendar_version = move.to.due_at, move.to.calendar_version
        clock.policy_version = move.to.policy_version
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


def amend_number(number: Amendable, amount: int, *, valid_from: date, reason: str, actor: Actor) -> RuleChange:
    """Let a number be another one from a day on; what began before keeps what it began with."""
    begin(actor)
    decision = may_amend(
        number,
        amount,
        valid_from=valid_from,
        today=today(),
        now_is=amount_on(number.key, valid_from),
        taken=begins_on(number.kind, number.key, valid_from),
    )
    if not decision.allowed or pairs_out_of_order(added=[Amended(number.key, amount, valid_from)]):
        raise ChangedMeanwhile
    value = {"amount": amount}
    change = enter(number.kind, number.key, value, valid_from=valid_from, reason=reason, actor=actor, at=now())
    record_change(change, actor)
    return change


def take_back_amendment(change: RuleChange, *, actor: Actor) -> bool:
    """Take back a change that has not begun yet; False for one that has, which a later one takes over."""
    begin(actor)
    if not may_be_taken_back(change, NUMBERS):
        return False
    if pairs_out_of_order(without=change):
        raise ChangedMeanwhile
    end(change, actor=actor)
    return True


def reword(new: Wording, *, reason: str, actor: Actor) -> RuleChange:
    """Let a text read otherwise from a day on; every wording that there was is kept."""
    begin(actor)
    taken, before = begins_on(RuleKind.TEXT, new.text.code, new.valid_from), wording_of(new.text, new.valid_from)
    if not may_reword(new, today=today(), before=before, taken=taken).allowed:
        raise ChangedMeanwhile
    value = {"ja": new.ja, "en": new.en}
    at = now()
    change = enter(RuleKind.TEXT, new.text.code, value, valid_from=new.valid_from, reason=reason, actor=actor, at=at)
    record_change(change, actor)
    return change


def take_back_wording(change: RuleChange, *, actor: Actor) -> bool:
    """Take back a wording that has not begun yet; False for one that has."""
    begin(actor)
    if not may_be_taken_back(change, {RuleKind.TEXT}):
        return False
    end(change, actor=actor)
    return True


def _record_closures(changed: list[RuleChange], actor: Actor) -> None:
    db().flush()
    forget_rulebook()
    version = rulebook().calendar.version
    for one in changed:
        record(
            ASSOCIATION, "calendar.change", actor=actor, facts={"day": one.valid_from.isoformat(), "version": version}
        )
