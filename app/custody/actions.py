"""What is done with keys: compartments are made, granted and handed on; seats begin new epochs."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial

from sqlalchemy import and_, exists, or_, select

from app.custody.queries import (
    SEATS_OF_COMPANIES,
    PresentEpochs,
    compartments_granted_to,
    compartments_in_hand,
    holders_of,
    open_epoch,
    people_waiting_for,
    present_epochs,
    seat_of,
    waits_for_colleague,
)
from app.pipeline.audit import Subject, of_company, record
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.ids import new_id
from app.pipeline.transaction import db
from app.pipeline.unlocking import grant_context, holding_context
from crypto import CannotOpen, new_key, new_keypair, seal_to, seal_to_oneself
from models.case import Case
from models.certification_application import CertificationApplication
from models.company_advice import CompanyAdvice
from models.company_file import CompanyFile
from models.compartment import Compartment
from models.compartment_grant import CompartmentGrant
from models.exchange import Exchange
from models.exclusion import Exclusion
from models.leak import Leak
from models.person import Person
from models.pledge_confirmation import PledgeConfirmation
from models.receipt import Receipt
from models.rules.people import MAY_HOLD, READERS, CompartmentKind, SeatKind, kinds_routed_to
from models.seat import Seat
from models.seat_epoch import SeatEpoch
from models.seat_holding import SeatHolding
from models.waiting_grant import WaitingGrant

ASSOCIATION = Subject("association", uuid.UUID(int=0))


def open_seat(kind: SeatKind, *, company_id: uuid.UUID | None = None) -> Seat:
    """A seat with its first epoch still to come: that begins when its first holder signs up."""
    seat = seat_of(kind, company_id=company_id)
    if seat is None:
        seat = Seat(id=new_id(), kind=kind, company_id=company_id)
        db().add(seat)
        db().flush()
    return seat


def begin_epoch(seat: Seat, holders: Iterable[Person], *, actor: Actor) -> SeatEpoch:
    """A new key pair for a seat, sealed to its present holders; who is not among them reads nothing new.

    Who stays keeps the older epochs, and with them what these opened. What is in hand for somebody new is granted to
    the new epoch by the next person who can open it (waiting grants).
    """
    session, at = db(), now()
    old = open_epoch(seat)
    known = {person.id: person for person in (*holders, *people_waiting_for(seat))}
    stays = old is not None and any(holder.id in known for holder in holders_of(old))
    if old is not None:
        _end_epoch(old, at)
    pair = new_keypair()
    epoch = SeatEpoch(
        id=new_id(), seat_id=seat.id, number=(old.number + 1 if old else 1), public_key=pair.public, began_at=at
    )
    session.add(epoch)
    session.flush()
    for person in known.values():
        hold_epoch(epoch, person, pair.private, actor=actor, seat=seat)
    if seat.company_id is not None:
        _queue(epoch, compartments_in_hand(seat))
    elif not stays:
        _queue(epoch, compartments_granted_to(seat))
    record(_subject_of(seat), "seat.new_epoch", actor=actor, facts={"seat_id": seat.id.hex, "epoch": epoch.number})
    return epoch


def share_seat(seat: Seat, person: Person, *, actor: Actor, asks_colleague: bool = False) -> None:
    """Give a person a seat.

    A company's seat begins a new epoch for those who hold it and the one who comes, so that she waits for nobody of her
    company: what is in hand is granted by the next person who can open it. A seat of the association is handed on with
    its older epochs, at once when the one present holds them, else by the next holder who comes; with
    ``asks_colleague`` by a holder who says that it is her.
    """
    epoch = open_epoch(seat)
    holders = holders_of(epoch) if epoch is not None else ()
    if epoch is None or not holders or seat.company_id is not None:
        begin_epoch(seat, [*holders, person], actor=actor)
    elif asks_colleague or not _hand_on_epochs(seat, person, actor=actor):
        wait = WaitingGrant(seat_epoch_id=epoch.id, person_id=person.id, asked_at=now(), asks_colleague=asks_colleague)
        db().add(wait)


def leave_seat(seat: Seat, person: Person, *, actor: Actor) -> None:
    """End a person's holdings at this minute, and begin a new epoch with those who stay.

    Where nobody stays at a seat of the association, its epoch goes on: a new one would be nobody's to open, and what
    comes in would be lost, while this one still opens to the cards of its recovery kit.
    """
    epoch = open_epoch(seat)
    end_holdings(seat, person, actor=actor)
    if epoch is not None and (seat.company_id is not None or holders_of(epoch)):
        begin_epoch(seat, holders_of(epoch), actor=actor)


def end_holdings(seat: Seat, person: Person, *, actor: Actor) -> None:
    """From this minute a person opens nothing with this seat's keys, of any epoch, and waits for none."""
    at = now()
    of_seat = select(SeatEpoch.id).where(SeatEpoch.seat_id == seat.id)
    ended = db().scalars(
        select(SeatHolding).where(
            SeatHolding.epoch_id.in_(of_seat), SeatHolding.person_id == person.id, SeatHolding.ended_at.is_(None)
        )
    )
    for holding in ended.all():
        holding.ended_at = at
        holding.sealed_private_key = b""
    waits = select(WaitingGrant).where(
        WaitingGrant.seat_epoch_id.in_(of_seat), WaitingGrant.person_id == person.id, WaitingGrant.done_at.is_(None)
    )
    for wait in db().scalars(waits):
        wait.done_at = at
    db().flush()
    record(
        _subject_of(seat), "seat.end_holding", actor=actor, facts={"seat_id": seat.id.hex, "person_id": person.id.hex}
    )


