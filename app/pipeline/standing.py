"""How the one who acts stands towards a matter: for one matter, and as the filter that a query is narrowed by."""

from __future__ import annotations

import uuid
from typing import Any

from flask import abort
from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select, true

from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.made_once import made_once
from app.pipeline.transaction import db, in_hand, is_writing
from models.adviser_access import AdviserAccess
from models.board_item import BoardItem
from models.case import Case
from models.company import Company
from models.company_file import CompanyFile
from models.exchange import Exchange
from models.exclusion import Exclusion
from models.leak import Leak
from models.leak_case import LeakCase
from models.recall import Recall
from models.recusal import Recusal
from models.rules.case_lifecycle import OVER
from models.rules.people import COMPANY, SECRETARIAT, Role, SeatKind, Standing, standing_towards
from models.rules.permissions import Permission, decide, needs_reason, standings_allowing
from models.seat import Seat

OFFICE_OF_ROLE = {
    Role.OFFICER: SeatKind.COMPANY_OFFICE,
    Role.DEPUTY: SeatKind.COMPANY_OFFICE,
    Role.REPRESENTATIVE: SeatKind.COMPANY_REPRESENTATIVE,
}


class OutOfReach(Exception):
    """The policy refuses this act on this matter; shown as if the matter did not exist."""


def towards_case(actor: Actor, case: Case) -> Standing:
    """How somebody stands towards a case."""
    if actor.role is Role.CONSULTER:
        return standing_towards(actor.role, is_own=actor.receipt is not None and actor.receipt.case_id == case.id)
    return standing_towards(
        actor.role,
        is_excluded=_is_excluded(actor, case.id),
        is_assigned=actor.id is not None and case.assignee_id == actor.id,
        has_assignee=case.assignee_id is not None,
    )


def towards_exchange(actor: Actor, exchange: Exchange) -> Standing:
    """How somebody of a company stands towards what was forwarded to it; the desk stands as towards the case."""
    if actor.role not in COMPANY:
        return towards_case(actor, db().get_one(Case, exchange.case_id))
    seat = db().get(Seat, exchange.seat_id) if exchange.seat_id else None
    addressed = (
        seat is not None
        and exchange.state != "preparing"
        and actor.person is not None
        and actor.person.company_id == exchange.company_id
        and seat.kind is OFFICE_OF_ROLE[actor.role]
        and db().scalar(select(Recall.id).where(being_taken_back(exchange.id))) is None
    )
    return standing_towards(
        actor.role,
        is_excluded=_is_excluded(actor, exchange.case_id),
        is_addressed=addressed and exchange.addressee_id == actor.id,
        office_is_addressed=addressed,
        is_handed_over=exchange.via == "deputy",
    )


def towards_company(actor: Actor, company_id: Any) -> Standing:
    """How somebody stands towards a company and its company file."""
    if actor.role in SECRETARIAT:
        return standing_towards(actor.role, has_assignee=True)
    own = actor.person is not None and actor.person.company_id == company_id
    return Standing.ADDRESSEE if own and actor.role in COMPANY else Standing.NONE


def towards_board_item(actor: Actor, item: BoardItem) -> Standing:
    """How somebody stands towards a board item; a recused director is excluded."""
    if actor.role in SECRETARIAT:
        return standing_towards(actor.role, has_assignee=True)
    recused = db().scalar(select(Recusal.id).where(Recusal.board_item_id == item.id, Recusal.person_id == actor.id))
    return standing_towards(
        actor.role,
        is_excluded=recused is not None,
        is_addressed=actor.role is Role.DIRECTOR and item.state != "proposed",
    )


def towards_leak(actor: Actor, leak: Leak) -> Standing:
    """How somebody stands towards a leak worksheet: excluded like from any consultation that it concerns."""
    if actor.id in excluded_from_leak(leak.id):
        return Standing.EXCLUDED
    return standing_towards(actor.role, has_assignee=True)


