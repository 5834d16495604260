"""What a consulter does after returning with the receipt: writing, deciding what a company may be told, ending it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import select

from app.advisers.actions.ending import end_accesses_to
from app.attachments.actions import take_back_from
from app.cases.actions import (
    close_exchange,
    go_on_after,
    go_on_with_advice,
    note_what_was_approved,
    put_to_rest,
    triage_is_over,
)
from app.cases.queries import digest_of_copy, party_of
from app.clocks.actions import meet_clocks, start_clock, stop_clocks
from app.clocks.queries import running_clock
from app.consents.actions import Keyed, enter_line
from app.consents.queries import consent_in_force, lines_of
from app.custody.actions import end_grants_to_companies
from app.custody.queries import compartment_of_case
from app.duty.actions import alarm_the_desk
from app.incidents.actions import no_longer_counted
from app.mailbox.queries import (
    OPEN_EXCHANGES,
    exchanges_of,
    pending_copies,
    put_copies,
    receipt_is_valid,
    result_was_told,
)
from app.pipeline.acting import ChangedMeanwhile, perform
from app.pipeline.audit import Fact, of_case, record
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.outbox import queue_mail
from app.pipeline.secrets import facet
from app.pipeline.standing import OutOfReach, must_be_allowed, towards_case
from app.pipeline.transaction import begin_writing, db
from app.pipeline.unlocking import Keys, receipt_key_context
from app.responses.queries import copy_text
from crypto import CannotOpen, read_receipt, receipt_keys, unlock_with_key
from models.case import Case
from models.company import Company
from models.consent_entry import ConsentEntry
from models.exchange import Exchange
from models.forwarded_copy import ForwardedCopy
from models.message import Message
from models.person import Person
from models.receipt import Receipt
from models.rules.case_clocks import PROMISED
from models.rules.case_lifecycle import CASE_LIFECYCLE, CONSENT_MAY_BE_WITHDRAWN, CaseAct, CaseState
from models.rules.consent import Consent, ConsentLevel, ConsentOption, is_raised, may_address
from models.rules.consent_ledger import provided_on
from models.rules.crisis import hints_at_danger
from models.rules.deadlines import ClockKind
from models.rules.lifecycle import NotAllowedNow
from models.rules.mail_kinds import MailKind
from models.rules.people import CompartmentKind, Role
from models.rules.permissions import Permission
from models.rules.taxonomy.outcome import Outcome
from models.sealed import seal_into


@dataclass(frozen=True)
class Entered:
    """A receipt that opened its mailbox."""

    receipt: Receipt
    private_key: bytes = field(repr=False)


def enter(code: str) -> Entered | None:
    """Open the mailbox that a code leads to, and record that the receipt was used; None says nothing of why not.

    Raises ReceiptMistyped for what cannot be a code at all, which tells nothing of any case.
    """
    keys = receipt_keys(read_receipt(code))
    found = _opened(keys.locator, keys.key)
    if found is None:
        return None
    begin_writing()
    actor = Actor(Role.CONSULTER, Keys(found.private_key, receipt_id=found.receipt.id), receipt=found.receipt)
    record(of_case(found.receipt.case_id), "receipt.used", actor=actor, facts={"receipt_id": found.receipt.id.hex})
    return found


def _opened(locator: bytes, key: bytes) -> Entered | None:
    receipt = db().scalar(select(Receipt).where(Receipt.locator == locator))
    if receipt is None or not receipt_is_valid(receipt, db().get_one(Case, receipt.case_id)):
        return None
    try:
        private = unlock_with_key(receipt.locked_private_key, key=key, context=receipt_key_context(receipt.id))
    except CannotOpen:
        return None
    return Entered(receipt, private)


def write(case: Case, text: str, *, actor: Actor) -> Message:
    """Send the desk a message; after the end of a case too, which is how one asks for it to be reopened."""
    message = _say(case, text, purpose="note", actor=actor)
    record(of_case(case), "message.send", actor=actor, facts={"message_id": message.id.hex})
    if case.is_open and running_clock(case.id, ClockKind.ACKNOWLEDGE_CONSULTER) is None:
        # Whatever she writes is answered by a human word within the same term as her first words.
        start_clock(case, ClockKind.ACKNOWLEDGE_CONSULTER)
    tell_the_desk(case, actor=actor, key=message.id.hex)
    return message


def answer(case: Case, text: str, *, actor: Actor) -> Message:
    """Answer what the desk asked; the desk's own clock goes on with what was left of it."""
    message = _say(case, text, purpose="answer", actor=actor)
    _perform(case, CaseAct.ANSWER_INFORMATION, actor=actor, facts={"message_id": message.id.hex})
    meet_clocks(case, [ClockKind.CONSULTER_ANSWER])
    go_on_after(CaseState.NEED_INFO, case)
    tell_the_desk(case, actor=actor, key=message.id.hex)
    return message


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
        _say(case, comment, purpose="consent", copy=copy, actor=actor)
    if case.state is CaseState.AWAIT_CONSENT:
        facts: dict[str, Fact] = {"copy_id": copy.id.hex, "consent_id": entry.id.hex}
        _perform(case, CaseAct.APPROVE_COPY, actor=actor, facts=facts)
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
    message = _say(case, comment, purpose="consent", copy=copy, actor=actor)
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
        _say(case, comment, purpose="consent", copy=copy, actor=actor)
    others = [other for other in live_copies(case) if other.id != copy.id]
    if case.state is CaseState.AWAIT_CONSENT and not others:
        _perform(case, CaseAct.DECLINE_COPY, actor=actor, facts={"copy_id": copy.id.hex})
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
        _perform(case, CaseAct.APPROVE_COPY, actor=actor, facts=both)
        triage_is_over(case)
        meet_clocks(case, [ClockKind.CONSENT_ANSWER])
        start_clock(case, ClockKind.ROUTE)