def queue_grants(exchange: Exchange, seat: Seat) -> None:
    """Let what was forwarded be granted to a seat that takes the matter over, by the next person who can open it."""
    epoch = open_epoch(seat)
    if epoch is not None:
        going = select(Compartment.id).where(
            Compartment.exchange_id == exchange.id, Compartment.kind.in_(kinds_routed_to(seat.kind))
        )
        _queue(epoch, db().scalars(going).all())


def make_compartment(
    kind: CompartmentKind,
    *,
    case: Case | None = None,
    company_file: CompanyFile | None = None,
    exchange: Exchange | None = None,
    advice: CompanyAdvice | None = None,
    leak: Leak | None = None,
    application: CertificationApplication | None = None,
    confirmation: PledgeConfirmation | None = None,
    receipt: Receipt | None = None,
    company_id: uuid.UUID | None = None,
    actor: Actor | None = None,
) -> tuple[Compartment, bytes]:
    """A new compartment with its secret, granted to the readers that the rules name. Returns both."""
    compartment = Compartment(
        id=new_id(),
        kind=kind,
        case_id=case.id if case else None,
        company_file_id=company_file.id if company_file else None,
        exchange_id=exchange.id if exchange else None,
        advice_id=advice.id if advice else None,
        leak_id=leak.id if leak else None,
        application_id=application.id if application else None,
        confirmation_id=confirmation.id if confirmation else None,
        created_at=now(),
    )
    secret = new_key()
    db().add(compartment)
    db().add_all(first_grants(compartment, secret, receipt=receipt, company_id=company_id))
    if actor is not None and actor.keys is not None:
        actor.keys.remember(compartment, secret)
    return compartment, secret


def first_grants(
    compartment: Compartment,
    secret: bytes,
    *,
    receipt: Receipt | None = None,
    company_id: uuid.UUID | None = None,
    receipt_key: bytes | None = None,
    epochs: PresentEpochs | None = None,
) -> list[CompartmentGrant]:
    """The grants that the rules name for a compartment that was just made; a seat without a holder is passed over.

    Whoever makes several compartments asks for ``present_epochs`` once and hands them in. Whoever has just made the
    receipt hands in its private key: what one lays by for oneself is sealed more simply.
    """
    readers = READERS[compartment.kind]
    epochs = present_epochs(company_id) if epochs is None else epochs
    grants = []
    for kind in sorted(readers.seats):
        epoch = epochs.get((kind, company_id if kind in SEATS_OF_COMPANIES else None))
        if epoch is not None:
            grants.append(
                _sealed_grant(compartment, secret, partial(seal_to, epoch.public_key), seat_epoch_id=epoch.id)
            )
    if readers.receipt and receipt is not None:
        box = partial(seal_to_oneself, receipt_key) if receipt_key else partial(seal_to, receipt.public_key)
        grants.append(_sealed_grant(compartment, secret, box, receipt_id=receipt.id))
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


