"""What she decides of a copy that lies before her: yes, otherwise, or no."""

from __future__ import annotations

from app.attachments.actions import take_back_from
from app.cases.actions import go_on_after, go_on_with_advice, note_what_was_approved, triage_is_over
from app.cases.queries import digest_of_copy
from app.clocks.actions import meet_clocks, start_clock
from app.consents.actions import enter_line
from app.consents.queries import consent_in_force, lines_of
from app.mailbox.actions.saying import record_giving, say, tell_the_desk
from app.mailbox.queries import live_copies, pending_copies
from app.pipeline.acting import ChangedMeanwhile
from app.pipeline.acting_on_cases import perform_on_case
from app.pipeline.audit import Fact, of_case, record
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.standing import OutOfReach, must_be_allowed, towards_case
from app.pipeline.transaction import db
from app.responses.queries import copy_text
from models.case import Case
from models.exchange import Exchange
from models.forwarded_copy import ForwardedCopy
from models.message import Message
from models.rules.case_lifecycle import CaseAct, CaseState
from models.rules.consent import ConsentLevel, is_raised
from models.rules.consent_ledger import provided_on
from models.rules.deadlines import ClockKind
from models.rules.permissions import Permission


def approve_copy(case: Case, copy: ForwardedCopy, *, seen: str | None = None, comment: str = "", actor: Actor) -> None:
    """Agree that this company is told exactly this; a copy above the present level raises it by this very act.

    ``seen`` is the digest of the text that her page showed. What is approved leaves its digest on the copy and in the
    record, and what is sent is compared with both.
    """
    exchange = _waiting(case, copy)
    digest = digest_of_copy(case, copy, copy_text(copy, actor=actor), actor=actor)
    if seen is not None and seen != digest.hex():
        raise ChangedMeanwhile(of_case(case))
    must_be_allowed(Permission.MAILBOX_CONSENT, actor=actor, standing=towards_case(actor, case))
    before = consent_in_force(case)
    raised = is_raised(before.level, copy.level)
    if raised:
        # Her word for one company never reaches further than her word for all, so this act is both.
        wider = enter_line(case, level=copy.level, options=before.options, act="raised")
        record_giving(case, wider, actor=actor)
        case.consent_level = copy.level
    entry = enter_line(
        case,
        level=copy.level,
        options=before.options,
        act="raised" if raised else "given",
        company_id=exchange.company_id,
    )
    note_what_was_approved(case, copy, actor=actor)
    if comment:
        say(case, comment, purpose="consent", copy=copy, actor=actor)
    if case.state is CaseState.AWAIT_CONSENT:
        facts: dict[str, Fact] = {"copy_id": copy.id.hex, "consent_id": entry.id.hex}
        perform_on_case(case, CaseAct.APPROVE_COPY, actor=actor, facts=facts)
        triage_is_over(case)
    else:
        # A copy for a second company: the case itself is already further on the way.
        record_giving(case, entry, actor=actor)
    if not pending_copies(case):
        meet_clocks(case, [ClockKind.CONSENT_ANSWER])
    start_clock(case, ClockKind.ROUTE)
    tell_the_desk(case, actor=actor, key=f"approved:{copy.id.hex}")


def ask_for_change(case: Case, copy: ForwardedCopy, *, comment: str, actor: Actor) -> Message:
    """Say what should be different before anything is told. The copy stays unapproved.

    The comment lies with the conversation, because the key of the copies is handed to the company when one is sent.
    """
    _waiting(case, copy)
    message = say(case, comment, purpose="consent", copy=copy, actor=actor)
    record(of_case(case), "message.send", actor=actor, facts={"message_id": message.id.hex})
    meet_clocks(case, [ClockKind.CONSENT_ANSWER])
    if case.state is CaseState.AWAIT_CONSENT:
        go_on_after(case.state, case)
    else:
        start_clock(case, ClockKind.ROUTE)
    tell_the_desk(case, actor=actor, key=message.id.hex)
    return message


def decline_copy(case: Case, copy: ForwardedCopy, *, comment: str = "", actor: Actor) -> None:
    """This company is not told; with no other company left to tell, the desk goes on with advice alone."""
    exchange = _waiting(case, copy)
    must_be_allowed(Permission.MAILBOX_CONSENT, actor=actor, standing=towards_case(actor, case))
    copy.declined_at = now()
    take_back_from([exchange], actor=actor)
    if comment:
        say(case, comment, purpose="consent", copy=copy, actor=actor)
    others = [other for other in live_copies(case) if other.id != copy.id]
    if case.state is CaseState.AWAIT_CONSENT and not others:
        perform_on_case(case, CaseAct.DECLINE_COPY, actor=actor, facts={"copy_id": copy.id.hex})
        meet_clocks(case, [ClockKind.CONSENT_ANSWER])
        go_on_with_advice(case)
    else:
        _decline_one_of_several(case, exchange, others, actor=actor)
    tell_the_desk(case, actor=actor, key=f"declined:{copy.id.hex}")


def _decline_one_of_several(case: Case, exchange: Exchange, others: list[ForwardedCopy], *, actor: Actor) -> None:
    """No for this company; what was agreed for another one stands, and the case goes on with that."""
    entry = enter_line(
        case,
        level=ConsentLevel.CN_0,
        options=consent_in_force(case).options,
        act="withdrawn",
        company_id=exchange.company_id,
    )
    facts: dict[str, Fact] = {"consent_id": entry.id.hex, "company_id": exchange.company_id.hex}
    record(of_case(case), "consent.withdraw", actor=actor, facts=facts)
    go_on_with_what_was_agreed(case, others, actor=actor)


def go_on_with_what_was_agreed(case: Case, others: list[ForwardedCopy], *, actor: Actor) -> None:
    """One company is told nothing after all; when nothing else waits for her word, the others' copies may go."""
    agreed = next((other for other in others if other.approved_at is not None), None)
    if case.state is CaseState.AWAIT_CONSENT and agreed is not None and not pending_copies(case):
        given = provided_on(lines_of(case), db().get_one(Exchange, agreed.exchange_id).company_id)
        if given is None:
            raise RuntimeError("a copy is agreed to by a line of the ledger")
        both: dict[str, Fact] = {"copy_id": agreed.id.hex, "consent_id": given.id.hex}
        perform_on_case(case, CaseAct.APPROVE_COPY, actor=actor, facts=both)
        triage_is_over(case)
        meet_clocks(case, [ClockKind.CONSENT_ANSWER])
        start_clock(case, ClockKind.ROUTE)


def _waiting(case: Case, copy: ForwardedCopy) -> Exchange:
    """The exchange of a copy that waits for the consulter's word; an older version or another's copy is refused."""
    exchange = db().get_one(Exchange, copy.exchange_id)
    if exchange.case_id != case.id:
        raise OutOfReach("not_her_case")
    if copy.id not in {one.id for one in pending_copies(case)}:
        raise ChangedMeanwhile(of_case(case))
    return exchange
