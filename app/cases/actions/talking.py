"""What the desk writes: to the consulter, and to itself."""

from __future__ import annotations

import uuid

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from app.attachments.actions import take_back_from
from app.cases.actions.limits import note_word_to_her
from app.cases.actions.resting import go_on_with_advice, let_rest
from app.cases.actions.sending import close_exchange
from app.cases.queries import exchanges_of
from app.clocks.actions import meet_clocks, start_clock, stop_clocks
from app.clocks.queries import running_clock
from app.custody.actions import make_compartment
from app.custody.queries import compartment_of_case
from app.phone_desk.actions import open_reply
from app.pipeline.acting_on_cases import perform_on_case
from app.pipeline.audit import of_case, record
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.standing import must_be_allowed, towards_case
from app.pipeline.transaction import db
from crypto import CannotOpen
from models.case import Case
from models.compartment import Compartment
from models.desk_note import DeskNote
from models.message import Message
from models.rules.case_lifecycle import CaseAct, CaseState
from models.rules.deadlines import ClockKind
from models.rules.people import CompartmentKind
from models.rules.permissions import Permission
from models.sealed import seal_into


def write_note(case: Case, text: str, *, actor: Actor) -> DeskNote:
    """Write a note among the desk; the consulter and the company never see it."""
    must_be_allowed(Permission.CASE_NOTE, actor=actor, standing=towards_case(actor, case))
    compartment = desk_notes_of(case, actor=actor)
    note = DeskNote(
        id=uuid.uuid4(), case_id=case.id, compartment_id=compartment.id, person_id=_writer(actor), written_at=now()
    )
    seal_into(note, "sealed_text", text, key=actor.held.compartment_key(compartment))
    db().add(note)
    record(of_case(case), "case.note", actor=actor, facts={"note_id": note.id.hex})
    return note


def desk_notes_of(case: Case, *, actor: Actor) -> Compartment:
    """The part of a case that is the desk's alone, made when the first of the desk writes into it."""
    compartment = compartment_of_case(case, CompartmentKind.DESK_NOTES)
    if compartment is None:
        compartment, _secret = make_compartment(CompartmentKind.DESK_NOTES, case=case, actor=actor)
        db().flush()
    return compartment


def write_message(case: Case, text: str, purpose: str = "note", *, actor: Actor) -> Message:
    """Write to the consulter."""
    must_be_allowed(Permission.CASE_MESSAGE, actor=actor, standing=towards_case(actor, case))
    message = to_the_consulter(case, text, purpose, actor=actor)
    # Whoever writes beside this one sees first what was just said.
    case.version += 1
    record(of_case(case), "message.send", actor=actor, facts={"message_id": message.id.hex})
    return message


def note_messages_read(case: Case, *, actor: Actor) -> None:
    """The consulter's messages are read when whoever has the case opens it; a look with a reason leaves them unread."""
    if case.assignee_id not in (None, actor.id):
        return
    unread = select(Message).where(Message.case_id == case.id, Message.author == "consulter", Message.read_at.is_(None))
    for message in db().scalars(unread):
        message.read_at = now()


def acknowledge_consultation(case: Case, *, actor: Actor) -> Message:
    """Let the consulter know that a human being is now reading."""
    with force_locale("ja"):
        text = _(
            "ご相談を受け取りました。話してくださって、ありがとうございます。相談員が読み、あらためてこの画面でご連絡します。"
            "会社には、命や体に危険が迫っているときを除いて、あなたの同意なしに何も伝えません。急いでお伝えになりたいことがあれば、いつでもこの画面からお書きください。"
        )
    return write_message(case, text, "note", actor=actor)


def ask_information(case: Case, text: str, *, actor: Actor) -> Message:
    """Ask the consulter for more; the desk's own clock rests until she answers."""
    message = _acting(case, CaseAct.ASK_INFORMATION, text, "question", actor=actor)
    let_rest(case)
    start_clock(case, ClockKind.CONSULTER_ANSWER)
    return message


def advise(case: Case, text: str, *, actor: Actor) -> Message:
    """Help with advice, without telling the company; a copy that she has not answered yet is told to nobody."""
    was_asked = case.state is CaseState.AWAIT_CONSENT
    message = _acting(case, CaseAct.ADVISE, text, "advice", actor=actor)
    if was_asked:
        _lay_the_copies_aside(case, actor=actor)
        return message
    meet_clocks(case, [ClockKind.TRIAGE])
    start_clock(case, ClockKind.ADVICE)
    return message


def _lay_the_copies_aside(case: Case, *, actor: Actor) -> None:
    """Whether she has agreed to one already or not: nothing goes, and she is waited for no longer."""
    prepared = [exchange for exchange in exchanges_of(case) if exchange.state == "preparing"]
    take_back_from(prepared, actor=actor)
    for exchange in prepared:
        close_exchange(case, exchange, "advised", actor=actor)
    go_on_with_advice(case)
    stop_clocks(case, (ClockKind.CONSENT_ANSWER, ClockKind.ROUTE, ClockKind.SEND_HOLD))


def give_feedback(case: Case, text: str, *, actor: Actor) -> Message:
    """Tell the consulter the result; she may agree, or say that she is not satisfied."""
    message = _acting(case, CaseAct.GIVE_FEEDBACK, text, "feedback", actor=actor)
    meet_clocks(case, [ClockKind.FEEDBACK])
    start_clock(case, ClockKind.CONSULTER_ANSWER)
    return message


def _acting(case: Case, act: CaseAct, text: str, purpose: str, *, actor: Actor) -> Message:
    message = to_the_consulter(case, text, purpose, actor=actor)
    perform_on_case(case, act, actor=actor, facts={"message_id": message.id.hex})
    return message


def to_the_consulter(case: Case, text: str, purpose: str, *, actor: Actor) -> Message:
    """A message in her mailbox, and by the way she chose; whoever calls this asks the policy and records it."""
    message = keep_in_thread(case, text, purpose, actor=actor)
    open_reply(case, actor=actor)
    note_word_to_her(case, purpose)
    if running_clock(case.id, ClockKind.PROGRESS_NOTE) is not None:
        meet_clocks(case, [ClockKind.PROGRESS_NOTE])
        start_clock(case, ClockKind.PROGRESS_NOTE)
    return message


def keep_in_thread(case: Case, text: str, purpose: str, *, actor: Actor) -> Message:
    """What she knows already, kept in her mailbox; whoever calls this asks the policy and records it."""
    compartment = compartment_of_case(case, CompartmentKind.NARRATIVE)
    if compartment is None:
        raise CannotOpen
    message = Message(
        id=uuid.uuid4(),
        case_id=case.id,
        compartment_id=compartment.id,
        author="desk",
        purpose=purpose,
        person_id=_writer(actor),
        sent_at=now(),
    )
    seal_into(message, "sealed_text", text, key=actor.held.compartment_key(compartment))
    db().add(message)
    return message


def _writer(actor: Actor) -> uuid.UUID:
    if actor.person is None:
        raise RuntimeError("a person writes, never the clock")
    return actor.person.id