def grant_to_person(compartment: Compartment, secret: bytes, person: Person) -> CompartmentGrant:
    """Seal a compartment's secret to one person, where a colleague on the same seat is excluded from the matter."""
    if person.public_key is None:
        raise ValueError("a person signs up before anything is sealed to her")
    return _grant(compartment, secret, person.public_key, person_id=person.id)


def end_grants_to_companies(exchange: Exchange, *, at: datetime, but_drafts_of: Seat | None = None) -> None:
    """Close what a company could read of an exchange: its grants end, though what was read cannot be recalled.

    A seat of the same company that takes the matter over keeps the drafts, of which nobody else could give it the key.
    """
    of_companies = (
        select(SeatEpoch.id)
        .join(Seat, Seat.id == SeatEpoch.seat_id)
        .where(Seat.company_id.is_not(None))
        .scalar_subquery()
    )
    grants = (
        select(CompartmentGrant)
        .join(Compartment, Compartment.id == CompartmentGrant.compartment_id)
        .where(
            Compartment.exchange_id == exchange.id,
            CompartmentGrant.ended_at.is_(None),
            or_(CompartmentGrant.seat_epoch_id.in_(of_companies), CompartmentGrant.person_id.is_not(None)),
        )
    )
    if but_drafts_of is not None:
        its_epochs = select(SeatEpoch.id).where(SeatEpoch.seat_id == but_drafts_of.id)
        spared = and_(Compartment.kind == CompartmentKind.DRAFTS, CompartmentGrant.seat_epoch_id.in_(its_epochs))
        grants = grants.where(or_(CompartmentGrant.seat_epoch_id.is_(None), ~spared))
    for grant in db().scalars(grants):
        _end_grant(grant, at)


def end_grant_to_receipt(compartment: Compartment, receipt: Receipt) -> None:
    """Close to a consulter what she took herself out of."""
    grants = select(CompartmentGrant).where(
        CompartmentGrant.compartment_id == compartment.id,
        CompartmentGrant.receipt_id == receipt.id,
        CompartmentGrant.ended_at.is_(None),
    )
    for grant in db().scalars(grants):
        _end_grant(grant, now())


def end_grants_to_person(person: Person) -> None:
    """Close what was granted to somebody by name, as her seats are closed when she leaves or her keys are renewed."""
    grants = select(CompartmentGrant).where(
        CompartmentGrant.person_id == person.id, CompartmentGrant.ended_at.is_(None)
    )
    for grant in db().scalars(grants):
        _end_grant(grant, now())


def keep_from(case: Case, person: Person, *, actor: Actor) -> None:
    """Take from somebody of a company who is excluded what her keys opened of a case; the others get it by name.

    What she opened before stays read, and the seats of the association are beyond this: see the threat model.
    """
    held = select(SeatHolding.epoch_id).where(SeatHolding.person_id == person.id, SeatHolding.ended_at.is_(None))
    of_companies = select(SeatEpoch.id).join(Seat, Seat.id == SeatEpoch.seat_id).where(Seat.company_id.is_not(None))
    by_seat = and_(CompartmentGrant.seat_epoch_id.in_(held), CompartmentGrant.seat_epoch_id.in_(of_companies))
    grants = (
        select(CompartmentGrant)
        .join(Compartment, Compartment.id == CompartmentGrant.compartment_id)
        .join(Exchange, Exchange.id == Compartment.exchange_id)
        .where(
            Exchange.case_id == case.id,
            CompartmentGrant.ended_at.is_(None),
            or_(by_seat, CompartmentGrant.person_id == person.id),
        )
    )
    for grant in db().scalars(grants).all():
        _end_grant(grant, now())
        if grant.seat_epoch_id is not None:
            _give_to_the_others(db().get_one(Compartment, grant.compartment_id), grant.seat_epoch_id, actor)
    db().flush()


