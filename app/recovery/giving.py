"""A seat's keys come back from a kit: whoever gets them holds every epoch that it opens, and the seat goes on."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from sqlalchemy import select

from app.custody.actions import begin_epoch, hold_epoch
from app.custody.queries import holders_of, open_epoch
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.transaction import db
from models.person import Person
from models.rules.people import MAY_HOLD, SeatKind
from models.seat import Seat
from models.seat_epoch import SeatEpoch
from models.seat_holding import SeatHolding
from models.waiting_grant import WaitingGrant


def may_be_given(seat: Seat, person: Person) -> bool:
    """Whether somebody serves, has signed up and may hold this seat."""
    if person.public_key is None or person.verified_at is None or not person.serves_at(now()):
        return False
    return person.role in MAY_HOLD[seat.kind] and (seat.kind is not SeatKind.HANDLERS or person.is_handler)


def epochs_of(seat: Seat) -> list[SeatEpoch]:
    """Every epoch of a seat, the first one first."""
    return list(db().scalars(select(SeatEpoch).where(SeatEpoch.seat_id == seat.id).order_by(SeatEpoch.number)))


def give_back(seat: Seat, person: Person, private_keys: Mapping[uuid.UUID, bytes], *, actor: Actor) -> None:
    """Give a person the epochs of a seat whose private keys came back.

    Where nobody else holds the present epoch and these keys do not open it, a new one begins with her: what comes in
    from now on is hers to open, and what the lost epoch alone opened stays in the queue.
    """
    for epoch in epochs_of(seat):
        if epoch.id in private_keys:
            hold_epoch(epoch, person, private_keys[epoch.id], actor=actor, seat=seat)
    present = open_epoch(seat)
    others = [] if present is None else [holder for holder in holders_of(present) if holder.id != person.id]
    if present is None or (present.id not in private_keys and not others):
        begin_epoch(seat, [person], actor=actor)
    of_seat = select(SeatEpoch.id).where(SeatEpoch.seat_id == seat.id)
    waits = select(WaitingGrant).where(
        WaitingGrant.seat_epoch_id.in_(of_seat), WaitingGrant.person_id == person.id, WaitingGrant.done_at.is_(None)
    )
    for wait in db().scalars(waits).all():
        if _holds_all(seat, person):
            wait.done_at, wait.done_by_id = now(), actor.id
    db().flush()


def _holds_all(seat: Seat, person: Person) -> bool:
    held = select(SeatHolding.epoch_id).where(SeatHolding.person_id == person.id, SeatHolding.ended_at.is_(None))
    lacking = select(SeatEpoch.id).where(SeatEpoch.seat_id == seat.id, SeatEpoch.id.not_in(held)).limit(1)
    return db().scalar(lacking) is None
