"""Whether a withdrawal at the consulter's request waits for its second person, and what the first one heard."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass

from sqlalchemy import select

from app.pipeline.transaction import db
from models.audit_record import AuditRecord
from models.case import Case
from models.rules.known_by import KnownBy
from models.rules.withdrawal import AskedBy

ASKED, CLOSING_ASKED = "case.ask_withdrawal", "case.ask_close"


@dataclass(frozen=True)
class WithdrawalAsked:
    """What the first person heard; the words lie in the thread, where both read them."""

    message_id: uuid.UUID
    asked_by: AskedBy
    known_by: KnownBy


def withdrawal_asked_for(case: Case) -> WithdrawalAsked | None:
    """The withdrawal that waits, by the record of who asked last: a case waits for one second person at a time."""
    if case.closing_asked_by_id is None:
        return None
    asked = (
        select(AuditRecord.name, AuditRecord.facts)
        .where(
            AuditRecord.subject_kind == "case",
            AuditRecord.subject_id == case.id,
            AuditRecord.name.in_((ASKED, CLOSING_ASKED)),
        )
        .order_by(AuditRecord.number.desc())
        .limit(1)
    )
    last = db().execute(asked).first()
    if last is None or last.name != ASKED:
        return None
    facts = json.loads(last.facts)
    return WithdrawalAsked(
        message_id=uuid.UUID(hex=facts["message_id"]),
        asked_by=AskedBy(facts["asked_by"]),
        known_by=KnownBy(facts["known_by"]),
    )
