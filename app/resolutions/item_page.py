"""What an item's page shows to whom: the packet to those who hold its key, the count to those who keep it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.clocks.queries import calendar, clocks_of
from app.people.queries import name_of, serving
from app.pipeline.audit import of_company_file, record_reading
from app.pipeline.clock import now, today
from app.pipeline.identity import Actor
from app.pipeline.standing import towards_board_item
from app.pipeline.transaction import db
from app.presentation.due import TimeLeft, time_left
from app.resolutions.packet import opened_packet
from app.resolutions.queries import (
    eligible_directors,
    explanations_of,
    file_of,
    has_explained,
    is_reversal,
    item_after_this,
    item_before,
    late_compliance_of,
    meeting_of,
    objection_to,
    recusals_of,
    resolution_of,
    root_of,
    tally,
    vote_of,
    votes_on,
)
from models.board_item import BoardItem
from models.board_meeting import BoardMeeting
from models.clock import Clock
from models.company import Company
from models.compartment import Compartment
from models.person import Person
from models.resolution import Resolution
from models.rules.board import (
    ITEM_STEPS,
    BoardOption,
    ItemAct,
    ItemState,
    RecusalGround,
    item_allows,
    notice_is_short,
    quorum,
)
from models.rules.deadlines import ClockKind
from models.rules.people import Role
from models.rules.permissions import Permission, decide
from models.sealed import open_from
from models.vote import Vote

KEEP_THE_COUNT = frozenset({Role.MANAGER, Role.HEAD, Role.AUDITOR})


@dataclass(frozen=True)
class Explains:
    """Until when the company may explain, and why that day."""

    due_at: datetime
    clock: Clock | None
    time_left: TimeLeft | None
    has_explained: bool
    wants_to_attend: bool
    newest_at: datetime | None


@dataclass(frozen=True)
class Count:
    """How the item stands among the directors."""

    directors: int
    eligible: int
    needed: int
    cast: int
    tally: Mapping[BoardOption, int] | None


@dataclass(frozen=True)
class ItemView:
    """Everything that one person sees of one item."""

    item: BoardItem
    root: BoardItem
    company: str
    state: ItemState
    packet: Mapping[str, Any] | None
    grounds: str | None
    may_open: bool
    explains: Explains | None
    meeting: BoardMeeting | None
    notice_is_short: bool
    packet_is_old: bool
    recused: Sequence[tuple[str, RecusalGround]]
    count: Count
    own_vote: Vote | None
    resolution: Resolution | None
    late_compliance_at: datetime | None
    objected_at: datetime | None
    is_reversal: bool
    before: BoardItem | None
    following: BoardItem | None
    acts: frozenset[ItemAct]

    @property
    def ended_with_membership(self) -> bool:
        """Whether the company left before the board decided; what was undecided otherwise is taken up again."""
        return self.state is ItemState.UNDECIDED and self.following is None


def view_of(item: BoardItem, *, actor: Actor) -> ItemView:
    """An item as this person sees it. What is sealed is opened only after the reading was recorded."""
    compartment = db().get_one(Compartment, item.compartment_id)
    may_open = actor.held.opens(compartment)
    if may_open:
        facts = {"board_item_id": item.id.hex}
        record_reading(of_company_file(file_of(item)), "board.read_packet", actor=actor, facts=dict(facts))
    key = actor.held.compartment_key(compartment) if may_open else b""
    packet = opened_packet(item, key=key) if may_open and item.sealed_packet else None
    meeting, following = meeting_of(item), item_after_this(item)
    explains = _explains(item)
    objection = objection_to(item)
    return ItemView(
        item=item,
        root=root_of(item),
        company=_company_name(item),
        state=ItemState(item.state),
        packet=packet,
        grounds=open_from(item, "sealed_grounds", key=key) if may_open and packet is None else None,
        may_open=may_open,
        explains=explains,
        meeting=meeting,
        notice_is_short=bool(
            meeting and item.agenda_at and notice_is_short(told_at=item.agenda_at, held_at=meeting.held_at)
        ),
        packet_is_old=_packet_is_old(item, explains),
        recused=named_recusals(item),
        count=count_of(item, actor),
        own_vote=vote_of(item, actor.id) if actor.role is Role.DIRECTOR else None,
        resolution=resolution_of(item),
        late_compliance_at=late_compliance_of(item),
        objected_at=objection.submitted_at if objection else None,
        is_reversal=is_reversal(item),
        before=item_before(item),
        following=following,
        acts=acts_on(item, actor, has_follower=following is not None),
    )


def count_of(item: BoardItem, actor: Actor) -> Count:
    """Quorum and votes; how they are spread is for those who keep the count, and for all once it is closed."""
    at = item.decided_at or now()
    eligible = eligible_directors(item, at)
    shown = actor.role in KEEP_THE_COUNT or item.state in {ItemState.DECIDED.value, ItemState.UNDECIDED.value}
    votes = tally(item, eligible)
    return Count(
        directors=len(serving(at, Role.DIRECTOR)),
        eligible=len(eligible),
        needed=quorum(len(eligible), 0),
        cast=sum(votes.values()),
        tally=votes if shown and votes_on(item) else None,
    )


def named_recusals(item: BoardItem) -> list[tuple[str, RecusalGround]]:
    """Who is excluded, by name, and why."""
    return [
        (name_of(db().get(Person, recusal.person_id)), RecusalGround(recusal.ground)) for recusal in recusals_of(item)
    ]


def acts_on(item: BoardItem, actor: Actor, *, has_follower: bool) -> frozenset[ItemAct]:
    """What this person may do with the item now; the page draws its buttons from it."""
    standing = towards_board_item(actor, item)
    may = {
        act
        for act, step in ITEM_STEPS.items()
        if item_allows(item.state, act) and decide(Permission(step.by), role=actor.role, standing=standing)
    }
    resolution = resolution_of(item)
    if has_follower or resolution is None or resolution.option is not BoardOption.REVOKE:
        may.discard(ItemAct.RE_EXAMINE)
    if item.meeting_id is None:
        may.discard(ItemAct.OPEN_VOTE)
    if vote_of(item, actor.id) is not None:
        may.discard(ItemAct.VOTE)
    return frozenset(may)


def spread(votes: Mapping[BoardOption, int]) -> list[tuple[BoardOption, int]]:
    """The votes, most first, in the order of the options where they are equal."""
    return Counter(dict(votes)).most_common()


def _explains(item: BoardItem) -> Explains | None:
    root = root_of(item)
    if root.explanation_due_at is None:
        return None
    clocks = [clock for clock in clocks_of(root.id) if clock.kind is ClockKind.EXPLANATION]
    given = explanations_of(item)
    waits = item.state == ItemState.HEARING.value
    return Explains(
        due_at=root.explanation_due_at,
        clock=clocks[-1] if clocks else None,
        time_left=time_left(root.explanation_due_at, at=now(), calendar=calendar()) if waits else None,
        has_explained=has_explained(item),
        wants_to_attend=any(one.wants_to_attend for one in given),
        newest_at=given[-1].submitted_at if given else None,
    )


def _packet_is_old(item: BoardItem, explains: Explains | None) -> bool:
    newest = explains.newest_at if explains else None
    waits = item.state in {ItemState.HEARING.value, ItemState.READY.value}
    return bool(waits and item.agenda_at and newest and newest > item.agenda_at)


def _company_name(item: BoardItem) -> str:
    company = db().get_one(Company, file_of(item).company_id)
    return company.name_on(today()).name
