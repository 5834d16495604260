"""What every page of the desk begins with: the case, found through the narrowed query, and the way back to it."""

from __future__ import annotations

import uuid
from typing import Any

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app.pipeline import acting
from app.pipeline.audit import of_case, record_reading
from app.pipeline.identity import actor_here
from app.pipeline.standing import one_or_404, towards_case, visible_cases
from app.pipeline.transaction import db
from app.presentation.changing_form import ChangingForm
from models.case import Case
from models.exchange import Exchange
from models.rules.permissions import Permission, needs_reason
from models.rules.readings import ASSIGNED


def find(number: str, permission: Permission) -> Case:
    """The case of this number, for whoever has this permission towards it; otherwise it is not there."""
    actor = actor_here()
    found = db().scalar(select(Case).where(Case.number == number, visible_cases(actor, permission)))
    if found is None:
        was_there = visible_cases(actor, Permission.CASE_LIST, erased=True)
        abort(404 if db().scalar(select(Case.id).where(Case.number == number, was_there)) is None else 410)
    return found


def find_exchange(case: Case, reference: str) -> Exchange:
    """What passes with one company about this case."""
    found: Exchange = one_or_404(select(Exchange).where(Exchange.case_id == case.id, Exchange.reference == reference))
    return found


def part_of(table: type[Any], row: str, case: Case) -> Any:
    """A row that hangs on an exchange of this case, such as a copy or a report."""
    try:
        key = uuid.UUID(row)
    except ValueError:
        abort(404)
    return one_or_404(
        select(table)
        .join(Exchange, Exchange.id == table.exchange_id)
        .where(table.id == key, Exchange.case_id == case.id)
    )


def find_as_seen(number: str, permission: Permission) -> Case:
    """The case for an act that needs nothing but its button, while it is as the button's page showed it."""
    found = find(number, permission)
    must_be_as_seen(found)
    return found


def must_be_as_seen(case: Case) -> None:
    """Raises ChangedMeanwhile when somebody acted on the case after the page was made."""
    acting.must_be_as_seen(case, ChangingForm(), subject=of_case(case))


def asked(form: ChangingForm, case: Case) -> bool:
    """Whether a form came in order. Raises ChangedMeanwhile, which keeps what was typed, when its page was outdated."""
    return acting.asked(form, case, subject=of_case(case))


def may_read_at_once(case: Case) -> bool:
    """Whether the one present reads this case without giving a reason."""
    actor = actor_here()
    return not needs_reason(Permission.CASE_READ, role=actor.role, standing=towards_case(actor, case))


def note_reading(case: Case, *parts: str, reason: str = ASSIGNED) -> None:
    """Record that parts of a case are about to be opened; nothing may have been changed before."""
    facts = {"compartment": "+".join(parts), "reason_code": reason}
    record_reading(of_case(case), "case.read", actor=actor_here(), facts=dict(facts))
    db().refresh(case)


def back_to(case: Case, anchor: str | None = None) -> ResponseReturnValue:
    """The page of the case, with the reason that was given for reading it."""
    reason = request.form.get("reason") or None
    return redirect(url_for("cases.case", number=case.number, reason=reason, _anchor=anchor))
