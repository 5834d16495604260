"""What has a term of its own beside the case: receipt codes, records of consent, and what only the technique needed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, Executable, delete, exists, or_, select

from app.custody.actions import ASSOCIATION
from app.mailbox.queries import receipt_is_valid, receipt_months
from app.pipeline.audit import Fact, of_case, record
from app.pipeline.clock import today
from app.pipeline.identity import THE_CLOCK
from app.pipeline.one_by_one import one_by_one
from app.pipeline.transaction import db
from app.retention.queries import KEPT_AND_OVER, beginning_of
from models.case import Case
from models.compartment_grant import CompartmentGrant
from models.consent_entry import ConsentEntry
from models.outbox_message import OutboxMessage
from models.provision import Provision
from models.receipt import Receipt
from models.rules.retention import DataKind, latest_start_over, rule_on
from models.sign_up_link import SignUpLink
from models.visit import Visit

AT_A_TIME = 200


def settle_due() -> int:
    """Let go what has a term of its own and is past it; called by the clock. Returns how much went."""
    gone = one_by_one(_receipts_over(), _kill, work="settle_due")
    gone += one_by_one(_consents_over(), _erase_consents_of, work="settle_due")
    return gone + _roll_what_was_technical()


def _receipts_over() -> list[Receipt]:
    """Codes that open nothing any more go whole: such a code is then answered as one that never was."""
    # The shortest term finds them, and each is asked by the rule that holds for it.
    latest = latest_start_over(receipt_months(ends_now=False), today())
    rows = db().execute(
        select(Receipt, Case)
        .join(Case, Case.id == Receipt.case_id)
        .where(KEPT_AND_OVER, Case.closed_at < beginning_of(latest + timedelta(days=1)))
        .order_by(Case.closed_at, Receipt.id)
        .limit(AT_A_TIME)
    )
    return [receipt for receipt, case in rows if not receipt_is_valid(receipt, case)]


def _kill(receipt: Receipt) -> bool:
    for table in (CompartmentGrant, Visit):
        _execute(delete(table).where(table.receipt_id == receipt.id))
    db().delete(receipt)
    db().flush()
    record(of_case(receipt.case_id), "receipt.kill", actor=THE_CLOCK, facts={"receipt_id": receipt.id.hex})
    return True


def _consents_over() -> list[Case]:
    """What was agreed to and what was provided goes with the case, and not before its own term is over."""
    rule = rule_on(DataKind.CONSENT_RECORD, today())
    if rule.months is None:
        return []
    before = beginning_of(latest_start_over(rule.months, today()) + timedelta(days=1))
    entry, provided = ConsentEntry.case_id == Case.id, Provision.case_id == Case.id
    old_entry = exists().where(entry, ConsentEntry.given_at < before)
    old_provision = exists().where(provided, Provision.provided_at < before)
    # A provision names the consent that it rests on: what is younger keeps the others of its case with it.
    young = or_(
        exists().where(entry, ConsentEntry.given_at >= before),
        exists().where(provided, Provision.provided_at >= before),
    )
    due = select(Case).where(Case.erased_at.is_not(None), or_(old_entry, old_provision), ~young)
    return list(db().scalars(due.order_by(Case.erased_at, Case.id).limit(AT_A_TIME).with_for_update(skip_locked=True)))


def _erase_consents_of(case: Case) -> bool:
    provisions = _execute(delete(Provision).where(Provision.case_id == case.id))
    entries = _execute(delete(ConsentEntry).where(ConsentEntry.case_id == case.id))
    facts: dict[str, Fact] = {"entries": entries, "provisions": provisions}
    record(of_case(case), "consent.erase", actor=THE_CLOCK, facts=facts)
    return True


def _roll_what_was_technical() -> int:
    """Which mails went, which links were sent and which sessions were open is of no use after its term."""
    rule = rule_on(DataKind.TECHNICAL_LOG, today())
    if rule.months is None:
        return 0
    before = beginning_of(latest_start_over(rule.months, today()) + timedelta(days=1))
    is_settled = or_(OutboxMessage.sent_at.is_not(None), OutboxMessage.given_up_at.is_not(None))
    counts: dict[str, Fact] = {
        "mails": _execute(delete(OutboxMessage).where(OutboxMessage.queued_at < before, is_settled)),
        "sessions": _execute(delete(Visit).where(Visit.absolute_ends_at < before)),
        "links": _execute(delete(SignUpLink).where(SignUpLink.expires_at < before)),
    }
    gone = sum(int(count or 0) for count in counts.values())
    if gone:
        record(ASSOCIATION, "technical.roll", actor=THE_CLOCK, facts=counts)
    return gone


def _execute(statement: Executable) -> int:
    return cast(CursorResult[Any], db().execute(statement, execution_options={"synchronize_session": False})).rowcount
