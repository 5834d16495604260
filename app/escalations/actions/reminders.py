"""Reminders (督促, E0): each place of the rhythm once for each clock, by mail, and nothing beyond it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, exists, select

from app.clocks.actions.reminding import Reminding, may_be_reminded_of
from app.people.queries import serving
from app.pipeline.audit import of_case, record
from app.pipeline.identity import THE_CLOCK
from app.pipeline.made_once import made_once
from app.pipeline.standing import being_taken_back
from app.pipeline.transaction import db
from models.clock import Clock
from models.exchange import Exchange
from models.person import Person
from models.recall import Recall
from models.rules.company_duties import DUTY_OF_CLOCK
from models.rules.routing import ORDER


@made_once
def _running(looked_ahead: datetime) -> Select[Clock]:
    return (
        may_be_reminded_of(DUTY_OF_CLOCK, looked_ahead)
        .join(Exchange, Exchange.id == Clock.subject_id)
        .where(Exchange.state == "routed", ~exists(select(Recall.id).where(being_taken_back(Exchange.id))))
    )


def _exchange_of(clock: Clock) -> Exchange:
    return db().get_one(Exchange, clock.subject_id)


def _addressee(exchange: Exchange, at: datetime) -> Person | None:
    """Whom a reminder goes to: the addressee while she serves, else whoever took over, in the order of routing."""
    addressed = db().get(Person, exchange.addressee_id)
    if addressed is not None and addressed.serves_at(at):
        return addressed
    for role in ORDER:
        for person in serving(at, role, company_id=exchange.company_id):
            if person.verified_at is not None:
                return person
    return None


_REMINDING = Reminding(
    "issue_due_reminders",
    _running,
    whom=lambda clock, at: _addressee(_exchange_of(clock), at),
    note=lambda clock, facts: record(
        of_case(_exchange_of(clock).case_id), "reminder.issue", actor=THE_CLOCK, facts=facts
    ),
)


def issue_due_reminders() -> int:
    """Issue every reminder that is due and was not issued; returns how many were mailed."""
    return _REMINDING.remind()


def is_a_reminder_due() -> bool:
    """Whether the day of any reminder has come that was not issued."""
    return _REMINDING.is_one_due()
