"""What is done with keys: compartments are made, granted and handed on; seats begin new epochs."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from app.custody.queries import SEATS_OF_COMPANIES, holders_of, open_epoch, present_epochs, seat_of
from app.pipeline.audit import Subject, of_company, record
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.transaction import db
from app.pipeline.unlocking import grant_context, holding_context
from crypto import CannotOpen, new_key, new_keypair, seal_to
from models.case import Case
from models.company_file import CompanyFile
from models.compartment import Compartment
from models.compartment_grant import CompartmentGrant
from models.exchange import Exchange
from models.person import Person
from models.receipt import Receipt
from models.rules.people import MAY_HOLD, READERS, CompartmentKind, SeatKind
from models.seat import Seat
from models.seat_epoch import SeatEpoch
from models.seat_holding import SeatHolding
from models.waiting_grant import WaitingGrant

ASSOCIATION = Subject("association", uuid.UUID(int=0))


def open_seat(kind: SeatKind, *, company_id: uuid.UUID | None = None) -> Seat:
    """A seat with its first epoch still to come: that begins when its first holder signs up."""
    seat = seat_of(kind, company_id=company_id)
    if seat is None:
        seat = Seat(id=uuid.uuid4(), kind=kind, company_id=company_id)
        db().add(seat)
        db().flush()
    return seat


def begin_epoch(seat: Seat, holders: Iterable[Person], *, actor: Actor) -> SeatEpoch:
    """A new key pair for a seat, sealed to its present holders; who is not among them reads nothing new.

    The cases in hand are granted to the new epoch by the next person who can open them (waiting grants).
    """
    session, at = db(), now()
    old = open_epoch(seat)
    if old is not None:
        _end_epoch(old, at)
    pair = new_keypair()
    epoch = SeatEpoch(
        id=uuid.uuid4(), seat_id=seat.id, number=(old.number + 1 if old else 1), public_key=pair.public, began_at=at
    )
    session.add(epoch)
    session.flush()
    for person in holders:
        _hold(epoch, person, pair.private, actor=actor, seat=seat)
    if old is not None:
        _queue_what_the_old_epoch_opened(old, epoch, at)
    record(_subject_of(seat), "seat.new_epoch", actor=actor, facts={"seat_id": seat.id.hex, "epoch": epoch.number})
    return epoch


def share_seat(seat: Seat, person: Person, *, actor: Actor) -> None:
    """Give a person the seat's present epoch: at once when the one present holds it, else as soon as a holder comes."""
    epoch = open_epoch(seat)
    if epoch is None or not holders_of(epoch):
        begin_epoch(seat, [person], actor=actor)
        return
    if actor.keys is not None and epoch.id in actor.keys.held_epoch_ids():
        _hold(epoch, person, actor.keys.epoch_key(epoch.id), actor=actor, seat=seat)
        return
    db().add(WaitingGrant(seat_epoch_id=epoch.id, person_id=person.id, asked_at=now()))


def leave_seat(seat: Seat, person: Person, *, actor: Actor) -> None:
    """End a person's holding at this minute, and begin a new epoch with those who stay."""
    session, at = db(), now()
    epoch = open_epoch(seat)
    if epoch is None:
        return
    stay = [holder for holder in holders_of(epoch) if holder.id != person.id]
    for holding in session.scalars(
        select(SeatHolding)
        .join(SeatEpoch)
        .where(SeatEpoch.seat_id == seat.id, SeatHolding.person_id == person.id, SeatHolding.ended_at.is_(None))
    ):
        holding.ended_at = at
    begin_epoch(seat, stay, actor=actor)


def make_compartment(
    kind: CompartmentKind,
    *,
    case: Case | None = None,
    company_file: CompanyFile | None = None,
    exchange: Exchange | None = None,
    receipt: Receipt | None = None,
    company_id: uuid.UUID | None = None,
    actor: Actor | None = None,
) -> tuple[Compartment, bytes]:
    """A new compartment with its secret, granted to the readers that the rules name. Returns both."""
    compartment = Compartment(
        id=uuid.uuid4(),
        kind=kind,
        case_id=case.id if case else None,
        company_file_id=company_file.id if company_file else None,
        exchange_id=exchange.id if exchange else None,
        created_at=now(),
    )
    secret = new_key()
    db().add(compartment)
    db().add_all(first_grants(compartment, secret, receipt=receipt, company_id=company_id))
    if actor is not None and actor.keys is not None:
        actor.keys.remember(compartment, secret)
    return compartment, secret


def first_grants(
    compartment: Compartment, secret: bytes, *, receipt: Receipt | None = None, company_id: uuid.UUID | None = None
) -> list[CompartmentGrant]:
    """The grants that the rules name for a compartment that was just made; a seat without a holder is passed over."""
    readers = READERS[compartment.kind]
    epochs = present_epochs(company_id)
    grants = []
    for kind in sorted(readers.seats):
        epoch = epochs.get((kind, company_id if kind in SEATS_OF_COMPANIES else None))
        if epoch is not None:
            grants.append(_sealed_grant(compartment, secret, epoch.public_key, seat_epoch_id=epoch.id))
    if readers.receipt and receipt is not None:
        grants.append(_sealed_grant(compartment, secret, receipt.public_key, receipt_id=receipt.id))
    return grants


def grant_to_seat(
    compartment: Compartment, secret: bytes, kind: SeatKind, *, company_id: uuid.UUID | None = None
) -> CompartmentGrant | None:
    """Seal a compartment's secret to a seat's present epoch; a seat that nobody holds yet is granted later."""
    seat = open_seat(kind, company_id=company_id)
    epoch = open_epoch(seat)
    if epoch is None:
        return None
    return _grant(compartment, secret, epoch.public_key, seat_epoch_id=epoch.id)


