"""How a consulter enters: the code that she was given opens her mailbox, and nothing else does."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select

from app.mailbox.queries import receipt_is_valid
from app.pipeline.audit import of_case, record
from app.pipeline.identity import Actor
from app.pipeline.transaction import begin_writing, db
from app.pipeline.unlocking import Keys, receipt_key_context
from crypto import CannotOpen, read_receipt, receipt_keys, same, unlock_with_key
from models.case import Case
from models.receipt import Receipt
from models.rules.people import Role


@dataclass(frozen=True)
class Entered:
    """A receipt that opened its mailbox."""

    receipt: Receipt
    private_key: bytes = field(repr=False)


def enter(code: str) -> Entered | None:
    """Open the mailbox that a code leads to, and record that the receipt was used; None says nothing of why not.

    Raises ReceiptMistyped for what cannot be a code at all, which tells nothing of any case.
    """
    keys = receipt_keys(read_receipt(code))
    found = _opened(keys.locator, keys.key)
    if found is None:
        return None
    begin_writing()
    actor = Actor(Role.CONSULTER, Keys(found.private_key, receipt_id=found.receipt.id), receipt=found.receipt)
    record(of_case(found.receipt.case_id), "receipt.used", actor=actor, facts={"receipt_id": found.receipt.id.hex})
    return found


def _opened(locator: bytes, key: bytes) -> Entered | None:
    """The same steps for a code that leads nowhere as for one that has ended, so that no time tells them apart."""
    receipt = _nearest(locator)
    if receipt is None:
        return None
    is_valid = receipt_is_valid(receipt, db().get_one(Case, receipt.case_id))
    try:
        private = unlock_with_key(receipt.locked_private_key, key=key, context=receipt_key_context(receipt.id))
    except CannotOpen:
        private = b""
    return Entered(receipt, private) if same(receipt.locator, locator) and is_valid and private else None


def _nearest(locator: bytes) -> Receipt | None:
    """The receipt of this locator; where there is none, its neighbour, which no key of this code opens.

    Which of them it is, is found by their identifiers alone: to read both would cost more where they are two than where
    they are one, and how often they are one depends on whether the code leads somewhere.
    """
    by_locator = select(Receipt.id).order_by(Receipt.locator).limit(1)
    # Both are asked, though the first mostly has one: whose locator comes last is nobody's business either.
    following, first = db().scalar(by_locator.where(Receipt.locator >= locator)), db().scalar(by_locator)
    nearest = following or first
    return None if nearest is None else db().get_one(Receipt, nearest)
