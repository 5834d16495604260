"""Two consultations of one person become one: her own act, with both codes in her hand, after the desk has asked.

No key of the desk takes part. The receipt that she has entered with opens one consultation, and the code that she types
the other; only so can what is in the one be laid into the other.
"""

from __future__ import annotations

from sqlalchemy import select

from app.advisers.actions.ending import end_what_was_shown_before
from app.cases.actions import carry_exclusion, lift, put_to_rest, somebody_oversees
from app.cases.actions.linking import end_question, link_what_follows
from app.cases.queries import excluded_from, severity_of
from app.clocks.actions import start_clock
from app.clocks.queries import running_clock
from app.consents.actions import enter_line
from app.custody.actions import grant_to_receipt
from app.custody.queries import compartment_of_case, opened_statement
from app.duty.actions import alarm_the_desk
from app.incidents.actions import no_longer_counted
from app.mailbox.actions import enter, record_giving, set_consent, tell_the_desk
from app.merging.queries import (
    can_be_one,
    consent_of_both,
    holds_for_what_was_told,
    in_order,
    narrower_words,
    question_about,
)
from app.pipeline.acting_on_cases import perform_on_case
from app.pipeline.audit import of_case, record
from app.pipeline.identity import Actor
from app.pipeline.ids import new_id
from app.pipeline.secrets import facet
from app.pipeline.standing import must_be_allowed, towards_case
from app.pipeline.transaction import db
from app.pipeline.unlocking import Keys
from crypto import CannotOpen
from models.case import Case
from models.compartment import Compartment
from models.compartment_grant import CompartmentGrant
from models.exclusion import Exclusion
from models.message import Message
from models.receipt import Receipt
from models.rules.case_lifecycle import CaseAct
from models.rules.case_links import CaseLinkKind
from models.rules.consent import ConsentLevel
from models.rules.deadlines import ClockKind
from models.rules.decision import ALLOWED, Decision, refused
from models.rules.people import CompartmentKind, Role
from models.rules.permissions import Permission
from models.rules.taxonomy.outcome import Outcome
from models.sealed import open_from, seal_into


def merge_with(case: Case, code: str, *, actor: Actor) -> Decision:
    """Make this consultation and the one that the code leads to one; a refusal changes neither.

    Whatever the code is that leads to no consultation of which the desk has asked here, the answer is the same.
    Raises ReceiptMistyped for what cannot be a code.
    """
    must_be_allowed(Permission.MAILBOX_CONSENT, actor=actor, standing=towards_case(actor, case))
    entered = enter(code)
    other = db().get_one(Case, entered.receipt.case_id) if entered is not None else None
    if entered is None or other is None or other.id == case.id:
        return refused("no_pair")
    both = select(Case).where(Case.id.in_([case.id, other.id])).order_by(Case.id).with_for_update()
    db().scalars(both.execution_options(populate_existing=True)).all()
    question = question_about(case, other)
    if question is None:
        return refused("no_pair")
    others = Actor(Role.CONSULTER, Keys(entered.private_key, receipt_id=entered.receipt.id), receipt=entered.receipt)
    goes, ends = in_order(case, other)
    of_goes, of_ends = (actor, others) if goes.id == case.id else (others, actor)
    decision = can_be_one(case, other) and holds_for_what_was_told(goes, ends)
    if not decision:
        return decision
    if not somebody_oversees(excluded_from(goes) | excluded_from(ends)):
        return refused("nobody_oversees")
    end_question(question, (case, other), actor=actor)
    _unite_exclusions(goes, ends, of_goes, of_ends)
    end_what_was_shown_before(ends, goes, actor=of_goes)
    _let_the_stricter_hold(goes, ends, of_goes)
    _lay_in(goes, ends, of_goes, of_ends)
    _end(ends, goes, of_ends, of_goes)
    _lead_to_one(goes, ends, of_goes)
    tell_the_desk(goes, actor=of_goes, key=f"merged:{ends.id.hex}")
    return ALLOWED


def _let_the_stricter_hold(goes: Case, ends: Case, actor: Actor) -> None:
    """What either consultation does not allow, the one that goes on does not allow."""
    consent, narrower = consent_of_both(goes, ends), narrower_words(goes, ends)
    set_consent(goes, consent.level, consent.options, actor=actor)
    for company, level in narrower:
        # No copy above this lies before her or the company: her word has only to stand in the ledger.
        act = "withdrawn" if level is ConsentLevel.CN_0 else "lowered"
        entry = enter_line(goes, level=level, options=consent.options, act=act, company_id=company.id)
        record_giving(goes, entry, actor=actor)


