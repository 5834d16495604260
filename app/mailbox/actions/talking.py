"""What she writes: to the desk at any time, and in answer to what it asked."""

from __future__ import annotations

from app.cases.actions import go_on_after
from app.clocks.actions import meet_clocks, start_clock
from app.clocks.queries import running_clock
from app.mailbox.actions.saying import say, tell_the_desk
from app.pipeline.acting_on_cases import perform_on_case
from app.pipeline.audit import of_case, record
from app.pipeline.identity import Actor
from models.case import Case
from models.message import Message
from models.rules.case_lifecycle import CaseAct, CaseState
from models.rules.deadlines import ClockKind


def write(case: Case, text: str, *, actor: Actor) -> Message:
    """Send the desk a message; after the end of a case too, which is how one asks for it to be reopened."""
    message = say(case, text, purpose="note", actor=actor)
    record(of_case(case), "message.send", actor=actor, facts={"message_id": message.id.hex})
    if case.is_open and running_clock(case.id, ClockKind.ACKNOWLEDGE_CONSULTER) is None:
        # Whatever she writes is answered by a human word within the same term as her first words.
        start_clock(case, ClockKind.ACKNOWLEDGE_CONSULTER)
    tell_the_desk(case, actor=actor, key=message.id.hex)
    return message


def wish_erasure(case: Case, text: str, *, actor: Actor) -> None:
    """Say that she wishes it erased before its time: the desk reads it, and its page of keeping shows it."""
    write(case, text, actor=actor)
    record(of_case(case), "erasure.wish", actor=actor, facts={})


def answer(case: Case, text: str, *, actor: Actor) -> Message:
    """Answer what the desk asked; the desk's own clock goes on with what was left of it."""
    message = say(case, text, purpose="answer", actor=actor)
    perform_on_case(case, CaseAct.ANSWER_INFORMATION, actor=actor, facts={"message_id": message.id.hex})
    meet_clocks(case, [ClockKind.CONSULTER_ANSWER])
    go_on_after(CaseState.NEED_INFO, case)
    tell_the_desk(case, actor=actor, key=message.id.hex)
    return message