def excluded_from_leak(leak_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """Who is kept from a consultation that a worksheet concerns."""
    named = select(LeakCase.case_id).where(LeakCase.leak_id == leak_id)
    return frozenset(db().scalars(select(Exclusion.person_id).where(Exclusion.case_id.in_(named))))


def towards_access(actor: Actor, access: AdviserAccess) -> Standing:
    """How an external adviser stands towards the part of a case that was shown; at its end, towards nothing."""
    running = db().scalar(select(AdviserAccess.id).where(AdviserAccess.id == access.id, _running_for(actor)))
    return standing_towards(
        actor.role, is_excluded=_is_excluded(actor, access.case_id), is_addressed=running is not None
    )


def visible_accesses(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """The filter for what was shown to an external adviser and is not over, built from the same cells."""
    if Standing.ADDRESSEE not in standings_allowing(permission, actor.role):
        return false()
    return and_(_running_for(actor), ~_excluded_from(AdviserAccess.case_id, actor))


def _running_for(actor: Actor) -> ColumnElement[bool]:
    over = exists().where(Case.id == AdviserAccess.case_id, Case.state.in_(OVER))
    return and_(
        AdviserAccess.person_id == actor.id,
        AdviserAccess.agreed_at.is_not(None),
        AdviserAccess.ended_at.is_(None),
        AdviserAccess.ends_at > now(),
        ~over,
    )


def visible_cases(
    actor: Actor, permission: Permission, *, at_once: bool = False, erased: bool = False
) -> ColumnElement[bool]:
    """The filter, built from the policy's own cells, that a query of cases is narrowed by.

    With ``at_once``, without the cells that ask for a reason; with ``erased``, of what is left of those alone.
    """
    present = Case.erased_at.is_not(None) if erased else Case.erased_at.is_(None)
    return and_(present, _reachable_cases(actor, permission, at_once=at_once))


def _reachable_cases(actor: Actor, permission: Permission, *, at_once: bool) -> ColumnElement[bool]:
    if actor.role is Role.CONSULTER:
        own = actor.receipt.case_id if actor.receipt else None
        return Case.id == own if Standing.OWN in standings_allowing(permission, actor.role) else false()
    if actor.role not in SECRETARIAT:
        return false()
    mine: ColumnElement[bool] = Case.assignee_id == actor.id
    if actor.role is Role.COUNSELOR:
        mine = or_(mine, Case.assignee_id.is_(None))
    reach = {
        Standing.ASSIGNED: mine,
        Standing.SAME_OFFICE: ~mine
        if actor.role is Role.COUNSELOR
        else or_(Case.assignee_id.is_(None), Case.assignee_id != actor.id),
    }
    allowed = standings_allowing(permission, actor.role)
    if at_once:
        allowed = frozenset(one for one in allowed if not needs_reason(permission, role=actor.role, standing=one))
    if allowed.issuperset(reach):
        reachable: ColumnElement[bool] = true()
    else:
        reachable = or_(false(), *(condition for standing, condition in reach.items() if standing in allowed))
    return and_(reachable, ~_excluded_from(Case.id, actor))


def visible_exchanges(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """The filter for what was forwarded to the actor's office, built from the same cells."""
    if actor.role not in COMPANY or actor.person is None:
        return false()
    allowed = standings_allowing(permission, actor.role)
    office = select(Seat.id).where(Seat.kind == OFFICE_OF_ROLE[actor.role], Seat.company_id == actor.person.company_id)
    at_my_office = and_(
        Exchange.seat_id.in_(office),
        Exchange.state != "preparing",
        ~exists(select(Recall.id).where(being_taken_back(Exchange.id))),
        ~exists().where(Case.id == Exchange.case_id, Case.erased_at.is_not(None)),
    )
    mine: ColumnElement[bool] = Exchange.addressee_id == actor.id
    if actor.role is Role.OFFICER:
        mine = true()
    elif actor.role is Role.DEPUTY:
        mine = or_(mine, Exchange.via == "deputy")
    reach = {Standing.ADDRESSEE: and_(at_my_office, mine), Standing.SAME_OFFICE: and_(at_my_office, ~mine)}
    reachable = or_(false(), *(condition for standing, condition in reach.items() if standing in allowed))
    return and_(reachable, ~_excluded_from(Exchange.case_id, actor))


def visible_companies(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """The filter for companies and their files."""
    allowed = standings_allowing(permission, actor.role)
    if actor.role in COMPANY:
        own = actor.person.company_id if actor.person else None
        return Company.id == own if Standing.ADDRESSEE in allowed else false()
    return true() if allowed else false()


def visible_company_files(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """The filter for company files; a company never learns of a file before something was issued to it."""
    allowed = standings_allowing(permission, actor.role)
    if actor.role in COMPANY:
        own = actor.person.company_id if actor.person else None
        return CompanyFile.company_id == own if Standing.ADDRESSEE in allowed else false()
    return true() if allowed & {Standing.ASSIGNED, Standing.SAME_OFFICE, Standing.NONE} else false()


def visible_leaks(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """The filter for leak worksheets; what concerns a consultation is hidden from whoever is excluded from that."""
    if not standings_allowing(permission, actor.role):
        return false()
    kept_away = exists().where(
        LeakCase.leak_id == Leak.id, LeakCase.case_id == Exclusion.case_id, Exclusion.person_id == actor.id
    )
    return ~kept_away


def must_be_allowed(permission: Permission, *, actor: Actor, standing: Standing) -> None:
    """Raise OutOfReach unless the policy allows it."""
    decision = decide(permission, role=actor.role, standing=standing)
    if not decision:
        raise OutOfReach(decision.reason)


def one_or_404(query: Select[Any]) -> Any:
    """The one row of a narrowed query; what is out of reach is not there."""
    found = db().scalar(query)
    if found is None:
        abort(404)
    return found


def being_taken_back(exchange_id: Any) -> ColumnElement[bool]:
    """The recall that waits for its second person: until it is answered, the company sees nothing of the matter."""
    return and_(Recall.exchange_id == exchange_id, Recall.answered_at.is_(None))


def _is_excluded(actor: Actor, case_id: Any) -> bool:
    if actor.id is None:
        return False
    # A page asks of one case whether this may be done, and that, and that: all of it goes by one answer. What writes
    # may itself keep somebody away, and is answered anew each time.
    answers: dict[Any, bool] = {} if is_writing() else in_hand("exclusions")
    asked = case_id, actor.id
    if asked not in answers:
        answers[asked] = _exclusion.scalar(*asked) is not None
    return answers[asked]


@made_once
def _exclusion(case_id: uuid.UUID, person_id: uuid.UUID) -> Select[uuid.UUID]:
    return select(Exclusion.id).where(Exclusion.case_id == case_id, Exclusion.person_id == person_id)


def _excluded_from(case_id: Any, actor: Actor) -> ColumnElement[bool]:
    return exists().where(Exclusion.case_id == case_id, Exclusion.person_id == actor.id)
