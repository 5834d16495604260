"""What an officer does with what was forwarded: opens, acknowledges, acts, replies, reports."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from app.clocks.actions import meet_clocks, start_clock
from app.escalations.actions import note_fulfilled
from app.people.queries import serving
from app.pipeline.acting import perform
from app.pipeline.audit import Fact, of_case, record
from app.pipeline.clock import now, today
from app.pipeline.identity import Actor
from app.pipeline.outbox import queue_mail
from app.pipeline.standing import must_be_allowed, towards_exchange
from app.pipeline.transaction import db
from app.responses.actions.drafts import discard_draft
from app.responses.queries import (
    compartment_for,
    may_extend,
    moment_asked,
    newest_report,
    stage_now,
)
from models.action_entry import ActionEntry
from models.case import Case
from models.exchange import Exchange
from models.extension import Extension
from models.message import Message
from models.person import Person
from models.report import Report
from models.rules.case_lifecycle import CASE_LIFECYCLE, CaseAct
from models.rules.deadlines import ClockKind
from models.rules.drafts import DraftKind
from models.rules.exchange_stage import CASE_STATE_AT, WITH_THE_OFFICER, ExchangeStage
from models.rules.lifecycle import NotAllowedNow
from models.rules.mail_kinds import MailKind
from models.rules.people import COMPANY, CompartmentKind, Role
from models.rules.permissions import Permission
from models.rules.search_attempt import hints_at_search
from models.rules.taxonomy.company_action import NEEDS_REASON, CompanyAction
from models.rules.taxonomy.response_method import ResponseMethod
from models.sealed import seal_answers_into, seal_into


class ExtensionRefused(Exception):
    """The rules do not allow this extension; the page asks may_extend() first and says why."""


def open_exchange(exchange: Exchange, *, actor: Actor) -> None:
    """Note when what was forwarded was first opened; the reading itself is recorded each time."""
    must_be_allowed(Permission.RESPONSE_ACKNOWLEDGE, actor=actor, standing=towards_exchange(actor, exchange))
    if exchange.opened_at is not None:
        return
    exchange.opened_at = now()
    record(of_case(exchange.case_id), "exchange.open", actor=actor, facts={"exchange_id": exchange.id.hex})


def acknowledge(exchange: Exchange, *, actor: Actor) -> None:
    """Confirm receipt: the officer has it and takes it on."""
    _perform(exchange, CaseAct.ACKNOWLEDGE, actor=actor, facts={"exchange_id": exchange.id.hex})
    if actor.role in COMPANY:
        # Whoever only telephones has not read the copy; the company's page stays closed until she opens it.
        open_exchange(exchange, actor=actor)
    exchange.acknowledged_at = now()
    exchange.acknowledged_by_id = _person(actor).id
    meet_clocks(exchange, [ClockKind.OFFICER_ACK])
    note_fulfilled(exchange, "acknowledge", actor=actor)
    _tell_the_other_side(exchange, actor=actor, occasion="acknowledged")


def log_action(exchange: Exchange, *, action: CompanyAction, note: str, done_on: date, actor: Actor) -> ActionEntry:
    """Enter what the company did. The first entry is also the initial report."""
    if action in NEEDS_REASON and not note.strip():
        raise ValueError("that nothing was done needs its reason")
    entry = _new_entry(exchange, {"action": action.value, "note": note}, done_on, actor)
    _perform(exchange, CaseAct.LOG_ACTION, actor=actor, facts={"entry_id": entry.id.hex})
    db().add(entry)
    _initial_report_is_made(exchange, actor=actor)
    notice_search(exchange, [note], actor=actor)
    return entry


def reply_to_worker(exchange: Exchange, text: str, *, actor: Actor) -> Message:
    """Write to the worker; she reads it in her mailbox, whoever she is."""
    must_be_allowed(Permission.RESPONSE_ACT, actor=actor, standing=towards_exchange(actor, exchange))
    stage = stage_now(exchange)
    if stage not in WITH_THE_OFFICER:
        raise NotAllowedNow("exchange", stage, CaseAct.LOG_ACTION)
    compartment = compartment_for(exchange, CompartmentKind.FORWARDED)
    message = Message(
        id=uuid.uuid4(),
        case_id=exchange.case_id,
        compartment_id=compartment.id,
        exchange_id=exchange.id,
        author="officer",
        purpose="reply",
        person_id=_person(actor).id,
        sent_at=now(),
    )
    seal_into(message, "sealed_text", text, key=actor.held.compartment_key(compartment))
    db().add(message)
    exchange.version += 1
    discard_draft(exchange, DraftKind.REPLY, actor=actor)
    record(of_case(exchange.case_id), "message.send", actor=actor, facts={"message_id": message.id.hex})
    notice_search(exchange, [text], actor=actor)
    return message


def record_response(
    exchange: Exchange, *, how: ResponseMethod, note: str, actor: Actor, done_on: date | None = None
) -> ActionEntry:
    """Note that, when and how the worker was answered. The report is still to come: its clock runs on."""
    written = {"action": CompanyAction.EXPLAINED_TO_WORKER.value, "note": note, "how": how.value}
    entry = _new_entry(exchange, written, done_on or today(), actor)
    _perform(exchange, CaseAct.RECORD_RESPONSE, actor=actor, facts={"entry_id": entry.id.hex})
    db().add(entry)
    exchange.responded_at = now()
    exchange.responded_how = how.value
    notice_search(exchange, [note], actor=actor)
    return entry


def ask_extension(
    exchange: Exchange, *, working_days: int, reason: str, actor: Actor, asked_on: date | None = None
) -> Extension:
    """Ask for more time for the final report. The desk answers, and both sides see the answer."""
    must_be_allowed(Permission.RESPONSE_REPORT, actor=actor, standing=towards_exchange(actor, exchange))
    stage = stage_now(exchange)
    if stage not in WITH_THE_OFFICER:
        raise NotAllowedNow("exchange", stage, CaseAct.SUBMIT_REPORT)
    if not may_extend(exchange, working_days=working_days, reason=reason, asked_on=asked_on):
        raise ExtensionRefused
    compartment = compartment_for(exchange, CompartmentKind.REPORT)
    extension = Extension(
        id=uuid.uuid4(),
        exchange_id=exchange.id,
        compartment_id=compartment.id,
        working_days=working_days,
        asked_by_id=_person(actor).id,
        asked_at=moment_asked(asked_on),
    )
    seal_into(extension, "sealed_reason", reason, key=actor.held.compartment_key(compartment))
    db().add(extension)
    exchange.version += 1
    facts: dict[str, Fact] = {"extension_id": extension.id.hex, "working_days": working_days}
    record(of_case(exchange.case_id), "extension.request", actor=actor, facts=facts)
    notice_search(exchange, [reason], actor=actor)
    _tell_the_other_side(exchange, actor=actor, occasion="extension")
    return extension


def submit_report(exchange: Exchange, blocks: Mapping[str, Any], *, actor: Actor) -> Report:
    """Hand in the report, or its next version after it was returned."""
    if stage_now(exchange) is ExchangeStage.ACKED:
        _begin_by_report(exchange, blocks, actor=actor)
    before = newest_report(exchange)
    compartment = compartment_for(exchange, CompartmentKind.REPORT)
    report = Report(
        id=uuid.uuid4(),
        exchange_id=exchange.id,
        compartment_id=compartment.id,
        number=before.number + 1 if before else 1,
        submitted_by_id=_person(actor).id,
        submitted_at=now(),
    )
    seal_answers_into(report, "sealed_body", dict(blocks), key=actor.held.compartment_key(compartment))
    _perform(exchange, CaseAct.SUBMIT_REPORT, actor=actor, facts={"report_id": report.id.hex})
    db().add(report)
    discard_draft(exchange, DraftKind.REPORT, actor=actor)
    exchange.reported_at = now()
    meet_clocks(exchange, [ClockKind.INITIAL_REPORT, ClockKind.FINAL_REPORT])
    start_clock(db().get_one(Case, exchange.case_id), ClockKind.REVIEW)
    note_fulfilled(exchange, "report", actor=actor)
    notice_search(exchange, [text for text in blocks.values() if isinstance(text, str)], actor=actor)
    _tell_the_other_side(exchange, actor=actor, occasion=f"report-{report.number}")
    return report


def notice_search(exchange: Exchange, texts: Iterable[str], *, actor: Actor) -> None:
    """Asking who the worker is, is itself something that the desk must see (domain 2.3, 7.47)."""
    if hints_at_search(texts):
        exchange.search_noticed_at = now()
        record(of_case(exchange.case_id), "exchange.search_hint", actor=actor, facts={"exchange_id": exchange.id.hex})


def _begin_by_report(exchange: Exchange, blocks: Mapping[str, Any], *, actor: Actor) -> None:
    """A report that comes at once is its own first entry of the action log."""
    actions = [CompanyAction(code) for code in blocks.get("actions", ())] or [CompanyAction.NONE]
    reason = str(blocks.get("reason_for_none", "")) or str(blocks.get("fact_check", ""))
    log_action(
        exchange, action=actions[0], note=reason if actions[0] in NEEDS_REASON else "", done_on=today(), actor=actor
    )


def _new_entry(exchange: Exchange, written: dict[str, Any], done_on: date, actor: Actor) -> ActionEntry:
    compartment = compartment_for(exchange, CompartmentKind.REPORT)
    entry = ActionEntry(
        id=uuid.uuid4(),
        exchange_id=exchange.id,
        compartment_id=compartment.id,
        person_id=_person(actor).id,
        done_on=done_on,
        entered_at=now(),
    )
    seal_answers_into(entry, "sealed_note", written, key=actor.held.compartment_key(compartment))
    return entry


def _perform(exchange: Exchange, act: CaseAct, *, actor: Actor, facts: dict[str, Fact]) -> None:
    """Do an act of one company; the case follows, unless another company's pace has moved it on already."""
    stage = stage_now(exchange)
    row = CASE_LIFECYCLE.row_for(CASE_STATE_AT[stage], act)
    case = db().get_one(Case, exchange.case_id)
    standing = towards_exchange(actor, exchange)
    if CASE_LIFECYCLE.allows(case.state, act) or not _lies_with_another_too(exchange):
        perform(CASE_LIFECYCLE, case, act, actor=actor, standing=standing, subject=of_case(case), facts=facts)
    else:
        must_be_allowed(Permission(row.by), actor=actor, standing=standing)
        record(of_case(case), row.event, actor=actor, facts=facts)
    exchange.version += 1