def set_consent(
    case: Case,
    level: ConsentLevel,
    options: Iterable[ConsentOption],
    *,
    keyed: Keyed | None = None,
    actor: Actor,
) -> ConsentEntry | None:
    """Raise or lower what a company may be told, herself or by telephone; None when nothing is different.

    A level below what was already put before a company takes that back, as a withdrawal does. So does taking back the
    word for the only company that is told; where others are told as well, it is closed to that one alone.
    """
    may_say(case, actor=actor)
    chosen, before = frozenset(options), consent_in_force(case)
    if level is before.level and chosen == before.options:
        return None
    too_much, not_theirs = told_above(case, level), _told_without_a_word(case, level, before.options - chosen)
    nobody_is_left = bool(not_theirs) and len(not_theirs) == len(open_exchanges(case))
    if case.state in CONSENT_MAY_BE_WITHDRAWN and (too_much or nobody_is_left):
        return _take_back_for_all(case, level=level, options=chosen, keyed=keyed, actor=actor)
    must_be_open(case, CaseAct.WITHDRAW_CONSENT)
    lowered = is_raised(level, before.level) or (level is before.level and not chosen - before.options)
    entry = enter_line(case, level=level, options=chosen, act="lowered" if lowered else "raised", keyed=keyed)
    case.consent_level = level
    case.version += 1
    for exchange in open_exchanges(case):
        if exchange.id in too_much | not_theirs:
            take_back_from([exchange], actor=actor)
            close_exchange(case, exchange, "consent_withdrawn", actor=actor)
    no_longer_counted(case)
    record_giving(case, entry, actor=actor)
    tell_the_desk(case, actor=actor, key=f"consent:{entry.id.hex}")
    return entry


def withdraw_consent(case: Case, *, actor: Actor) -> ConsentEntry:
    """Take the consent back: nothing more is told, and what a company was given is closed to it from this moment."""
    if case.state not in CONSENT_MAY_BE_WITHDRAWN:
        entry = set_consent(case, ConsentLevel.CN_0, (), actor=actor)
        if entry is None:
            raise NotAllowedNow("case", case.state, CaseAct.WITHDRAW_CONSENT)
        return entry
    return _take_back_for_all(case, level=ConsentLevel.CN_0, options=frozenset(), actor=actor)


