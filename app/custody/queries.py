"""What is asked of key custody: seats, their epochs, who holds them, and where a part of a case lies."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.made_once import made_once
from app.pipeline.remembered import Remembered
from app.pipeline.transaction import db, is_writing
from crypto import CannotOpen
from models.case import Case
from models.certification_application import CertificationApplication
from models.company_advice import CompanyAdvice
from models.company_file import CompanyFile
from models.compartment import Compartment
from models.compartment_grant import CompartmentGrant
from models.exchange import Exchange
from models.person import Person
from models.pledge_confirmation import PledgeConfirmation
from models.rules.people import CompartmentKind, SeatKind, kinds_routed_to
from models.sealed import open_answers
from models.seat import Seat
from models.seat_epoch import SeatEpoch
from models.seat_holding import SeatHolding
from models.statement import Statement
from models.waiting_grant import WaitingGrant


class PresentEpoch(NamedTuple):
    """As much of a seat's open epoch as is needed to grant something to it."""

    id: uuid.UUID
    public_key: bytes


PresentEpochs = dict[tuple[SeatKind, uuid.UUID | None], PresentEpoch]
SEATS_OF_COMPANIES = frozenset({SeatKind.COMPANY_OFFICE, SeatKind.COMPANY_REPRESENTATIVE})

# Written once, and of columns alone: these are asked for every consultation that is sent.
_SEAT, _EPOCH = Seat.__table__.c, SeatEpoch.__table__.c
_PRESENT_EPOCHS = (
    select(_SEAT.kind, _SEAT.company_id, _EPOCH.id, _EPOCH.public_key)
    .join_from(Seat.__table__, SeatEpoch.__table__, _EPOCH.seat_id == _SEAT.id)
    .where(_EPOCH.ended_at.is_(None))
)
_OF_THE_ASSOCIATION = _PRESENT_EPOCHS.where(_SEAT.company_id.is_(None))
# The next epoch of a seat has the next number, and a seat that is left empty has none that is open.
_VERSION = (
    select(func.count(), func.sum(_EPOCH.number), func.max(_EPOCH.began_at))
    .join_from(Seat.__table__, SeatEpoch.__table__, _EPOCH.seat_id == _SEAT.id)
    .where(_EPOCH.ended_at.is_(None), _SEAT.company_id.is_(None))
)


def seat_of(kind: SeatKind, *, company_id: uuid.UUID | None = None) -> Seat | None:
    return _seat_of_company.scalar(kind, company_id) if company_id else _seat_of_association.scalar(kind)


@made_once
def _seat_of_company(kind: SeatKind, company_id: uuid.UUID) -> Select[Seat]:
    return select(Seat).where(Seat.kind == kind, Seat.company_id == company_id)


@made_once
def _seat_of_association(kind: SeatKind) -> Select[Seat]:
    return select(Seat).where(Seat.kind == kind, Seat.company_id.is_(None))


def open_epoch(seat: Seat) -> SeatEpoch | None:
    return _open_epoch.scalar(seat.id)


@made_once
def _open_epoch(seat_id: uuid.UUID) -> Select[SeatEpoch]:
    return select(SeatEpoch).where(SeatEpoch.seat_id == seat_id, SeatEpoch.ended_at.is_(None))


def present_epochs(company_id: uuid.UUID | None = None) -> PresentEpochs:
    """The open epochs of the association's seats, and of one company's, by kind and company."""
    if company_id is None and not is_writing():
        return EPOCHS.now()
    # Whoever writes may have begun an epoch of their own.
    return _read_epochs(db().connection(), company_id)


def _read_epochs(connection: Connection, company_id: uuid.UUID | None = None) -> PresentEpochs:
    wanted = _OF_THE_ASSOCIATION
    if company_id is not None:
        wanted = _PRESENT_EPOCHS.where(or_(_SEAT.company_id.is_(None), _SEAT.company_id == company_id))
    rows = connection.execute(wanted)
    return {(kind, company_id): PresentEpoch(epoch_id, key) for kind, company_id, epoch_id, key in rows}


EPOCHS: Final = Remembered("epochs", _VERSION, _read_epochs)


