"""Receipt codes at the desk: repeated back by whoever was given one, and issued anew for whoever lost hers."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import delete, select

from app.custody.actions import ASSOCIATION, grant_to_receipt
from app.phone_desk.queries import receipt_of, tries_of
from app.pipeline.audit import of_case, record, record_reading, take_turn
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.standing import must_be_allowed, towards_case
from app.pipeline.transaction import db
from app.pipeline.unlocking import receipt_key_context
from crypto import ends_with, lock_with_key, new_keypair, new_receipt_secret, receipt_code, receipt_keys
from models.case import Case
from models.compartment import Compartment
from models.compartment_grant import CompartmentGrant
from models.receipt import Receipt
from models.rules.lost_code import may_still_try
from models.rules.permissions import Permission
from models.visit import Visit


@dataclass(frozen=True)
class Handed:
    """A code that is to be given by voice or on paper; it is kept nowhere."""

    receipt: Receipt
    code: str = field(repr=False)


def confirm_repeated(code: str, typed: str, *, actor: Actor) -> bool:
    """Whether the last group was repeated as it is; then it is noted that the code has arrived."""
    receipt = receipt_of(code)
    if receipt is None or receipt.ended_at is not None:
        return False
    if not ends_with(code, typed):
        return False
    if receipt.repeated_back_at is None:
        receipt.repeated_back_at = now()
        record(of_case(receipt.case_id), "receipt.repeat_back", actor=actor, facts={"receipt_id": receipt.id.hex})
    return True


def note_the_asking(*, actor: Actor) -> bool:
    """Record that answers are about to be compared; False when there were too many tries, and nothing is compared."""
    # Of many who ask at the same moment each is counted by the next.
    take_turn(ASSOCIATION)
    by_this_person, by_the_desk = tries_of(actor)
    if not may_still_try(by_this_person=by_this_person, by_the_desk=by_the_desk):
        return False
    record_reading(ASSOCIATION, "lost_code.ask", actor=actor, facts={})
    return True


def issue_again(case: Case, *, actor: Actor) -> Handed:
    """A new code that opens what the old one opened; the old one opens nothing from this moment.

    Raises CannotOpen when the one present cannot hand on everything; then nothing was changed.
    """
    must_be_allowed(Permission.CASE_ISSUE_CODE, actor=actor, standing=towards_case(actor, case))
    old = db().scalars(select(Receipt).where(Receipt.case_id == case.id, Receipt.ended_at.is_(None))).all()
    opened = [(one, actor.held.compartment_secret(one)) for one in _opened_by(old)]
    code = receipt_code(new_receipt_secret())
    keys, pair, at = receipt_keys(code), new_keypair(), now()
    receipt = Receipt(id=uuid.uuid4(), case_id=case.id, locator=keys.locator, public_key=pair.public, created_at=at)
    receipt.locked_private_key = lock_with_key(pair.private, key=keys.key, context=receipt_key_context(receipt.id))
    db().add(receipt)
    for compartment, secret in opened:
        grant_to_receipt(compartment, secret, receipt)
    for one in old:
        _kill(one, actor=actor)
    case.version += 1
    record(of_case(case), "receipt.issue_again", actor=actor, facts={"receipt_id": receipt.id.hex})
    return Handed(receipt, code)


def _opened_by(receipts: Sequence[Receipt]) -> list[Compartment]:
    granted = select(CompartmentGrant.compartment_id).where(
        CompartmentGrant.receipt_id.in_([one.id for one in receipts]), CompartmentGrant.ended_at.is_(None)
    )
    return list(db().scalars(select(Compartment).where(Compartment.id.in_(granted))))


def _kill(receipt: Receipt, *, actor: Actor) -> None:
    at = now()
    receipt.ended_at, receipt.locked_private_key = at, b""
    grants = select(CompartmentGrant).where(
        CompartmentGrant.receipt_id == receipt.id, CompartmentGrant.ended_at.is_(None)
    )
    for grant in db().scalars(grants):
        grant.ended_at, grant.sealed_key = at, b""
    db().execute(delete(Visit).where(Visit.receipt_id == receipt.id))
    record(of_case(receipt.case_id), "receipt.end", actor=actor, facts={"receipt_id": receipt.id.hex})