def say_not_satisfied(case: Case, text: str, *, actor: Actor) -> Message:
    """Say that the result is not enough, and why; the desk looks at it again."""
    _result_must_be_told(case, CaseAct.SAY_NOT_SATISFIED)
    message = _say(case, text, purpose="dissatisfied", actor=actor)
    if consent_in_force(case).level is ConsentLevel.CN_0:
        # Nothing may be asked of a company any more: the desk answers her itself, and the case stays where it is.
        record(of_case(case), "message.send", actor=actor, facts={"message_id": message.id.hex})
        case.closing_asked_by_id = case.closing_outcome_token = None
        case.version += 1
    else:
        _perform(case, CaseAct.SAY_NOT_SATISFIED, actor=actor, facts={"message_id": message.id.hex})
    meet_clocks(case, [ClockKind.CONSULTER_ANSWER])
    start_clock(case, ClockKind.FEEDBACK if case.state is CaseState.FEEDBACK else ClockKind.REVIEW)
    tell_the_desk(case, actor=actor, key=message.id.hex)
    return message


def accept_result(case: Case, *, actor: Actor) -> None:
    """Agree to the result; with that the case is over."""
    _result_must_be_told(case, CaseAct.ACCEPT_RESULT)
    _perform(case, CaseAct.ACCEPT_RESULT, actor=actor, facts={"outcome": facet("outcome", Outcome.RESOLVED).hex()})
    put_to_rest(case, actor=actor)
    tell_the_desk(case, actor=actor, key=f"accepted:{case.id.hex}:{case.version}")


def withdraw(case: Case, text: str = "", *, actor: Actor) -> None:
    """Withdraw the consultation as a whole. What a company has read stays read; nothing further is told to it."""
    if text:
        _say(case, text, purpose="note", actor=actor)
    _perform(case, CaseAct.WITHDRAW, actor=actor)
    end_by_withdrawal(case, actor=actor)
    tell_the_desk(case, actor=actor, key=f"withdrawn:{case.id.hex}:{case.version}")


def end_by_withdrawal(case: Case, *, actor: Actor) -> None:
    """What follows from a withdrawal, whoever entered it: nothing runs, and no company or adviser has anything open."""
    stop_clocks(case)
    end_accesses_to(case, actor=actor)
    take_back_from(exchanges_of(case), actor=actor)
    for exchange in open_exchanges(case):
        close_exchange(case, exchange, "withdrawn", actor=actor)
    no_longer_counted(case)


def _take_back_for_all(
    case: Case,
    *,
    level: ConsentLevel,
    options: frozenset[ConsentOption],
    keyed: Keyed | None = None,
    actor: Actor,
) -> ConsentEntry:
    nothing = level is ConsentLevel.CN_0
    entry = enter_line(case, level=level, options=options, act="withdrawn" if nothing else "lowered", keyed=keyed)
    take_back(case, entry, actor=actor)
    case.consent_level = level
    return entry


def take_back(case: Case, entry: ConsentEntry, *, actor: Actor) -> None:
    """By this line of the ledger nobody may be told any more: what was told is closed, and what was arranged is off."""
    act = CaseAct.WITHDRAW_CONSENT if actor.role is Role.CONSULTER else CaseAct.KEY_CONSENT_BACK
    _perform(case, act, actor=actor, facts={"consent_id": entry.id.hex})
    at = now()
    for copy in live_copies(case):
        copy.declined_at = at
    take_back_from(exchanges_of(case), actor=actor)
    for exchange in open_exchanges(case):
        if exchange.state == "routed":
            close_exchange(case, exchange, "consent_withdrawn", actor=actor)
        else:
            # Nothing was told yet: what was arranged is off, and a later copy begins where this one stood.
            # The company's seat was given the key when the sending was arranged, because the clock holds none.
            end_grants_to_companies(exchange, at=at)
            exchange.hold_until, exchange.arranged_by_id = None, None
    no_longer_counted(case)
    stop_clocks(case, but=PROMISED)
    start_clock(case, ClockKind.ADVICE)
    tell_the_desk(case, actor=actor, key=f"consent:{entry.id.hex}")


def may_say(case: Case, *, actor: Actor) -> None:
    """Raises OutOfReach unless it is she who says how far a company may be told, or the desk that keys her word."""
    permission = Permission.MAILBOX_CONSENT if actor.role is Role.CONSULTER else Permission.CASE_KEY_CONSENT
    must_be_allowed(permission, actor=actor, standing=towards_case(actor, case))