def holders_of(epoch: SeatEpoch) -> Sequence[Person]:
    """Who holds an epoch now."""
    return _holding.scalars(epoch.id).all()


@made_once
def _holding(epoch_id: uuid.UUID) -> Select[Person]:
    return (
        select(Person)
        .join(SeatHolding, SeatHolding.person_id == Person.id)
        .where(SeatHolding.epoch_id == epoch_id, SeatHolding.ended_at.is_(None))
    )


def holdings_of(person: Person) -> Sequence[tuple[Seat, SeatEpoch]]:
    """Which epochs of which seats a person holds now, the newest of each seat first."""
    rows = db().execute(
        select(Seat, SeatEpoch)
        .join(SeatEpoch, SeatEpoch.seat_id == Seat.id)
        .join(SeatHolding, SeatHolding.epoch_id == SeatEpoch.id)
        .where(SeatHolding.person_id == person.id, SeatHolding.ended_at.is_(None))
        .order_by(Seat.kind, SeatEpoch.number.desc())
    )
    return [(seat, epoch) for seat, epoch in rows]


def people_waiting_for(seat: Seat) -> Sequence[Person]:
    """Who was given a seat and waits for a holder to hand its keys on; not whom a colleague must know again first."""
    at = now()
    return [person for person in _waiting_for.scalars(seat.id).all() if person.serves_at(at)]


@made_once
def _waiting_for(seat_id: uuid.UUID) -> Select[Person]:
    waiting = (
        select(WaitingGrant.person_id)
        .join(SeatEpoch, SeatEpoch.id == WaitingGrant.seat_epoch_id)
        .where(
            SeatEpoch.seat_id == seat_id,
            WaitingGrant.person_id.is_not(None),
            WaitingGrant.done_at.is_(None),
            ~WaitingGrant.asks_colleague,
        )
    )
    return select(Person).where(Person.id.in_(waiting), Person.public_key.is_not(None))


def waits_for_colleague(person: Person | None = None) -> Select[WaitingGrant]:
    """The seats for which somebody waits until a colleague says that it is her; of one person, or of all."""
    waits = select(WaitingGrant).where(
        WaitingGrant.asks_colleague, WaitingGrant.person_id.is_not(None), WaitingGrant.done_at.is_(None)
    )
    return waits if person is None else waits.where(WaitingGrant.person_id == person.id)


def who_asks_colleagues(actor: Actor) -> Sequence[Person]:
    """Whom the one who is present could hand a seat on to again, once she says that it is her."""
    held = (
        select(SeatEpoch.seat_id)
        .join(SeatHolding, SeatHolding.epoch_id == SeatEpoch.id)
        .where(SeatHolding.person_id == actor.id, SeatHolding.ended_at.is_(None))
    )
    of_these = select(SeatEpoch.id).where(SeatEpoch.seat_id.in_(held))
    waiting = waits_for_colleague().where(WaitingGrant.seat_epoch_id.in_(of_these), WaitingGrant.person_id != actor.id)
    ids = waiting.with_only_columns(WaitingGrant.person_id)
    people = db().scalars(select(Person).where(Person.id.in_(ids)).order_by(Person.id))
    return [person for person in people if person.serves_at(now())]


def epochs_nobody_else_opens(person: Person) -> Sequence[SeatEpoch]:
    """The epochs of the association's seats that somebody alone holds, and without which something would be lost.

    An older epoch counts while something was granted to it and to no epoch that somebody else holds.
    """
    others = aliased(SeatHolding)
    held_by_others = select(others.epoch_id).where(others.person_id != person.id, others.ended_at.is_(None))
    again = aliased(CompartmentGrant)
    elsewhere = exists().where(
        again.compartment_id == CompartmentGrant.compartment_id,
        again.ended_at.is_(None),
        again.seat_epoch_id.in_(held_by_others),
    )
    needed = exists().where(
        CompartmentGrant.seat_epoch_id == SeatEpoch.id, CompartmentGrant.ended_at.is_(None), ~elsewhere
    )
    return (
        db()
        .scalars(
            select(SeatEpoch)
            .join(Seat, Seat.id == SeatEpoch.seat_id)
            .join(SeatHolding, SeatHolding.epoch_id == SeatEpoch.id)
            .where(
                Seat.company_id.is_(None),
                SeatHolding.person_id == person.id,
                SeatHolding.ended_at.is_(None),
                SeatEpoch.id.not_in(held_by_others),
                or_(SeatEpoch.ended_at.is_(None), needed),
            )
            .order_by(SeatEpoch.number)
        )
        .all()
    )


