"""The meeting: it is called, gets its agenda and packet, hears who declares an interest, and votes."""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime

from sqlalchemy import select

from app.custody.actions import ASSOCIATION
from app.pipeline.audit import Fact, of_company_file, record, take_turn
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.outbox import queue_mail
from app.pipeline.standing import must_be_allowed, towards_board_item
from app.pipeline.transaction import db
from app.resolutions.actions.hearings import record_silence
from app.resolutions.actions.recusals import close_packet_to_the_excluded, exclude, note_recusals
from app.resolutions.packet import digest_of, packet_of
from app.resolutions.queries import (
    eligible_directors,
    file_of,
    has_explained,
    late_compliance_of,
    meeting_of,
    minutes_numbers_of,
    options_now,
    root_of,
    vote_of,
)
from models.board_item import BoardItem
from models.board_meeting import BoardMeeting
from models.compartment import Compartment
from models.minutes_number import MinutesNumber
from models.rules.board import (
    ITEM_STEPS,
    BoardOption,
    BoardRefusal,
    BoardRefused,
    ItemAct,
    ItemState,
    MeetingMode,
    RecusalGround,
    item_after,
    may_open_vote,
    may_put_on_agenda,
)
from models.rules.mail_kinds import MailKind
from models.rules.people import Standing
from models.rules.permissions import Permission
from models.sealed import seal_answers_into
from models.vote import Vote


def call_meeting(*, held_at: datetime, mode: MeetingMode, actor: Actor) -> BoardMeeting:
    """Call the board to a meeting at a time; items come onto its agenda one by one."""
    must_be_allowed(Permission.RESOLUTION_RECORD, actor=actor, standing=Standing.SAME_OFFICE)
    if held_at <= now():
        raise BoardRefused(BoardRefusal.MEETING_IS_OVER)
    meeting = BoardMeeting(
        id=uuid.uuid4(), held_at=held_at, mode=MeetingMode(mode).value, called_by_id=actor.id, called_at=now()
    )
    db().add(meeting)
    record(ASSOCIATION, "board.convene", actor=actor, facts={"board_item_id": None, "meeting_id": meeting.id.hex})
    return meeting


def number_minutes(meeting: BoardMeeting, reference: str | None, *, actor: Actor) -> None:
    """Enter the number that the minutes of a meeting have in the association's own book; a later entry corrects it.

    Without a number, what was entered before is taken back. Every entry stays, with who made it and when.
    """
    must_be_allowed(Permission.RESOLUTION_RECORD, actor=actor, standing=Standing.SAME_OFFICE)
    if meeting.held_at > now():
        raise BoardRefused(BoardRefusal.MEETING_TO_COME)
    # Two people who number two meetings alike: the second sees what the first has entered.
    take_turn(ASSOCIATION)
    if reference is not None and _has_another_this_number(meeting, reference):
        raise BoardRefused(BoardRefusal.NUMBER_IS_TAKEN)
    place = len(minutes_numbers_of(meeting)) + 1
    db().add(
        MinutesNumber(
            id=uuid.uuid4(),
            meeting_id=meeting.id,
            place=place,
            reference=reference,
            entered_by_id=actor.id,
            entered_at=now(),
        )
    )
    meeting.minutes_reference = reference
    meeting.version += 1
    digest = hashlib.sha256(reference.encode()).hexdigest() if reference else None
    facts: dict[str, Fact] = {"meeting_id": meeting.id.hex, "place": place, "reference_digest": digest}
    record(ASSOCIATION, "board.number_minutes", actor=actor, facts=facts)


def _has_another_this_number(meeting: BoardMeeting, reference: str) -> bool:
    taken = select(BoardMeeting.id).where(BoardMeeting.minutes_reference == reference, BoardMeeting.id != meeting.id)
    return db().scalar(taken.limit(1)) is not None


def put_on_agenda(item: BoardItem, meeting: BoardMeeting, *, actor: Actor) -> None:
    """Put an item on a meeting's agenda, with its packet; never before the company's time to explain has come."""
    _must(ItemAct.PUT_ON_AGENDA, item, actor)
    item_after(item.state, ItemAct.PUT_ON_AGENDA)
    allowed = may_put_on_agenda(held_at=meeting.held_at, explanation_due_at=_explains_until(item), now=now())
    if not allowed:
        raise BoardRefused(BoardRefusal(allowed.reason))
    item.meeting_id, item.agenda_at = meeting.id, now()
    note_recusals(item, actor=actor)
    _seal_packet(item, actor)
    item.version += 1
    record(
        of_company_file(file_of(item)),
        "board.convene",
        actor=actor,
        facts={"board_item_id": item.id.hex, "meeting_id": meeting.id.hex},
    )
    for director in eligible_directors(item, now()):
        queue_mail(director, MailKind.BOARD, actor=actor, key=f"{item.id.hex}:{meeting.id.hex}")


