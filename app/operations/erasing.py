"""What is past its term is erased: ordered in one transaction, its keys destroyed, and its rows taken away in another.

Two databases cannot change in one transaction. So the order comes first and says by which rule; destroying a key twice
is no error; and the rows go only when all keys are gone. Killed at any point, the rest is done at the next turn.
"""

from __future__ import annotations

import uuid

from sqlalchemy import select

from app.operations.destroyed_keys import note_destroyed
from app.pipeline.clock import now
from app.pipeline.one_by_one import count_failed, one_by_one
from app.pipeline.secrets import key_store
from app.pipeline.transaction import db, roll_back, transaction
from app.retention.actions import finish, order_due
from app.retention.queries import is_anything_due, keys_of
from models.erasure import Erasure

AT_A_TIME = 50


def erase_due() -> int:
    """Erase what is past its term, and what was ordered before and is not done; called by the clock."""
    if is_anything_due():
        with transaction():
            order_due(most=AT_A_TIME)
    waiting = select(Erasure).where(Erasure.done_at.is_(None)).order_by(Erasure.ordered_at, Erasure.id).limit(AT_A_TIME)
    keys = {one.id: keys_of(one.case_id, one.part) for one in db().scalars(waiting).all()}
    roll_back()
    gone = [erasure_id for erasure_id, its in keys.items() if _are_destroyed(its)]
    if not gone:
        return 0
    with transaction():
        rows = db().scalars(select(Erasure).where(Erasure.id.in_(gone), Erasure.done_at.is_(None)).with_for_update())
        return one_by_one(rows.all(), lambda erasure: finish(erasure, keys[erasure.id]), work="erase_due")


def _are_destroyed(keys: list[uuid.UUID]) -> bool:
    try:
        gone = key_store().destroyed(keys)
        # On the list first: an old backup that is put back at any moment from now on brings none of them back.
        note_destroyed([key_id for key_id in keys if key_id not in gone])
        for key_id in keys:
            key_store().destroy(key_id, at=now())
    except Exception:  # noqa: BLE001 - one key that cannot be destroyed now must not keep the others
        count_failed()
        return False
    return True