def _say(case: Case, text: str, *, purpose: str, copy: ForwardedCopy | None = None, actor: Actor) -> Message:
    must_be_allowed(Permission.MAILBOX_WRITE, actor=actor, standing=towards_case(actor, case))
    narrative = compartment_of_case(case, CompartmentKind.NARRATIVE)
    if narrative is None:
        raise CannotOpen
    message = Message(
        id=uuid.uuid4(),
        case_id=case.id,
        compartment_id=narrative.id,
        author="consulter",
        purpose=purpose,
        sent_at=now(),
        copy_id=copy.id if copy else None,
    )
    seal_into(message, "sealed_text", text, key=actor.held.compartment_key(narrative))
    db().add(message)
    if hints_at_danger([text], ()) and not case.is_crisis:
        case.is_crisis = True
        record(of_case(case), "case.set_crisis", actor=actor, facts={"is_set": True})
        alarm_the_desk(case, actor=actor)
    return message


def _perform(case: Case, act: CaseAct, *, actor: Actor, facts: dict[str, Fact] | None = None) -> None:
    perform(
        CASE_LIFECYCLE,
        case,
        act,
        actor=actor,
        standing=towards_case(actor, case),
        subject=of_case(case),
        facts=facts,
    )


def _waiting(case: Case, copy: ForwardedCopy) -> Exchange:
    """The exchange of a copy that waits for the consulter's word; an older version or another's copy is refused."""
    exchange = db().get_one(Exchange, copy.exchange_id)
    if exchange.case_id != case.id:
        raise OutOfReach("not_her_case")
    if copy.id not in {one.id for one in pending_copies(case)}:
        raise ChangedMeanwhile(of_case(case))
    return exchange


def told_above(case: Case, level: ConsentLevel) -> set[uuid.UUID]:
    """The exchanges in which more was put before a company than this level allows."""
    return {copy.exchange_id for copy in live_copies(case) if is_raised(level, copy.level)}


def _told_without_a_word(case: Case, level: ConsentLevel, taken_back: frozenset[ConsentOption]) -> set[uuid.UUID]:
    """The exchanges with companies that needed a word of their own, which is now taken back."""
    left = Consent(level, frozenset(ConsentOption) - taken_back)
    return {
        exchange.id
        for exchange in open_exchanges(case)
        if taken_back and not may_address(party_of(case, db().get_one(Company, exchange.company_id)), left)
    }


def live_copies(case: Case) -> list[ForwardedCopy]:
    """The newest copy that was put before her for each company, unless she said no to it."""
    return [copy for copy in put_copies(case, pending_only=False) if copy.declined_at is None]


def open_exchanges(case: Case) -> list[Exchange]:
    """What passes with companies and is not closed."""
    return [exchange for exchange in exchanges_of(case) if exchange.state in OPEN_EXCHANGES]


def must_be_open(case: Case, act: CaseAct) -> None:
    """Raises NotAllowedNow once the case is over."""
    if not case.is_open or case.state is CaseState.WITHDRAWN:
        raise NotAllowedNow("case", case.state, act)


def _result_must_be_told(case: Case, act: CaseAct) -> None:
    if not result_was_told(case):
        raise NotAllowedNow("case", case.state, act)


def record_giving(case: Case, entry: ConsentEntry, *, actor: Actor) -> None:
    """Record that a line of the ledger says how far a company may be told."""
    facts: dict[str, Fact] = {
        "consent_id": entry.id.hex,
        "company_id": entry.company_id.hex if entry.company_id else None,
        "level": entry.level.value,
    }
    record(of_case(case), "consent.give", actor=actor, facts=facts)


def tell_the_desk(case: Case, *, actor: Actor, key: str) -> None:
    """The one who is in charge hears by mail that there is something to read; an untaken case shows on the board."""
    counselor = db().get(Person, case.assignee_id) if case.assignee_id else None
    if counselor is not None and counselor.id != actor.id and counselor.serves_at(now()):
        queue_mail(counselor, MailKind.UPDATE, actor=actor, key=key)
