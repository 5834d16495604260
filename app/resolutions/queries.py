"""What is asked of the board's items: who may see them, who takes part, how the votes stand, what the company said."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select, true

from app.clocks.queries import clocks_of
from app.people.queries import serving
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.made_once import made_once
from app.pipeline.transaction import db
from app.successions.queries import kin_of
from models.board_item import BoardItem
from models.board_meeting import BoardMeeting
from models.company import Company
from models.company_file import CompanyFile
from models.company_relation import CompanyRelation
from models.explanation import Explanation
from models.minutes_number import MinutesNumber
from models.person import Person
from models.recusal import Recusal
from models.resolution import Resolution
from models.rules.board import BoardOption, ItemState, RecusalGround, offered_options, recusal_ground
from models.rules.certification_lifecycle import certification_policy_at
from models.rules.company_file_lifecycle import FileState
from models.rules.deadlines import ClockKind
from models.rules.people import COMPANY, SECRETARIAT, Role, Standing
from models.rules.permissions import Permission, standings_allowing
from models.rules.working_days import in_japan
from models.vote import Vote

OPEN_STATES = ("proposed", "hearing", "ready", "voting")
MOST_MEETINGS = 50


def visible_items(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """The filter for items, built from the policy's cells: a director sees what was served and is not excluded from."""
    allowed = standings_allowing(permission, actor.role)
    if actor.role in SECRETARIAT:
        return true() if Standing.SAME_OFFICE in allowed else false()
    if actor.role is Role.DIRECTOR:
        recused = exists().where(Recusal.board_item_id == BoardItem.id, Recusal.person_id == actor.id)
        reach = and_(BoardItem.state != "proposed", ~recused, ~_concerns_own_company(actor))
        return reach if Standing.ADDRESSEE in allowed else false()
    return true() if Standing.NONE in allowed else false()


def _concerns_own_company(actor: Actor) -> ColumnElement[bool]:
    """The items that the register excludes a director from, even before the next step of the item notes it."""
    own = actor.person.company_id if actor.person else None
    if own is None:
        return false()
    concerned = kin_of(own) | related_companies(own, now())
    return exists().where(CompanyFile.id == BoardItem.company_file_id, CompanyFile.company_id.in_(concerned))


