"""Erasing: that it is ordered, by which rule or by whom; and what is done when its keys are destroyed."""

from __future__ import annotations

import uuid
from datetime import UTC

from sqlalchemy import select

from app.pipeline.audit import Fact, of_case, record, take_turn
from app.pipeline.clock import now
from app.pipeline.identity import THE_CLOCK, Actor
from app.pipeline.one_by_one import one_by_one
from app.pipeline.secrets import key_store
from app.pipeline.transaction import db
from app.retention.actions.forgetting import forget_rows, kinds_of
from app.retention.queries import due_for_erasure, goes_on_in, is_held, went_up_in
from models.case import Case
from models.erasure import Erasure
from models.rules.decision import ALLOWED, Decision, refused
from models.rules.erasure import ErasedPart, ErasureCause
from models.rules.retention import DataKind


def order_due(*, most: int) -> int:
    """Order that what is past its term is erased; returns how much is."""
    due = {one.case.id: one for one in due_for_erasure(most=most)}

    def order(case: Case) -> bool:
        one = due[case.id]
        return bool(order_erasure(case, one.part, ErasureCause.TERM, rule=one.rule, actor=THE_CLOCK))

    return one_by_one([one.case for one in due.values()], order, work="erase_due")


def order_erasure(
    case: Case,
    part: ErasedPart,
    cause: ErasureCause,
    *,
    actor: Actor,
    rule: DataKind | None = None,
    by: tuple[uuid.UUID, uuid.UUID] | None = None,
) -> Decision:
    """Order that a part of a case is erased, and of every case that is one thread with it. A hold refuses it."""
    thread = goes_on_in(case) or case
    db().refresh(thread, with_for_update=True)
    take_turn(of_case(thread))
    if is_held(thread):
        return refused("held")
    if thread.is_open:
        return refused("open")
    for one in (thread, *went_up_in(thread)):
        _order(one, part, cause, rule=rule, by=by, actor=actor)
    db().flush()
    return ALLOWED


def _order(
    case: Case,
    part: ErasedPart,
    cause: ErasureCause,
    *,
    actor: Actor,
    rule: DataKind | None,
    by: tuple[uuid.UUID, uuid.UUID] | None,
) -> None:
    covered = (ErasedPart.CONTENT, part)
    there = select(Erasure.id).where(Erasure.case_id == case.id, Erasure.part.in_(covered))
    if db().scalar(there.limit(1)) is not None:
        return
    asked, agreed = by or (None, None)
    erasure = Erasure(id=uuid.uuid4(), case_id=case.id, part=part, cause=cause, rule=rule, ordered_at=now())
    erasure.asked_by_id, erasure.agreed_by_id = asked, agreed
    db().add(erasure)
    facts: dict[str, Fact] = {
        "erasure_id": erasure.id.hex,
        "part": part.value,
        "cause": cause.value,
        "rule": rule.value if rule else None,
        "asked_by_id": asked.hex if asked else None,
        "agreed_by_id": agreed.hex if agreed else None,
    }
    record(of_case(case), "erasure.order", actor=actor, facts=facts)


def finish(erasure: Erasure, keys: list[uuid.UUID]) -> bool:
    """Its keys are destroyed: what is left of it is the coded skeleton, and the proof in its record."""
    case = db().get_one(Case, erasure.case_id)
    subject, destroyed = of_case(case), key_store().destroyed(keys)
    for key_id in keys:
        # A key that never was is none that was destroyed, and is not said to be.
        if (at := destroyed.get(key_id)) is not None:
            facts: dict[str, Fact] = {
                "key_id": key_id.hex,
                "part": erasure.part.value,
                "reason_code": erasure.cause.value,
                "destroyed_at": at.astimezone(UTC).isoformat(timespec="seconds"),
            }
            record(subject, "key.shred", actor=THE_CLOCK, facts=facts)
    kinds = kinds_of(case, erasure.part)
    rows = forget_rows(case, erasure.part)
    at = now()
    erasure.done_at = at
    case.version += 1
    if erasure.part is ErasedPart.CONTENT:
        case.erased_at = at
    done: dict[str, Fact] = {"erasure_id": erasure.id.hex, "kinds": kinds, "rows": rows}
    record(subject, "erasure.done", actor=THE_CLOCK, facts=done)
    db().flush()
    return True
