"""The decision: the vote is closed and recorded, the company is told, and what was left open is taken up again."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from app.certifications.actions import (
    cancel_revocation,
    end_procedure,
    reinstate,
    schedule_revocation,
)
from app.certifications.queries import certification_of
from app.clocks.actions import start_clock, stop_clocks
from app.clocks.queries import calendar
from app.custody.queries import compartment_of_file
from app.pipeline.acting import perform
from app.pipeline.audit import of_company_file, record
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.standing import must_be_allowed, towards_board_item, towards_company
from app.pipeline.transaction import db
from app.resolutions.actions.hearings import tell_company
from app.resolutions.actions.numbering import DECISION_NOTICE, RESOLUTION, next_number
from app.resolutions.actions.recusals import note_recusals
from app.resolutions.letters import issue_decision_letter
from app.resolutions.queries import (
    eligible_directors,
    file_of,
    is_reversal,
    item_before,
    late_compliance_of,
    meeting_of,
    objection_to,
    recusals_of,
    resolution_of,
    root_of,
    tally,
)
from app.rulebook.queries import deadlines_at
from crypto import CannotOpen
from models.board_item import BoardItem
from models.company_file import CompanyFile
from models.compartment import Compartment
from models.recusal import Recusal
from models.resolution import Resolution
from models.rules.board import (
    BoardOption,
    BoardOutcome,
    BoardRefusal,
    BoardRefused,
    ImmediateReason,
    ItemAct,
    ItemState,
    MeetingMode,
    RecusalGround,
    decision_of,
    effect_moment,
    item_after,
)
from models.rules.company_file_lifecycle import FILE_LIFECYCLE, FileAct, FileState
from models.rules.deadlines import ClockKind, due
from models.rules.lifecycle import NotAllowedNow
from models.rules.people import CompartmentKind
from models.rules.permissions import Permission
from models.sealed import open_answers, open_from, seal_answers_into, seal_into


@dataclass(frozen=True)
class Count:
    """A vote that was counted: what it came to, and among how many."""

    outcome: BoardOutcome
    eligible: int
    present: int


def record_resolution(
    item: BoardItem,
    *,
    reasons: str,
    effect_on: date | None = None,
    immediate_because: ImmediateReason | None = None,
    present: int | None = None,
    actor: Actor,
) -> Resolution | None:
    """Close the vote and record what the board decided (E8). None when it decided nothing: the certification stays.

    ``present`` counts those at the meeting who may take part, abstaining or not; without it, those who voted.
    """
    must_be_allowed(Permission.RESOLUTION_RECORD, actor=actor, standing=towards_board_item(actor, item))
    # A vote that is being cast is waited for; whoever comes after this finds the vote closed.
    db().refresh(item, with_for_update={"key_share": True})
    decided = item_after(item.state, ItemAct.RECORD)
    note_recusals(item, actor=actor)
    count = count_votes(item, present=present)
    if count.outcome.option is None:
        _end_undecided(item, count, actor)
        return None
    resolution = _resolution(item, count, effect_on=effect_on, immediate_because=immediate_because, actor=actor)
    item.late_compliance_at = late_compliance_of(item)
    item.state, item.decided_at = decided.value, now()
    item.version += 1
    _keep_reasons(item, resolution, reasons, actor)
    db().add(resolution)
    db().flush()
    (_decide_on_reversal if is_reversal(item) else _decide)(item, resolution, actor)
    if resolution.option is not BoardOption.DEFER:
        notify(resolution, actor=actor)
    return resolution


def count_votes(item: BoardItem, *, present: int | None = None) -> Count:
    """What the votes come to now, without those who are excluded."""
    eligible = eligible_directors(item, now())
    votes = tally(item, eligible)
    cast = sum(votes.values())
    there = cast if present is None else present
    if not cast <= there <= len(eligible):
        raise BoardRefused(BoardRefusal.COUNT_IS_WRONG)
    meeting = meeting_of(item)
    mode = MeetingMode(meeting.mode) if meeting else MeetingMode.IN_PERSON
    return Count(decision_of(votes, present=there, eligible=len(eligible), mode=mode), len(eligible), there)


def notify(resolution: Resolution, *, actor: Actor) -> None:
    """Tell the company in a numbered letter what was decided (E9); a revocation can be objected to once."""
    if resolution.notified_at is not None:
        return
    item = db().get_one(BoardItem, resolution.board_item_id)
    file = file_of(item)
    must_be_allowed(Permission.ESCALATION_SERVE, actor=actor, standing=towards_company(actor, file.company_id))
    resolution.notice_number = next_number(DECISION_NOTICE)
    resolution.notified_at = now()
    if resolution.option is BoardOption.REVOKE and objection_to(item) is None and not is_reversal(item):
        start_clock(item, ClockKind.OBJECTION, from_=resolution.notified_at)
    db().flush()
    issue_decision_letter(resolution, item, actor=actor)
    tell_company(file, actor=actor, key=resolution.notice_number)


def re_examine(item: BoardItem, *, grounds: str, actor: Actor) -> BoardItem:
    """Take a decided matter up again (objection, or a revocation to be rescinded): by a new item that follows it."""
    must_be_allowed(Permission.RESOLUTION_RECORD, actor=actor, standing=towards_board_item(actor, item))
    item_after(item.state, ItemAct.RE_EXAMINE)
    resolution, file = resolution_of(item), file_of(item)
    if resolution is None or resolution.option is not BoardOption.REVOKE:
        raise NotAllowedNow("board_item", ItemState(item.state), ItemAct.RE_EXAMINE)
    if file.state is FileState.EFFECTIVE:
        return _follow(item, grounds=grounds, actor=actor)
    certification = certification_of(file.company_id)
    if certification is not None:
        cancel_revocation(certification, resolution, actor=actor)
    stop_clocks(item)
    return _follow(item, grounds=grounds, actor=actor, act=FileAct.RE_EXAMINE)


def _resolution(
    item: BoardItem, count: Count, *, effect_on: date | None, immediate_because: ImmediateReason | None, actor: Actor
) -> Resolution:
    option = count.outcome.option
    assert option is not None  # noqa: S101 - a count without an option never comes here
    revokes = option is BoardOption.REVOKE
    # The day is settled first: what is refused here must leave nothing behind, not even a number.
    effect_at = _effect_at(item, effect_on, immediate_because) if revokes else None
    return Resolution(
        id=uuid.uuid4(),
        board_item_id=item.id,
        number=next_number(RESOLUTION),
        option=option,
        eligible=count.eligible,
        present=count.present,
        votes_for=count.outcome.votes_for,
        recorded_by_id=actor.id,
        resolved_at=now(),
        effect_at=effect_at,
        immediate_because=ImmediateReason(immediate_because).value if revokes and immediate_because else None,
    )


def _effect_at(item: BoardItem, effect_on: date | None, immediate_because: ImmediateReason | None) -> datetime:
    before = item_before(item)
    if is_reversal(item) and before is not None:
        upheld = resolution_of(before)
        if upheld is not None and upheld.effect_at is not None:
            return upheld.effect_at
    objection_ends = due(ClockKind.OBJECTION, from_=now(), calendar=calendar(), policy=deadlines_at(now())).due_at
    if objection_to(item) is not None:
        # The one objection was examined by this very decision; there is no second period to wait for.
        objection_ends = now()
    at = effect_moment(
        effect_on=effect_on,
        objection_due_at=objection_ends,
        immediate=immediate_because is not None,
        now=now(),
    )
    if at is None:
        raise BoardRefused(BoardRefusal.EFFECT_TOO_EARLY)
    return at


def _keep_reasons(item: BoardItem, resolution: Resolution, reasons: str, actor: Actor) -> None:
    """Reasons lie where the company reads them once it is told; the directors read them at the end of their packet."""
    packet_compartment = db().get_one(Compartment, item.compartment_id)
    packet_key = actor.held.compartment_key(packet_compartment)
    told = resolution.option is not BoardOption.DEFER
    compartment = compartment_of_file(file_of(item), CompartmentKind.COMPANY_FILE) if told else packet_compartment
    if compartment is None:
        raise CannotOpen
    resolution.compartment_id = compartment.id
    seal_into(resolution, "sealed_reasons", reasons, key=actor.held.compartment_key(compartment))
    packet = open_answers(item, "sealed_packet", key=packet_key)
    seal_answers_into(item, "sealed_packet", {**packet, "reasons": reasons}, key=packet_key)


def _decide(item: BoardItem, resolution: Resolution, actor: Actor) -> None:
    """What each option does to the file and the certification; nothing is revoked before its day."""
    file = file_of(item)
    facts = {"resolution_id": resolution.id.hex}
    _on_file(file, FileAct.DECIDE, actor, {**facts, "option": resolution.option.value})
    certification = certification_of(file.company_id)
    match resolution.option:
        case BoardOption.REVOKE if resolution.effect_at is not None:
            if certification is not None:
                schedule_revocation(certification, resolution, effect_at=resolution.effect_at, actor=actor)
        case BoardOption.DEFER:
            _follow(item, grounds=_grounds(item, actor), actor=actor, act=FileAct.RE_EXAMINE)
        case _:
            if certification is not None:
                end_procedure(certification, resolution, actor=actor)
            # After a continuation on conditions the ladder goes on with the request for improvement, while one is owed.
            _on_file(file, FileAct.END_WITHOUT_EFFECT, actor, facts)


def _decide_on_reversal(item: BoardItem, resolution: Resolution, actor: Actor) -> None:
    """Revocation again upholds it; deferral asks later; anything else rescinds it and returns the company."""
    file, before = file_of(item), item_before(item)
    subject = of_company_file(file)
    facts = {"board_item_id": item.id.hex, "resolution_id": resolution.id.hex}
    if resolution.option is BoardOption.REVOKE:
        record(subject, "board.uphold", actor=actor, facts=dict(facts))
    elif resolution.option is BoardOption.DEFER:
        _follow(item, grounds=_grounds(item, actor), actor=actor)
    else:
        _on_file(file, FileAct.RESCIND, actor, {"resolution_id": resolution.id.hex})
        file.is_open = True
        certification = certification_of(file.company_id)
        reversed_by = resolution_of(before) if before is not None else None
        if certification is not None and reversed_by is not None:
            reinstate(certification, resolution, reversed_resolution=reversed_by, actor=actor)


def _end_undecided(item: BoardItem, count: Count, actor: Actor) -> None:
    """No decision is recorded and the certification stays; the matter goes to a later meeting (scenario 7.27)."""
    item.state = ItemState.UNDECIDED.value
    item.version += 1
    facts = {"board_item_id": item.id.hex, "reason_code": count.outcome.reason.value}
    record(of_company_file(file_of(item)), "board.end_undecided", actor=actor, facts=dict(facts))
    _follow(item, grounds=_grounds(item, actor), actor=actor)


def _follow(item: BoardItem, *, grounds: str, actor: Actor, act: FileAct | None = None) -> BoardItem:
    """A new item that takes this one up: the same notice and packet key, a fresh meeting and vote."""
    db().flush()
    root = root_of(item)
    following = BoardItem(
        id=uuid.uuid4(),
        company_file_id=item.company_file_id,
        compartment_id=item.compartment_id,
        follows_id=item.id,
        state=ItemState.READY.value,
        proposed_by_id=actor.id,
        proposed_at=now(),
        notice_served_at=root.notice_served_at,
        explanation_due_at=root.explanation_due_at,
        silence_recorded_at=root.silence_recorded_at,
        late_compliance_at=item.late_compliance_at,
    )
    key = actor.held.compartment_key(db().get_one(Compartment, item.compartment_id))
    seal_into(following, "sealed_grounds", grounds, key=key)
    db().add(following)
    db().flush()
    for recusal in recusals_of(item):
        if recusal.ground == RecusalGround.DECLARED.value:
            db().add(
                Recusal(
                    board_item_id=following.id,
                    person_id=recusal.person_id,
                    ground=recusal.ground,
                    declared_at=recusal.declared_at,
                )
            )
    db().flush()
    file = file_of(item)
    facts = {"board_item_id": following.id.hex, "follows_id": item.id.hex}
    record(of_company_file(file), "board.continue", actor=actor, facts=dict(facts))
    if act is not None:
        _on_file(file, act, actor, {"board_item_id": following.id.hex})
    note_recusals(following, actor=actor)
    return following


def _grounds(item: BoardItem, actor: Actor) -> str:
    key = actor.held.compartment_key(db().get_one(Compartment, item.compartment_id))
    return open_from(item, "sealed_grounds", key=key)


def _on_file(file: CompanyFile, act: FileAct, actor: Actor, facts: dict[str, str]) -> None:
    perform(
        FILE_LIFECYCLE,
        file,
        act,
        actor=actor,
        standing=towards_company(actor, file.company_id),
        subject=of_company_file(file),
        facts=dict(facts),
    )