def visible_hearings(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """The filter for hearings: a company sees its own once the notice was served, and never the proposal before it."""
    allowed = standings_allowing(permission, actor.role)
    if actor.role in COMPANY:
        own = actor.person.company_id if actor.person else None
        of_own = exists().where(CompanyFile.id == BoardItem.company_file_id, CompanyFile.company_id == own)
        return of_own if Standing.ADDRESSEE in allowed else false()
    return true() if Standing.SAME_OFFICE in allowed else false()


def file_of(item: BoardItem) -> CompanyFile:
    return db().get_one(CompanyFile, item.company_file_id)


def company_of(item: BoardItem) -> Company:
    return db().get_one(Company, file_of(item).company_id)


def meeting_of(item: BoardItem) -> BoardMeeting | None:
    return db().get(BoardMeeting, item.meeting_id) if item.meeting_id else None


def meetings_to_come(at: datetime) -> Sequence[BoardMeeting]:
    to_come = select(BoardMeeting).where(BoardMeeting.held_at > at)
    return db().scalars(to_come.order_by(BoardMeeting.held_at).limit(MOST_MEETINGS)).all()


def meetings_held(at: datetime) -> Sequence[BoardMeeting]:
    """The meetings that have begun, the newest first."""
    held = select(BoardMeeting).where(BoardMeeting.held_at <= at)
    return db().scalars(held.order_by(BoardMeeting.held_at.desc(), BoardMeeting.id).limit(MOST_MEETINGS)).all()


def minutes_numbers_of(meeting: BoardMeeting) -> Sequence[MinutesNumber]:
    """Each entry of the number of a meeting's minutes, the first one first; the last one holds."""
    entered = select(MinutesNumber).where(MinutesNumber.meeting_id == meeting.id)
    return db().scalars(entered.order_by(MinutesNumber.place)).all()


def resolution_of(item: BoardItem) -> Resolution | None:
    return db().scalar(select(Resolution).where(Resolution.board_item_id == item.id))


def item_before(item: BoardItem) -> BoardItem | None:
    """The item that this one takes up again."""
    return db().get(BoardItem, item.follows_id) if item.follows_id else None


def item_after_this(item: BoardItem) -> BoardItem | None:
    """The item that takes this one up again."""
    return db().scalar(select(BoardItem).where(BoardItem.follows_id == item.id).order_by(BoardItem.proposed_at))


def chain_of(item: BoardItem) -> list[BoardItem]:
    """This item and those that it goes back to, the newest first; the last is the proposal with its notice."""
    chain = [item]
    while (before := item_before(chain[-1])) is not None:
        chain.append(before)
    return chain


def root_of(item: BoardItem) -> BoardItem:
    """The proposal that everything goes back to: its notice number names the hearing."""
    return chain_of(item)[-1]


def newest_of(item: BoardItem) -> BoardItem:
    """Where the matter of this proposal has come to."""
    while (after := item_after_this(item)) is not None:
        item = after
    return item


def is_reversal(item: BoardItem) -> bool:
    """Whether this item asks whether a revocation that is in effect shall be taken back."""
    return item.follows_id is not None and file_of(item).state is FileState.EFFECTIVE


def explanations_of(item: BoardItem) -> Sequence[Explanation]:
    """What the company wrote about the matter, oldest first; what came after a decision is an objection."""
    ids = [one.id for one in chain_of(item)]
    return (
        db()
        .scalars(select(Explanation).where(Explanation.board_item_id.in_(ids)).order_by(Explanation.submitted_at))
        .all()
    )


def is_objection(explanation: Explanation) -> bool:
    item = db().get_one(BoardItem, explanation.board_item_id)
    return item.decided_at is not None and explanation.submitted_at >= item.decided_at


def has_explained(item: BoardItem) -> bool:
    return any(not is_objection(one) for one in explanations_of(item))


def objection_to(item: BoardItem) -> Explanation | None:
    """The one objection to this matter, if it was raised."""
    return next((one for one in explanations_of(item) if is_objection(one)), None)


def objection_due_at(item: BoardItem) -> datetime | None:
    """Until when the company may object to what was decided on this item."""
    found = [clock.due_at for clock in clocks_of(item.id) if clock.kind is ClockKind.OBJECTION]
    return found[-1] if found else None


def recusals_of(item: BoardItem) -> Sequence[Recusal]:
    return db().scalars(select(Recusal).where(Recusal.board_item_id == item.id).order_by(Recusal.declared_at)).all()


def eligible_directors(item: BoardItem, at: datetime) -> Sequence[Person]:
    """The directors who serve and are not excluded from this item."""
    excluded = {recusal.person_id for recusal in recusals_of(item)}
    return [person for person in serving(at, Role.DIRECTOR) if person.id not in excluded]


@made_once
def _relations(company_id: uuid.UUID, day: date) -> Select[CompanyRelation]:
    return select(CompanyRelation).where(
        or_(CompanyRelation.client_id == company_id, CompanyRelation.agency_id == company_id),
        CompanyRelation.valid_from <= day,
        or_(CompanyRelation.valid_to.is_(None), CompanyRelation.valid_to >= day),
    )


def excluded_by_register(company_id: uuid.UUID, at: datetime) -> dict[Person, RecusalGround]:
    """The serving directors whom the register keeps from a company's matters, and why."""
    related, own = related_companies(company_id, at), kin_of(company_id)
    grounds = {
        person: recusal_ground(
            director_of=company_id if person.company_id in own else person.company_id,
            company=company_id,
            related=related,
        )
        for person in serving(at, Role.DIRECTOR)
    }
    return {person: ground for person, ground in grounds.items() if ground is not None}


def related_companies(company_id: uuid.UUID, at: datetime) -> frozenset[uuid.UUID]:
    """The clients and agencies that a company has on this day."""
    relations = _relations.scalars(company_id, in_japan(at).date())
    return frozenset(one.agency_id if one.client_id == company_id else one.client_id for one in relations)


def votes_on(item: BoardItem) -> Sequence[Vote]:
    return db().scalars(select(Vote).where(Vote.board_item_id == item.id)).all()


def vote_of(item: BoardItem, person_id: uuid.UUID | None) -> Vote | None:
    return db().scalar(select(Vote).where(Vote.board_item_id == item.id, Vote.person_id == person_id))


def tally(item: BoardItem, eligible: Sequence[Person]) -> Mapping[BoardOption, int]:
    """How the votes of those who may take part are spread; a vote cast before an exclusion does not count."""
    may = {person.id for person in eligible}
    return Counter(vote.option for vote in votes_on(item) if vote.person_id in may)


def options_now(at: datetime) -> tuple[BoardOption, ...]:
    """What the board may choose from under the rules of the day."""
    return offered_options(suspension_exists=certification_policy_at(at).suspension_exists)


def late_compliance_of(item: BoardItem) -> datetime | None:
    """When the company complied after the proposal and before the decision (scenario 7.30)."""
    if item.late_compliance_at is not None:
        return item.late_compliance_at
    complied, proposed = file_of(item).complied_at, root_of(item).proposed_at
    return complied if complied is not None and complied >= proposed else None


def is_open(item: BoardItem) -> bool:
    return ItemState(item.state) not in (ItemState.DECIDED, ItemState.UNDECIDED)
