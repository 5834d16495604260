"""Erasing: what is due is ordered in one transaction, its keys are destroyed, and then its rows go in another.

Two databases cannot change in one transaction. So the order comes first and says by which rule; destroying a key twice
is no error; and the rows go only when all keys are gone. Killed at any point, the rest is done at the next turn.
"""

from __future__ import annotations

import uuid
from datetime import UTC

from sqlalchemy import select

from app.pipeline.audit import Fact, of_case, record, take_turn
from app.pipeline.clock import now
from app.pipeline.identity import THE_CLOCK, Actor
from app.pipeline.one_by_one import count_failed, one_by_one
from app.pipeline.secrets import key_store
from app.pipeline.transaction import db, roll_back, transaction
from app.retention.actions.forgetting import forget_rows, kinds_of
from app.retention.queries import due_for_erasure, goes_on_in, is_held, keys_of, went_up_in
from models.case import Case
from models.erasure import Erasure
from models.rules.decision import ALLOWED, Decision, refused
from models.rules.erasure import ErasedPart, ErasureCause
from models.rules.retention import DataKind

AT_A_TIME = 50


def erase_due() -> int:
    """Erase what is past its term, and what was ordered before and is not done; called by the clock."""
    with transaction():
        due = {one.case.id: one for one in due_for_erasure(most=AT_A_TIME)}

        def order(case: Case) -> bool:
            one = due[case.id]
            return bool(order_erasure(case, one.part, ErasureCause.TERM, rule=one.rule, actor=THE_CLOCK))

        one_by_one([one.case for one in due.values()], order, work="erase_due")
    return finish_ordered()


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


def finish_ordered() -> int:
    """Destroy the keys of what was ordered and let its rows go; returns how many are done."""
    waiting = select(Erasure).where(Erasure.done_at.is_(None)).order_by(Erasure.ordered_at, Erasure.id).limit(AT_A_TIME)
    keys = {one.id: keys_of(one.case_id, one.part) for one in db().scalars(waiting).all()}
    roll_back()
    gone = [erasure_id for erasure_id, its in keys.items() if _are_destroyed(its)]
    if not gone:
        return 0
    with transaction():
        rows = db().scalars(select(Erasure).where(Erasure.id.in_(gone), Erasure.done_at.is_(None)).with_for_update())
        return one_by_one(rows.all(), lambda erasure: _finish(erasure, keys[erasure.id]), work="erase_due")


def _are_destroyed(keys: list[uuid.UUID]) -> bool:
    try:
        for key_id in keys:
            key_store().destroy(key_id, at=now())
    except Exception:  # noqa: BLE001 - one key that cannot be destroyed now must not keep the others
        count_failed()
        return False
    return True


def _finish(erasure: Erasure, keys: list[uuid.UUID]) -> bool:
    """What is left of it: the coded skeleton, and the proof in its record."""
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