def compartments_in_hand(seat: Seat) -> Sequence[uuid.UUID]:
    """What a company's seat has to do with now: what lies with it, its own files and questions; not what is over."""
    lying_with_it = select(Exchange.id).where(Exchange.seat_id == seat.id, Exchange.state == "routed")
    files = select(CompanyFile.id).where(CompanyFile.company_id == seat.company_id)
    threads = select(CompanyAdvice.id).where(CompanyAdvice.company_id == seat.company_id)
    applications = select(CertificationApplication.id).where(CertificationApplication.company_id == seat.company_id)
    confirmations = select(PledgeConfirmation.id).where(PledgeConfirmation.company_id == seat.company_id)
    return (
        db()
        .scalars(
            select(Compartment.id).where(
                or_(
                    and_(Compartment.exchange_id.in_(lying_with_it), Compartment.kind.in_(kinds_routed_to(seat.kind))),
                    and_(Compartment.kind == CompartmentKind.COMPANY_FILE, Compartment.company_file_id.in_(files)),
                    Compartment.advice_id.in_(threads),
                    Compartment.application_id.in_(applications),
                    Compartment.confirmation_id.in_(confirmations),
                )
            )
        )
        .all()
    )


def compartments_granted_to(seat: Seat) -> Sequence[uuid.UUID]:
    """Everything that any epoch of a seat was granted."""
    of_seat = select(SeatEpoch.id).where(SeatEpoch.seat_id == seat.id)
    granted = select(CompartmentGrant.compartment_id).where(
        CompartmentGrant.seat_epoch_id.in_(of_seat), CompartmentGrant.ended_at.is_(None)
    )
    return db().scalars(granted.distinct()).all()


def compartment_of_case(case: Case, kind: CompartmentKind) -> Compartment | None:
    """A case's own compartment of a kind: the first, where an adviser's note lies in one beside it."""
    return _first_of_case.scalar(case.id, kind)


@made_once
def _first_of_case(case_id: uuid.UUID, kind: CompartmentKind) -> Select[Compartment]:
    return (
        select(Compartment)
        .where(Compartment.case_id == case_id, Compartment.kind == kind, Compartment.exchange_id.is_(None))
        .order_by(Compartment.created_at, Compartment.id)
        .limit(1)
    )


def opened_statement(case: Case, kind: CompartmentKind, *, actor: Actor) -> dict[str, Any]:
    """What was written at the start of a case, of one part. Raises CannotOpen for whoever was not granted that part."""
    compartment = compartment_of_case(case, kind)
    if compartment is None:
        raise CannotOpen
    key = actor.held.compartment_key(compartment)
    statement = db().scalars(select(Statement).where(Statement.compartment_id == compartment.id)).one()
    return open_answers(statement, "sealed", key=key)


def compartment_of_exchange(exchange: Exchange, kind: CompartmentKind) -> Compartment | None:
    """An exchange's compartment: what was forwarded, or what was reported."""
    return _of_exchange.scalar(exchange.id, kind)


@made_once
def _of_exchange(exchange_id: uuid.UUID, kind: CompartmentKind) -> Select[Compartment]:
    return select(Compartment).where(Compartment.exchange_id == exchange_id, Compartment.kind == kind)


def compartment_of_file(file: CompanyFile, kind: CompartmentKind) -> Compartment | None:
    """A company file's compartment of a kind."""
    return db().scalar(
        select(Compartment)
        .where(Compartment.company_file_id == file.id, Compartment.kind == kind)
        .order_by(Compartment.created_at.desc())
        .limit(1)
    )


def how_much_waits() -> int:
    """How many things wait for somebody who can open them."""
    return db().scalar(select(func.count()).select_from(WaitingGrant).where(WaitingGrant.done_at.is_(None))) or 0