def _unite_exclusions(goes: Case, ends: Case, of_goes: Actor, of_ends: Actor) -> None:
    """Who must not see the one must not see the other: the words of both lie in both then."""
    for from_, to, actor in ((ends, goes, of_goes), (goes, ends, of_ends)):
        named = select(Exclusion.person_id, Exclusion.declared_by).where(Exclusion.case_id == from_.id)
        for person_id, declared_by in db().execute(named.order_by(Exclusion.id)).all():
            carry_exclusion(to, person_id, declared_by, actor=actor)


def _lay_in(goes: Case, ends: Case, of_goes: Actor, of_ends: Actor) -> None:
    """What was written in the one stands in the conversation of the other, at the time at which it was written."""
    written = opened_statement(ends, CompartmentKind.NARRATIVE, actor=of_ends)
    words = "\n\n".join(part for part in (str(written["text"]), str(written.get("happened", ""))) if part)
    into, from_ = _narrative(goes), _narrative(ends)
    keys = of_goes.held.compartment_key(into), of_ends.held.compartment_key(from_)
    first = Message(author="consulter", purpose="note", sent_at=ends.received_at)
    _seal(first, goes, into, words, keys[0])
    for row in db().scalars(select(Message).where(Message.case_id == ends.id).order_by(Message.sent_at, Message.id)):
        again = Message(
            author=row.author, purpose=row.purpose, person_id=row.person_id, sent_at=row.sent_at, read_at=row.read_at
        )
        _seal(again, goes, into, open_from(row, "sealed_text", key=keys[1]), keys[0])


def _seal(message: Message, case: Case, into: Compartment, text: str, key: bytes) -> None:
    message.id, message.case_id, message.compartment_id = new_id(), case.id, into.id
    seal_into(message, "sealed_text", text, key=key)
    db().add(message)


def _narrative(case: Case) -> Compartment:
    found = compartment_of_case(case, CompartmentKind.NARRATIVE)
    if found is None:
        raise CannotOpen
    return found


def _end(ends: Case, goes: Case, of_ends: Actor, of_goes: Actor) -> None:
    """The other ends as a duplicate; what made it grave or urgent holds for the one that goes on."""
    if running_clock(ends.id, ClockKind.ACKNOWLEDGE_CONSULTER) and not running_clock(
        goes.id, ClockKind.ACKNOWLEDGE_CONSULTER
    ):
        start_clock(goes, ClockKind.ACKNOWLEDGE_CONSULTER)
    grave, is_crisis = severity_of(ends), ends.is_crisis
    outcome = facet("outcome", Outcome.DUPLICATE.value).hex()
    perform_on_case(ends, CaseAct.MERGE, actor=of_ends, facts={"outcome": outcome})
    put_to_rest(ends, actor=of_ends)
    no_longer_counted(ends)
    link_what_follows(ends, goes, CaseLinkKind.MERGED, actor=of_goes)
    if grave is not None:
        lift(goes, grave, actor=of_ends)
    if is_crisis and not goes.is_crisis:
        goes.is_crisis = True
        record(of_case(goes), "case.set_crisis", actor=of_ends, facts={"is_set": True})
        alarm_the_desk(goes, actor=of_ends)


def _lead_to_one(goes: Case, ends: Case, of_goes: Actor) -> None:
    """Both codes open the same: what her receipt opens of the one that goes on, the other's receipt opens too."""
    db().flush()
    opened = select(CompartmentGrant.compartment_id).where(
        CompartmentGrant.receipt_id == of_goes.id, CompartmentGrant.ended_at.is_(None)
    )
    compartments = db().scalars(select(Compartment).where(Compartment.id.in_(opened))).all()
    receipts = db().scalars(select(Receipt).where(Receipt.case_id == ends.id, Receipt.ended_at.is_(None))).all()
    for receipt in receipts:
        for compartment in compartments:
            grant_to_receipt(compartment, of_goes.held.compartment_secret(compartment), receipt)
        receipt.case_id = goes.id
    goes.version += 1
    record(of_case(goes), "case.merge", actor=of_goes, facts={"receipts": len(receipts)})
