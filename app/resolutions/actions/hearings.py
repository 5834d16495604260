"""The proposal and the hearing: the notice, the company's explanation, and the silence that the clock records."""

from __future__ import annotations

import uuid

from sqlalchemy import Select, select

from app.certifications.actions import begin_procedure
from app.certifications.queries import held_certification
from app.clocks.actions import meet_clocks, start_clock, stop_clocks
from app.custody.actions import make_compartment
from app.custody.queries import compartment_of_file
from app.people.queries import serving
from app.pipeline.acting import perform
from app.pipeline.audit import Fact, of_company_file, record
from app.pipeline.clock import now
from app.pipeline.first_look import Moment
from app.pipeline.identity import THE_CLOCK, Actor
from app.pipeline.one_by_one import one_by_one
from app.pipeline.outbox import queue_mail
from app.pipeline.standing import towards_company
from app.pipeline.transaction import db
from app.resolutions.actions.numbering import HEARING_NOTICE, next_number
from app.resolutions.actions.recusals import note_recusals
from app.resolutions.letters import issue_hearing_letter
from app.resolutions.queries import file_of
from crypto import CannotOpen
from models.board_item import BoardItem
from models.company_file import CompanyFile
from models.explanation import Explanation
from models.rules.board import ItemAct, ItemState, item_after
from models.rules.company_file_lifecycle import FILE_LIFECYCLE, FileAct
from models.rules.deadlines import ClockKind
from models.rules.mail_kinds import MailKind
from models.rules.people import CompartmentKind, Role
from models.sealed import seal_into


def open_item(file: CompanyFile, *, grounds: str, actor: Actor) -> BoardItem:
    """Put a company file before the board (E5). Nothing of it is public, and the company is told by the notice."""
    item = BoardItem(
        id=uuid.uuid4(),
        company_file_id=file.id,
        state=ItemState.PROPOSED.value,
        proposed_by_id=actor.id,
        proposed_at=now(),
    )
    _on_file(file, FileAct.PROPOSE_TO_BOARD, actor, {"board_item_id": item.id.hex})
    compartment, _secret = make_compartment(CompartmentKind.BOARD_PACKET, company_file=file, actor=actor)
    item.compartment_id = compartment.id
    seal_into(item, "sealed_grounds", grounds, key=actor.held.compartment_key(compartment))
    db().add(item)
    db().flush()
    note_recusals(item, actor=actor)
    certification = held_certification(file.company_id)
    if certification is not None:
        begin_procedure(certification, item, actor=actor)
    return item


def serve_notice(item: BoardItem, *, actor: Actor) -> None:
    """Give the company the opportunity to explain (E6): the notice has a number and says until when."""
    file, after = file_of(item), item_after(item.state, ItemAct.SERVE_NOTICE)
    number = next_number(HEARING_NOTICE)
    _on_file(file, FileAct.SERVE_HEARING_NOTICE, actor, {"board_item_id": item.id.hex, "number": number})
    served_at = now()
    item.explanation_due_at = start_clock(item, ClockKind.EXPLANATION, from_=served_at).due_at
    item.state, item.notice_number, item.notice_served_at = after.value, number, served_at
    item.version += 1
    note_recusals(item, actor=actor)
    issue_hearing_letter(item, actor=actor)
    tell_company(file, actor=actor, key=number)


def submit_explanation(item: BoardItem, *, text: str, wants_to_attend: bool, actor: Actor) -> Explanation:
    """The company's own words to the board (E7); until the vote opens it may add to them."""
    file = file_of(item)
    after = item_after(item.state, ItemAct.EXPLAIN)
    explanation = seal_explanation(item, file, text=text, wants_to_attend=wants_to_attend, actor=actor)
    _on_file(file, FileAct.RECORD_EXPLANATION, actor, {"explanation_id": explanation.id.hex})
    item.state = after.value
    item.version += 1
    meet_clocks(item, [ClockKind.EXPLANATION])
    tell_secretariat(actor=actor, key=explanation.id.hex)
    return explanation


def seal_explanation(
    item: BoardItem, file: CompanyFile, *, text: str, wants_to_attend: bool, actor: Actor
) -> Explanation:
    """Keep a company's words where the company and the desk can open them."""
    compartment = compartment_of_file(file, CompartmentKind.COMPANY_FILE)
    if compartment is None or actor.person is None:
        raise CannotOpen
    explanation = Explanation(
        id=uuid.uuid4(),
        board_item_id=item.id,
        compartment_id=compartment.id,
        person_id=actor.person.id,
        wants_to_attend=wants_to_attend,
        submitted_at=now(),
    )
    seal_into(explanation, "sealed_text", text, key=actor.held.compartment_key(compartment))
    db().add(explanation)
    return explanation


def unexplained(at: Moment) -> Select[BoardItem]:
    """The hearings whose time is over without an explanation."""
    return select(BoardItem).where(BoardItem.state == ItemState.HEARING.value, BoardItem.explanation_due_at < at)


def record_silences() -> int:
    """Record, for every hearing whose time is over, that no explanation came. Returns how many."""
    due = unexplained(now()).order_by(BoardItem.explanation_due_at).with_for_update(skip_locked=True)
    return one_by_one(db().scalars(due).all(), record_silence, work="record_silences")


def record_silence(item: BoardItem) -> bool:
    """The time to explain is over and nothing came; the board can take the item up."""
    item.state = item_after(item.state, ItemAct.RECORD_SILENCE).value
    item.silence_recorded_at = now()
    item.version += 1
    stop_clocks(item, [ClockKind.EXPLANATION])
    _on_file(file_of(item), FileAct.RECORD_SILENCE, THE_CLOCK, {"board_item_id": item.id.hex})
    tell_secretariat(actor=THE_CLOCK, key=f"silence:{item.id.hex}")
    return True


def end_with_membership(item: BoardItem, *, actor: Actor) -> None:
    """The company left before the board decided: nothing is heard or voted on any more, and nothing falls due."""
    item.state = item_after(item.state, ItemAct.END_WITH_MEMBERSHIP).value
    item.version += 1
    stop_clocks(item)
    facts: dict[str, Fact] = {"board_item_id": item.id.hex, "reason_code": "membership_ended"}
    record(of_company_file(file_of(item)), "board.end_undecided", actor=actor, facts=facts)


def tell_company(file: CompanyFile, *, actor: Actor, key: str) -> None:
    """Say to the company's representative and officers that a letter lies there; what it is, they read inside."""
    for person in serving(now(), Role.REPRESENTATIVE, Role.OFFICER, company_id=file.company_id):
        queue_mail(person, MailKind.LETTER, actor=actor, key=key)


def tell_secretariat(*, actor: Actor, key: str) -> None:
    for person in serving(now(), Role.MANAGER, Role.HEAD):
        queue_mail(person, MailKind.UPDATE, actor=actor, key=key)


def _on_file(file: CompanyFile, act: FileAct, actor: Actor, facts: dict[str, str | int | bool | None]) -> None:
    perform(
        FILE_LIFECYCLE,
        file,
        act,
        actor=actor,
        standing=towards_company(actor, file.company_id),
        subject=of_company_file(file),
        facts=facts,
    )