def _give_to_the_others(compartment: Compartment, epoch_id: uuid.UUID, actor: Actor) -> None:
    """By name, at once when the one present can open it, else by the next person who can."""
    epoch = db().get_one(SeatEpoch, epoch_id)
    excluded = _excluded_holders(compartment, epoch)
    others = [person for person in holders_of(epoch) if person.id not in excluded]
    if others and actor.held.opens(compartment):
        for person in others:
            grant_to_person(compartment, actor.held.compartment_secret(compartment), person)
    elif others:
        present = open_epoch(db().get_one(Seat, epoch.seat_id))
        if present is not None:
            _queue(present, [compartment.id])


def _end_grant(grant: CompartmentGrant, at: datetime) -> None:
    grant.ended_at = at
    grant.sealed_key = b""


def do_what_waits(actor: Actor, *, most: int = 40) -> int:
    """Hand on what waits for somebody with the keys of the one who is present. Returns how much was done."""
    if actor.keys is None:
        return 0
    held = actor.keys.held_epoch_ids()
    can_open = exists().where(
        CompartmentGrant.compartment_id == WaitingGrant.compartment_id,
        CompartmentGrant.seat_epoch_id.in_(held),
        CompartmentGrant.ended_at.is_(None),
    )
    waiting = db().scalars(
        select(WaitingGrant)
        .where(
            WaitingGrant.done_at.is_(None),
            ~WaitingGrant.asks_colleague,
            or_(can_open, and_(WaitingGrant.person_id.is_not(None), WaitingGrant.seat_epoch_id.in_(held))),
        )
        .order_by(WaitingGrant.asked_at, WaitingGrant.id)
        .limit(most)
    )
    done = 0
    for wait in waiting.all():
        if (_hand_on_seat if wait.person_id else _hand_on_compartment)(wait, actor):
            wait.done_at, wait.done_by_id = now(), actor.id
            done += 1
    return done


def pass_on_to(person: Person, *, actor: Actor) -> int:
    """A colleague says that it is her: whatever seats of the colleague's own she waits for are handed on at once.

    Returns how many; what somebody else must hand on stays waiting.
    """
    done = 0
    for wait in db().scalars(waits_for_colleague(person)).all():
        if actor.id != person.id and _hand_on_seat(wait, actor):
            wait.done_at, wait.done_by_id = now(), actor.id
            done += 1
    return done


def _hand_on_seat(wait: WaitingGrant, actor: Actor) -> bool:
    person = db().get_one(Person, wait.person_id)
    if not person.serves_at(now()):
        return True
    seat = db().get_one(Seat, db().get_one(SeatEpoch, wait.seat_epoch_id).seat_id)
    return person.public_key is not None and _hand_on_epochs(seat, person, actor=actor)


def _hand_on_epochs(seat: Seat, person: Person, *, actor: Actor) -> bool:
    """Give a person every epoch of a seat that the one present holds; False when that is none."""
    if actor.keys is None:
        return False
    held = actor.keys.held_epoch_ids()
    epochs = db().scalars(select(SeatEpoch).where(SeatEpoch.seat_id == seat.id, SeatEpoch.id.in_(held)))
    handed_on = False
    for epoch in epochs.all():
        hold_epoch(epoch, person, actor.keys.epoch_key(epoch.id), actor=actor, seat=seat)
        handed_on = True
    return handed_on


def _hand_on_compartment(wait: WaitingGrant, actor: Actor) -> bool:
    epoch = db().get_one(SeatEpoch, wait.seat_epoch_id)
    compartment = db().get_one(Compartment, wait.compartment_id)
    if epoch.ended_at is not None or not _may_still_be_granted(compartment, epoch):
        return True
    try:
        secret = actor.held.compartment_secret(compartment)
    except CannotOpen:
        return False
    excluded = _excluded_holders(compartment, epoch)
    if not excluded:
        _grant(compartment, secret, epoch.public_key, seat_epoch_id=epoch.id)
        return True
    # Somebody on the seat must not see the case: as when it was sent, the others are given it by name.
    for person in holders_of(epoch):
        if person.id not in excluded:
            grant_to_person(compartment, secret, person)
    return True


