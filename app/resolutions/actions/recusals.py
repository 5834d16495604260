"""Who is excluded from an item: computed from the register, declared by a director, and closed out of the packet."""

from __future__ import annotations

from sqlalchemy import or_, select

from app.custody.actions import grant_to_person
from app.pipeline.audit import of_company_file, record
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.transaction import db
from app.resolutions.queries import eligible_directors, excluded_by_register, file_of, recusals_of
from models.board_item import BoardItem
from models.compartment import Compartment
from models.compartment_grant import CompartmentGrant
from models.person import Person
from models.recusal import Recusal
from models.rules.board import RecusalGround
from models.rules.people import SeatKind
from models.seat import Seat
from models.seat_epoch import SeatEpoch


def note_recusals(item: BoardItem, *, actor: Actor) -> None:
    """Exclude the directors whom the register names: of the company itself, and of its clients and agencies.

    Asked again at every step of an item, because directors and relations change. Who is excluded once stays so.
    """
    known = {recusal.person_id for recusal in recusals_of(item)}
    for director, ground in excluded_by_register(file_of(item).company_id, now()).items():
        if director.id not in known:
            exclude(item, director, ground, actor=actor)
    close_packet_to_the_excluded(item, actor=actor)


def exclude(item: BoardItem, director: Person, ground: RecusalGround, *, actor: Actor) -> None:
    """A director takes no part in an item from now on: not in the quorum, not in the vote, not in the reading."""
    db().add(Recusal(board_item_id=item.id, person_id=director.id, ground=ground.value, declared_at=now()))
    db().flush()
    facts = {"board_item_id": item.id.hex, "person_id": director.id.hex, "ground": ground.value}
    record(of_company_file(file_of(item)), "board.recuse", actor=actor, facts=dict(facts))


def close_packet_to_the_excluded(item: BoardItem, *, actor: Actor) -> None:
    """Once somebody is excluded the packet's key no longer lies with the board's seat, but with each other director."""
    excluded = {recusal.person_id for recusal in recusals_of(item)}
    if not excluded:
        return
    compartment = db().get_one(Compartment, item.compartment_id)
    secret = actor.held.compartment_secret(compartment)
    board = select(SeatEpoch.id).join(Seat, Seat.id == SeatEpoch.seat_id).where(Seat.kind == SeatKind.BOARD)
    grants = db().scalars(
        select(CompartmentGrant).where(
            CompartmentGrant.compartment_id == compartment.id,
            CompartmentGrant.ended_at.is_(None),
            or_(CompartmentGrant.seat_epoch_id.in_(board.scalar_subquery()), CompartmentGrant.person_id.in_(excluded)),
        )
    )
    for grant in grants.all():
        grant.ended_at, grant.sealed_key = now(), b""
    granted = set(
        db().scalars(
            select(CompartmentGrant.person_id).where(
                CompartmentGrant.compartment_id == compartment.id, CompartmentGrant.ended_at.is_(None)
            )
        )
    )
    for director in eligible_directors(item, now()):
        if director.public_key is not None and director.id not in granted:
            grant_to_person(compartment, secret, director)