def _lies_with_another_too(exchange: Exchange) -> bool:
    another = select(Exchange.id).where(
        Exchange.case_id == exchange.case_id, Exchange.id != exchange.id, Exchange.routed_at.is_not(None)
    )
    return db().scalar(another.limit(1)) is not None


def _initial_report_is_made(exchange: Exchange, *, actor: Actor) -> None:
    meet_clocks(exchange, [ClockKind.INITIAL_REPORT])
    note_fulfilled(exchange, "initial_report", actor=actor)


def _tell_the_other_side(exchange: Exchange, *, actor: Actor, occasion: str) -> None:
    """The desk hears what a company did, and the company what the desk keyed in its stead."""
    if actor.role not in COMPANY:
        addressee = db().get_one(Person, exchange.addressee_id)
        queue_mail(addressee, MailKind.UPDATE, actor=actor, key=f"{exchange.id.hex}-{occasion}-keyed")
        return
    case = db().get_one(Case, exchange.case_id)
    at = now()
    assignee = db().get(Person, case.assignee_id) if case.assignee_id else None
    readers = [assignee] if assignee and assignee.serves_at(at) else serving(at, Role.COUNSELOR)
    for reader in readers:
        queue_mail(reader, MailKind.UPDATE, actor=actor, key=f"{exchange.id.hex}-{occasion}")


def _person(actor: Actor) -> Person:
    if actor.person is None:
        raise ValueError("only a registered person acts for a company")
    return actor.person
