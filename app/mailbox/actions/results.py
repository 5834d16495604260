"""What she says to the result: that it is enough, or that it is not."""

from __future__ import annotations

from app.cases.actions import put_to_rest
from app.clocks.actions import meet_clocks, start_clock
from app.consents.queries import consent_in_force
from app.mailbox.actions.saying import say, tell_the_desk
from app.mailbox.queries import result_was_told
from app.pipeline.acting_on_cases import perform_on_case
from app.pipeline.audit import of_case, record
from app.pipeline.identity import Actor
from app.pipeline.secrets import facet
from models.case import Case
from models.message import Message
from models.rules.case_lifecycle import CaseAct, CaseState
from models.rules.consent import ConsentLevel
from models.rules.deadlines import ClockKind
from models.rules.lifecycle import NotAllowedNow
from models.rules.taxonomy.outcome import Outcome


def say_not_satisfied(case: Case, text: str, *, actor: Actor) -> Message:
    """Say that the result is not enough, and why; the desk looks at it again."""
    _must_be_told(case, CaseAct.SAY_NOT_SATISFIED)
    message = say(case, text, purpose="dissatisfied", actor=actor)
    if consent_in_force(case).level is ConsentLevel.CN_0:
        # Nothing may be asked of a company any more: the desk answers her itself, and the case stays where it is.
        record(of_case(case), "message.send", actor=actor, facts={"message_id": message.id.hex})
        case.closing_asked_by_id = case.closing_outcome_token = None
        case.version += 1
    else:
        perform_on_case(case, CaseAct.SAY_NOT_SATISFIED, actor=actor, facts={"message_id": message.id.hex})
    meet_clocks(case, [ClockKind.CONSULTER_ANSWER])
    start_clock(case, ClockKind.FEEDBACK if case.state is CaseState.FEEDBACK else ClockKind.REVIEW)
    tell_the_desk(case, actor=actor, key=message.id.hex)
    return message


def accept_result(case: Case, *, actor: Actor) -> None:
    """Agree to the result; with that the case is over."""
    _must_be_told(case, CaseAct.ACCEPT_RESULT)
    perform_on_case(
        case, CaseAct.ACCEPT_RESULT, actor=actor, facts={"outcome": facet("outcome", Outcome.RESOLVED).hex()}
    )
    put_to_rest(case, actor=actor)
    tell_the_desk(case, actor=actor, key=f"accepted:{case.id.hex}:{case.version}")


def _must_be_told(case: Case, act: CaseAct) -> None:
    if not result_was_told(case):
        raise NotAllowedNow("case", case.state, act)
