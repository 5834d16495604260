"""What has a term of its own beside the case: receipt codes, records of consent, and what only the technique needed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, Executable, Select, and_, delete, exists, or_, select

from app.custody.actions import ASSOCIATION
from app.mailbox.queries import receipt_is_valid, receipt_months
from app.pipeline.audit import Fact, of_case, record
from app.pipeline.clock import today
from app.pipeline.first_look import Moment, Reasons, moment_by_rule
from app.pipeline.identity import THE_CLOCK
from app.pipeline.one_by_one import one_by_one
from app.pipeline.transaction import db
from app.retention.queries import KEPT_AND_OVER, beginning_of
from models.base import Base
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
BEFORE_ALL = datetime(1, 1, 2, tzinfo=UTC)


def settle_due() -> int:
    """Let go what has a term of its own and is past it; called by the clock. Returns how much went."""
    gone = one_by_one(_receipts_over(), _kill, work="settle_due")
    gone += one_by_one(_consents_over(), _erase_consents_of, work="settle_due")
    return gone + _roll_what_was_technical()


def due_settlements() -> Reasons:
    """What is past a term of its own by the rules of the look."""
    before = moment_by_rule(_consents_end)
    technical = moment_by_rule(_technical_ends)
    return (
        _receipts_closed(moment_by_rule(_receipts_end)),
        _consents_before(before),
        *(select(table).where(over) for table, over in _technical_before(technical).values()),
    )


def _receipts_end() -> datetime:
    """Before this the cases were closed whose receipts may open nothing any more: the shortest term finds them."""
    return _over(receipt_months(ends_now=False))


def _consents_end() -> datetime:
    return _over(rule_on(DataKind.CONSENT_RECORD, today()).months)


def _technical_ends() -> datetime:
    return _over(rule_on(DataKind.TECHNICAL_LOG, today()).months)


def _over(months: int | None) -> datetime:
    """What began before this is past a term of so many months; before all time, where it is kept for good."""
    return beginning_of(latest_start_over(months, today()) + timedelta(days=1)) if months is not None else BEFORE_ALL


def _receipts_over() -> list[Receipt]:
    """Codes that open nothing any more go whole: such a code is then answered as one that never was."""
    # The shortest term finds them, and each is asked by the rule that holds for it.
    rows = db().execute(_receipts_closed(_receipts_end()).order_by(Case.closed_at, Receipt.id).limit(AT_A_TIME))
    return [receipt for receipt, case in rows if not receipt_is_valid(receipt, case)]


def _receipts_closed(before: Moment) -> Select[Receipt, Case]:
    return select(Receipt, Case).join(Case, Case.id == Receipt.case_id).where(KEPT_AND_OVER, Case.closed_at < before)


def _kill(receipt: Receipt) -> bool:
    for table in (CompartmentGrant, Visit):
        _execute(delete(table).where(table.receipt_id == receipt.id))
    db().delete(receipt)
    db().flush()
    record(of_case(receipt.case_id), "receipt.kill", actor=THE_CLOCK, facts={"receipt_id": receipt.id.hex})
    return True


def _consents_over() -> list[Case]:
    """What was agreed to and what was provided goes with the case, and not before its own term is over."""
    due = _consents_before(_consents_end()).order_by(Case.erased_at, Case.id).limit(AT_A_TIME)
    return list(db().scalars(due.with_for_update(skip_locked=True)))


def _consents_before(before: Moment) -> Select[Case]:
    entry, provided = ConsentEntry.case_id == Case.id, Provision.case_id == Case.id
    old_entry = exists().where(entry, ConsentEntry.given_at < before)
    old_provision = exists().where(provided, Provision.provided_at < before)
    # A provision names the consent that it rests on: what is younger keeps the others of its case with it.
    young = or_(
        exists().where(entry, ConsentEntry.given_at >= before),
        exists().where(provided, Provision.provided_at >= before),
    )
    return select(Case).where(Case.erased_at.is_not(None), or_(old_entry, old_provision), ~young)


def _erase_consents_of(case: Case) -> bool:
    provisions = _execute(delete(Provision).where(Provision.case_id == case.id))
    entries = _execute(delete(ConsentEntry).where(ConsentEntry.case_id == case.id))
    facts: dict[str, Fact] = {"entries": entries, "provisions": provisions}
    record(of_case(case), "consent.erase", actor=THE_CLOCK, facts=facts)
    return True


def _roll_what_was_technical() -> int:
    """Which mails went, which links were sent and which sessions were open is of no use after its term."""
    over = _technical_before(_technical_ends())
    counts: dict[str, Fact] = {name: _execute(delete(table).where(past)) for name, (table, past) in over.items()}
    gone = sum(int(count or 0) for count in counts.values())
    if gone:
        record(ASSOCIATION, "technical.roll", actor=THE_CLOCK, facts=counts)
    return gone


def _technical_before(before: Moment) -> dict[str, tuple[type[Base], ColumnElement[bool]]]:
    is_settled = or_(OutboxMessage.sent_at.is_not(None), OutboxMessage.given_up_at.is_not(None))
    return {
        "mails": (OutboxMessage, and_(OutboxMessage.queued_at < before, is_settled)),
        "sessions": (Visit, Visit.absolute_ends_at < before),
        "links": (SignUpLink, SignUpLink.expires_at < before),
    }


def _execute(statement: Executable) -> int:
    return cast(CursorResult[Any], db().execute(statement, execution_options={"synchronize_session": False})).rowcount