def grant_to_receipt(compartment: Compartment, secret: bytes, receipt: Receipt) -> CompartmentGrant:
    """Seal a compartment's secret to a consulter's receipt."""
    return _grant(compartment, secret, receipt.public_key, receipt_id=receipt.id)


def end_grants_to_companies(exchange: Exchange, *, at: datetime) -> None:
    """Close what a company could read of an exchange: its grants end, though what was read cannot be recalled."""
    grants = (
        select(CompartmentGrant)
        .join(Compartment, Compartment.id == CompartmentGrant.compartment_id)
        .join(SeatEpoch, SeatEpoch.id == CompartmentGrant.seat_epoch_id)
        .join(Seat, Seat.id == SeatEpoch.seat_id)
        .where(
            Compartment.exchange_id == exchange.id, Seat.company_id.is_not(None), CompartmentGrant.ended_at.is_(None)
        )
    )
    for grant in db().scalars(grants):
        grant.ended_at = at
        grant.sealed_key = b""


def do_what_waits(actor: Actor, *, most: int = 40) -> int:
    """Hand on what waits for somebody with the keys of the one who is present. Returns how much was done."""
    if actor.keys is None:
        return 0
    held = actor.keys.held_epoch_ids()
    waiting = db().scalars(
        select(WaitingGrant).where(WaitingGrant.done_at.is_(None)).order_by(WaitingGrant.asked_at).limit(most * 5)
    )
    done = 0
    for wait in waiting:
        if done >= most:
            break
        if (_hand_on_seat if wait.person_id else _hand_on_compartment)(wait, actor, held):
            wait.done_at, wait.done_by_id = now(), actor.id
            done += 1
    return done


def _hand_on_seat(wait: WaitingGrant, actor: Actor, held: frozenset[uuid.UUID]) -> bool:
    epoch = db().get_one(SeatEpoch, wait.seat_epoch_id)
    person = db().get_one(Person, wait.person_id)
    if epoch.ended_at is not None or not person.serves_at(now()):
        return True
    if epoch.id not in held or person.public_key is None:
        return False
    _hold(epoch, person, actor.held.epoch_key(epoch.id), actor=actor, seat=db().get_one(Seat, epoch.seat_id))
    return True


def _hand_on_compartment(wait: WaitingGrant, actor: Actor, _held: frozenset[uuid.UUID]) -> bool:
    epoch = db().get_one(SeatEpoch, wait.seat_epoch_id)
    compartment = db().get_one(Compartment, wait.compartment_id)
    if epoch.ended_at is not None:
        return True
    try:
        secret = actor.held.compartment_secret(compartment)
    except CannotOpen:
        return False
    _grant(compartment, secret, epoch.public_key, seat_epoch_id=epoch.id)
    return True


def _hold(epoch: SeatEpoch, person: Person, private_key: bytes, *, actor: Actor, seat: Seat) -> None:
    if person.public_key is None:
        raise ValueError("a person signs up before holding a seat")
    if person.role not in MAY_HOLD[seat.kind] or (seat.kind is SeatKind.HANDLERS and not person.is_handler):
        raise ValueError("this seat is not for this person")
    holding_id = uuid.uuid4()
    db().add(
        SeatHolding(
            id=holding_id,
            epoch_id=epoch.id,
            person_id=person.id,
            sealed_private_key=seal_to(person.public_key, private_key, context=holding_context(holding_id)),
            granted_by_id=actor.person.id if actor.person else None,
            granted_at=now(),
        )
    )
    record(_subject_of(seat), "seat.grant", actor=actor, facts={"seat_id": seat.id.hex, "person_id": person.id.hex})


def _end_epoch(epoch: SeatEpoch, at: datetime) -> None:
    epoch.ended_at = at
    db().flush()


def _queue_what_the_old_epoch_opened(old: SeatEpoch, new: SeatEpoch, at: datetime) -> None:
    grants = select(CompartmentGrant.compartment_id).where(
        CompartmentGrant.seat_epoch_id == old.id, CompartmentGrant.ended_at.is_(None)
    )
    for compartment_id in db().scalars(grants).all():
        db().add(WaitingGrant(seat_epoch_id=new.id, compartment_id=compartment_id, asked_at=at))


def _grant(
    compartment: Compartment,
    secret: bytes,
    public_key: bytes,
    *,
    seat_epoch_id: uuid.UUID | None = None,
    receipt_id: uuid.UUID | None = None,
) -> CompartmentGrant:
    """Grant, or grant again, whichever this reader has had before."""
    reader = (
        CompartmentGrant.seat_epoch_id == seat_epoch_id if seat_epoch_id else CompartmentGrant.receipt_id == receipt_id
    )
    before = db().scalar(select(CompartmentGrant).where(CompartmentGrant.compartment_id == compartment.id, reader))
    grant = _sealed_grant(
        compartment, secret, public_key, seat_epoch_id=seat_epoch_id, receipt_id=receipt_id, again=before
    )
    db().add(grant)
    return grant


def _sealed_grant(
    compartment: Compartment,
    secret: bytes,
    public_key: bytes,
    *,
    seat_epoch_id: uuid.UUID | None = None,
    receipt_id: uuid.UUID | None = None,
    again: CompartmentGrant | None = None,
) -> CompartmentGrant:
    grant = again or CompartmentGrant(
        id=uuid.uuid4(), compartment_id=compartment.id, seat_epoch_id=seat_epoch_id, receipt_id=receipt_id
    )
    grant.sealed_key = seal_to(public_key, secret, context=grant_context(grant.id))
    grant.granted_at, grant.ended_at = now(), None
    return grant


def _subject_of(seat: Seat) -> Subject:
    return of_company(seat.company_id) if seat.company_id else ASSOCIATION