def _excluded_holders(compartment: Compartment, epoch: SeatEpoch) -> frozenset[uuid.UUID]:
    """Who holds an epoch of a company's seat and must not see the case that a compartment belongs to."""
    if compartment.exchange_id is None or db().get_one(Seat, epoch.seat_id).company_id is None:
        return frozenset()
    case_id = db().get_one(Exchange, compartment.exchange_id).case_id
    held = select(SeatHolding.person_id).where(SeatHolding.epoch_id == epoch.id, SeatHolding.ended_at.is_(None))
    named = select(Exclusion.person_id).where(Exclusion.case_id == case_id, Exclusion.person_id.in_(held))
    return frozenset(db().scalars(named))


def _may_still_be_granted(compartment: Compartment, epoch: SeatEpoch) -> bool:
    """What was closed to a company, or went to another seat, while it waited is not granted after all."""
    if compartment.exchange_id is None:
        return True
    seat = db().get_one(Seat, epoch.seat_id)
    exchange = db().get_one(Exchange, compartment.exchange_id)
    return seat.company_id is None or (exchange.state == "routed" and exchange.seat_id == seat.id)


def hold_epoch(epoch: SeatEpoch, person: Person, private_key: bytes, *, actor: Actor, seat: Seat) -> None:
    """Seal an epoch's private key to a person who may hold the seat, and record it. Raises ValueError for others."""
    if person.public_key is None:
        raise ValueError("a person signs up before holding a seat")
    if person.role not in MAY_HOLD[seat.kind] or (seat.kind is SeatKind.HANDLERS and not person.is_handler):
        raise ValueError("this seat is not for this person")
    before = db().scalar(
        select(SeatHolding).where(SeatHolding.epoch_id == epoch.id, SeatHolding.person_id == person.id)
    )
    holding = before or SeatHolding(id=new_id(), epoch_id=epoch.id, person_id=person.id)
    holding.sealed_private_key = seal_to(person.public_key, private_key, context=holding_context(holding.id))
    holding.granted_by_id = actor.person.id if actor.person else None
    holding.granted_at, holding.ended_at = now(), None
    db().add(holding)
    record(_subject_of(seat), "seat.grant", actor=actor, facts={"seat_id": seat.id.hex, "person_id": person.id.hex})


def _end_epoch(epoch: SeatEpoch, at: datetime) -> None:
    epoch.ended_at = at
    db().flush()


def _queue(epoch: SeatEpoch, compartment_ids: Iterable[uuid.UUID]) -> None:
    """Let these wait for the new epoch; what already waited for an older epoch of the seat waits for this one."""
    at = now()
    of_seat = select(SeatEpoch.id).where(SeatEpoch.seat_id == epoch.seat_id)
    wanted = set(compartment_ids)
    waits = select(WaitingGrant).where(
        WaitingGrant.seat_epoch_id.in_(of_seat),
        WaitingGrant.compartment_id.is_not(None),
        WaitingGrant.done_at.is_(None),
    )
    for wait in db().scalars(waits).all():
        wait.seat_epoch_id = epoch.id
        wanted.discard(wait.compartment_id)
    for compartment_id in sorted(wanted):
        db().add(WaitingGrant(seat_epoch_id=epoch.id, compartment_id=compartment_id, asked_at=at))
    db().flush()


def _grant(
    compartment: Compartment,
    secret: bytes,
    public_key: bytes,
    **reader: uuid.UUID | None,
) -> CompartmentGrant:
    """Grant to a seat's epoch, a receipt or a person; grant again, when this reader has had it before."""
    before = db().scalar(select(CompartmentGrant).filter_by(compartment_id=compartment.id, **reader))
    grant = _sealed_grant(compartment, secret, partial(seal_to, public_key), again=before, **reader)
    db().add(grant)
    return grant


def _sealed_grant(
    compartment: Compartment,
    secret: bytes,
    boxed: Callable[..., bytes],
    *,
    again: CompartmentGrant | None = None,
    **reader: uuid.UUID | None,
) -> CompartmentGrant:
    grant = again or CompartmentGrant(id=new_id(), compartment_id=compartment.id, **reader)
    grant.sealed_key = boxed(secret, context=grant_context(grant.id))
    grant.granted_at, grant.ended_at = now(), None
    return grant


def _subject_of(seat: Seat) -> Subject:
    return of_company(seat.company_id) if seat.company_id else ASSOCIATION
