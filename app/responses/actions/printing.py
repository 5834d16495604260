"""A company puts the forwarded copy on paper: with a reason, under a number, and the desk sees it."""

from __future__ import annotations

import uuid

from sqlalchemy import func, select

from app.pipeline.acting import ChangedMeanwhile
from app.pipeline.audit import Fact, of_case, record
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.standing import must_be_allowed, towards_exchange
from app.pipeline.transaction import db
from app.responses.queries import approved_copy
from models.exchange import Exchange
from models.printed_copy import PrintedCopy
from models.rules.permissions import Permission
from models.rules.printing import PrintReason


def print_copy(exchange: Exchange, reason: PrintReason, *, actor: Actor) -> PrintedCopy:
    """Give a number to a copy on paper; the page that is printed carries it, with who and when, on every sheet."""
    must_be_allowed(Permission.RESPONSE_PRINT, actor=actor, standing=towards_exchange(actor, exchange))
    copy = approved_copy(exchange)
    if copy is None or actor.person is None or exchange.state != "routed" or exchange.opened_at is None:
        raise ChangedMeanwhile(of_case(exchange.case_id))
    last = db().scalar(select(func.max(PrintedCopy.number)).where(PrintedCopy.exchange_id == exchange.id)) or 0
    printed = PrintedCopy(
        id=uuid.uuid4(),
        exchange_id=exchange.id,
        copy_id=copy.id,
        number=last + 1,
        reason=reason,
        person_id=actor.person.id,
        printed_at=now(),
    )
    db().add(printed)
    facts: dict[str, Fact] = {"copy_id": copy.id.hex, "number": printed.number, "reason_code": reason.value}
    record(of_case(exchange.case_id), "copy.print", actor=actor, facts=facts)
    return printed
