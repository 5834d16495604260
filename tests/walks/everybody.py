"""Everybody who acts in a walk: their keys are opened once, and each act is somebody's next request."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from app.advisers.actions import NotThisAdviser
from app.advisers.queries import opened_part
from app.cases.actions.triage import NobodyOversees, is_excluded
from app.custody.queries import SEATS_OF_COMPANIES
from app.phone_desk.actions.consents import NotKeyed
from app.pipeline.acting import ChangedMeanwhile
from app.pipeline.identity import Actor
from app.pipeline.standing import OutOfReach
from app.pipeline.transaction import db
from app.pipeline.unlocking import Keys
from app.responses.actions import ExtensionRefused
from crypto import CannotOpen
from models.adviser_access import AdviserAccess
from models.case import Case
from models.compartment import Compartment
from models.exchange import Exchange
from models.rules.lifecycle import NotAllowedNow
from models.rules.people import COMPANY, MAY_HOLD, READERS, SeatKind
from models.seat import Seat
from tests.support import road
from tests.support.present import consulter, person, present
from tests.support.world import MEMBERS

SEAT_OF_ROLE = {role: seat for seat in SEATS_OF_COMPANIES for role in MAY_HOLD[seat]}
REFUSALS = (
    NotAllowedNow,
    OutOfReach,
    ChangedMeanwhile,
    CannotOpen,
    ExtensionRefused,
    NobodyOversees,
    NotKeyed,
    NotThisAdviser,
)
"""What the rules answer to somebody who may not, or not now; anything else that is raised is a mistake of ours."""


@cache
def _private_key(key: str) -> bytes:
    """A member's private key: the association of every walk is the same one."""
    actor = present(key)
    assert actor.keys is not None
    return actor.keys.private_key


def somebody(key: str) -> Actor:
    """A member in a request of her own: nothing is remembered of the last one."""
    who = person(key)
    return Actor(who.role, Keys(_private_key(key), person_id=who.id), person=who)


def tries(act: Callable[[], object]) -> bool:
    """Do it as a request would, with everything undone where it is refused. Returns whether it was done."""
    try:
        road.done(act)
    except REFUSALS:
        return False
    finally:
        db().expire_all()
    return True


def may_open(key: str, compartment: Compartment) -> bool:
    """Whether the rules let this member ever hold the key of this part of a case, as the case and she stand now."""
    who, member = person(key), MEMBERS[key]
    case = db().get_one(Case, compartment.case_id)
    readers = READERS[compartment.kind]
    if who.role not in COMPANY:
        seats = {SeatKind.HANDLERS} if member.is_handler else set()
        desk = who.role.value in {"counselor", "manager", "head"}
        return bool(readers.seats & (seats | ({SeatKind.DESK} if desk else set())))
    if compartment.exchange_id is None or is_excluded(case, who):
        return False
    exchange = db().get_one(Exchange, compartment.exchange_id)
    if exchange.company_id != who.company_id:
        return False
    if exchange.state == "preparing":
        # The clock holds no key, and delivers what waits out its hold: it is granted before, and no page shows it.
        return exchange.hold_until is not None and SEAT_OF_ROLE[who.role] in readers.when_routed
    if exchange.seat_id is None or db().get_one(Seat, exchange.seat_id).kind is not SEAT_OF_ROLE[who.role]:
        return False
    return SEAT_OF_ROLE[who.role] in readers.when_routed | readers.seats


def opens(actor: Actor, compartment: Compartment) -> bool:
    """Whether she really opens it."""
    return actor.held.opens(compartment)


def reads(access: AdviserAccess) -> bool:
    """Whether the adviser really reads what was shown of a case, by her own key."""
    try:
        opened_part(access, actor=somebody("adviser"))
    except CannotOpen:
        return False
    return True


def may_read(access: AdviserAccess) -> bool:
    """Whether the rules let her: after the consulter's yes, until it ended in whatever way."""
    return access.agreed_at is not None and access.ended_at is None


def the_consulter(code: str) -> Actor:
    return consulter(code)