def assemble_packet(item: BoardItem, *, actor: Actor) -> None:
    """Make the packet anew from the company file, such as after an explanation that came late."""
    _must(ItemAct.PUT_ON_AGENDA, item, actor)
    item_after(item.state, ItemAct.PUT_ON_AGENDA)
    note_recusals(item, actor=actor)
    digest = _seal_packet(item, actor)
    item.version += 1
    facts: dict[str, Fact] = {"board_item_id": item.id.hex, "packet_digest": digest}
    record(of_company_file(file_of(item)), "board.assemble_packet", actor=actor, facts=facts)


def declare_interest(item: BoardItem, *, actor: Actor) -> None:
    """A director says that the matter concerns the own interests, and takes no part from now on."""
    _must(ItemAct.DECLARE_INTEREST, item, actor)
    item_after(item.state, ItemAct.DECLARE_INTEREST)
    if actor.person is None:
        raise TypeError("an interest is declared by a person")
    subject = of_company_file(file_of(item))
    record(subject, "board.declare_interest", actor=actor, facts={"board_item_id": item.id.hex})
    exclude(item, actor.person, RecusalGround.DECLARED, actor=actor)
    close_packet_to_the_excluded(item, actor=actor)


def open_vote(item: BoardItem, *, actor: Actor) -> None:
    """Open the vote at the meeting, on the packet as it stands now and without those who are excluded."""
    _must(ItemAct.OPEN_VOTE, item, actor)
    meeting = meeting_of(item)
    due_at = _explains_until(item)
    allowed = may_open_vote(
        held_at=meeting.held_at if meeting else None,
        explanation_due_at=due_at,
        has_explained=has_explained(item),
        now=now(),
    )
    if not allowed:
        raise BoardRefused(BoardRefusal(allowed.reason))
    if item.state == ItemState.HEARING.value:
        record_silence(item)
    item.state = item_after(item.state, ItemAct.OPEN_VOTE).value
    item.voting_opened_at = now()
    note_recusals(item, actor=actor)
    _seal_packet(item, actor)
    item.version += 1
    record(of_company_file(file_of(item)), "board.open_vote", actor=actor, facts={"board_item_id": item.id.hex})


def cast_vote(item: BoardItem, option: BoardOption, *, actor: Actor) -> Vote:
    """One director, one vote, once."""
    _must(ItemAct.VOTE, item, actor)
    # Whoever closes the vote at this moment waits and counts this one, or has closed it.
    db().refresh(item, with_for_update={"key_share": True})
    item_after(item.state, ItemAct.VOTE)
    if actor.person is None or option not in options_now(now()):
        raise ValueError("a person votes for one of the options of the day")
    if vote_of(item, actor.person.id) is not None:
        raise BoardRefused(BoardRefusal.ALREADY_VOTED)
    vote = Vote(board_item_id=item.id, person_id=actor.person.id, option=option, cast_at=now())
    db().add(vote)
    db().flush()
    facts = {"board_item_id": item.id.hex, "option": option.value}
    record(of_company_file(file_of(item)), "board.vote", actor=actor, facts=dict(facts))
    return vote


def _seal_packet(item: BoardItem, actor: Actor) -> str:
    """Make the packet of this moment and keep it; what it is known by, for the record."""
    item.late_compliance_at = late_compliance_of(item)
    key = actor.held.compartment_key(db().get_one(Compartment, item.compartment_id))
    packet = packet_of(item, actor=actor)
    seal_answers_into(item, "sealed_packet", packet, key=key)
    return digest_of(packet)


def _explains_until(item: BoardItem) -> datetime:
    due_at = item.explanation_due_at or root_of(item).explanation_due_at
    if due_at is None:
        raise ValueError("an item that was served has a day until which the company may explain")
    return due_at


def _must(act: ItemAct, item: BoardItem, actor: Actor) -> None:
    must_be_allowed(Permission(ITEM_STEPS[act].by), actor=actor, standing=towards_board_item(actor, item))
