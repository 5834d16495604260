"""The keys of the one who is present: from a person's or a receipt's private key to the compartments it leads to."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from sqlalchemy import Select, or_, select

from app.pipeline.made_once import made_once
from app.pipeline.secrets import bring_shred_keys, shred_key
from crypto import CannotOpen, Context, content_key, open_box
from models.compartment import Compartment
from models.compartment_grant import CompartmentGrant
from models.seat_holding import SeatHolding


@dataclass
class Keys:
    """Private keys that live for one request; nothing of them is stored, logged or shown."""

    private_key: bytes = field(repr=False)
    person_id: uuid.UUID | None = None
    receipt_id: uuid.UUID | None = None
    _epochs: dict[uuid.UUID, bytes] | None = field(default=None, repr=False)
    _secrets: dict[uuid.UUID, bytes] = field(default_factory=dict, repr=False)

    def compartment_key(self, compartment: Compartment) -> bytes:
        """The key that a compartment's contents are sealed under. Raises CannotOpen for whoever was not granted it."""
        return content_key_of(compartment, self.compartment_secret(compartment))

    def compartment_secret(self, compartment: Compartment) -> bytes:
        """The compartment's own secret, which is what a grant hands on. Raises CannotOpen without a grant."""
        if compartment.id not in self._secrets:
            self._secrets[compartment.id] = self._open_a_grant(compartment)
        return self._secrets[compartment.id]

    def remember(self, compartment: Compartment, secret: bytes) -> None:
        """Keep the secret of a compartment that was just made, for this request."""
        self._secrets[compartment.id] = secret

    def opens(self, compartment: Compartment) -> bool:
        """Whether the one who is present was granted this compartment."""
        try:
            self.compartment_secret(compartment)
        except CannotOpen:
            return False
        return True

    def epoch_key(self, epoch_id: uuid.UUID) -> bytes:
        """The private key of a seat's epoch that this person holds. Raises CannotOpen otherwise."""
        epochs = self._held_epochs()
        if epoch_id not in epochs:
            raise CannotOpen
        return epochs[epoch_id]

    def held_epoch_ids(self) -> frozenset[uuid.UUID]:
        """The epochs that the person who is present holds."""
        return frozenset(self._held_epochs())

    def _held_epochs(self) -> dict[uuid.UUID, bytes]:
        if self._epochs is None:
            self._epochs = {}
            if self.person_id is not None:
                for holding in _held_by.scalars(self.person_id):
                    self._epochs[holding.epoch_id] = self._opened_holding(holding)
        return self._epochs

    def _opened_holding(self, holding: SeatHolding) -> bytes:
        return open_box(self.private_key, holding.sealed_private_key, context=holding_context(holding.id))

    def bring(self, compartments: Sequence[Compartment]) -> None:
        """Open the grants of many compartments with one question to each database; what does not open stays closed."""
        bring_shred_keys([compartment.subject_id for compartment in compartments])
        wanted = [compartment.id for compartment in compartments if compartment.id not in self._secrets]
        for grant in self._grants_of(wanted):
            if grant.compartment_id not in self._secrets:
                with suppress(CannotOpen):
                    self._secrets[grant.compartment_id] = self._opened(grant)

    def _open_a_grant(self, compartment: Compartment) -> bytes:
        for grant in self._grants_of([compartment.id]):
            return self._opened(grant)
        raise CannotOpen

    def _grants_of(self, compartment_ids: Sequence[uuid.UUID]) -> Iterable[CompartmentGrant]:
        if self.receipt_id is not None:
            return _granted_to_receipt.scalars(compartment_ids, self.receipt_id)
        if self.person_id is None:
            # Nobody's grants would be those that name no person, which are the receipts' and the seats'.
            raise CannotOpen
        return _granted_to_person.scalars(compartment_ids, self.person_id, tuple(self._held_epochs()))

    def _opened(self, grant: CompartmentGrant) -> bytes:
        key = self.private_key if grant.seat_epoch_id is None else self.epoch_key(grant.seat_epoch_id)
        return open_box(key, grant.sealed_key, context=grant_context(grant.id))


def content_key_of(compartment: Compartment, secret: bytes) -> bytes:
    """A compartment's key: its secret bound to the shred key of its subject and to its own place."""
    return content_key(secret, shred_key=shred_key(compartment.subject_id), context=compartment_context(compartment))


def compartment_context(compartment: Compartment) -> Context:
    return Context(table="compartment", column="key", row=compartment.id.hex, purpose=compartment.kind.value)


def grant_context(grant_id: uuid.UUID) -> Context:
    return Context(table="compartment_grant", column="sealed_key", row=grant_id.hex, purpose="grant")


def holding_context(holding_id: uuid.UUID) -> Context:
    return Context(table="seat_holding", column="sealed_private_key", row=holding_id.hex, purpose="seat")


def person_key_context(person_id: uuid.UUID) -> Context:
    return Context(table="person", column="locked_private_key", row=person_id.hex, purpose="person")


def passkey_context(passkey_id: uuid.UUID) -> Context:
    return Context(table="passkey", column="locked_private_key", row=passkey_id.hex, purpose="passkey")


def receipt_key_context(receipt_id: uuid.UUID) -> Context:
    return Context(table="receipt", column="locked_private_key", row=receipt_id.hex, purpose="receipt")


def visit_key_context(visit_id: uuid.UUID) -> Context:
    return Context(table="visit", column="sealed_private_key", row=visit_id.hex, purpose="visit")


@made_once
def _held_by(person_id: uuid.UUID) -> Select[SeatHolding]:
    return select(SeatHolding).where(SeatHolding.person_id == person_id, SeatHolding.ended_at.is_(None))


@made_once
def _granted_to_receipt(compartment_ids: Collection[uuid.UUID], receipt_id: uuid.UUID) -> Select[CompartmentGrant]:
    return _standing_grants(compartment_ids).where(CompartmentGrant.receipt_id == receipt_id)


@made_once
def _granted_to_person(
    compartment_ids: Collection[uuid.UUID], person_id: uuid.UUID, epoch_ids: Collection[uuid.UUID]
) -> Select[CompartmentGrant]:
    by_seat = CompartmentGrant.seat_epoch_id.in_(epoch_ids)
    return _standing_grants(compartment_ids).where(or_(by_seat, CompartmentGrant.person_id == person_id))


def _standing_grants(compartment_ids: Collection[uuid.UUID]) -> Select[CompartmentGrant]:
    return select(CompartmentGrant).where(
        CompartmentGrant.compartment_id.in_(compartment_ids), CompartmentGrant.ended_at.is_(None)
    )
