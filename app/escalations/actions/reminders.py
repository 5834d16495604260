"""Reminders (督促, E0): each place of the rhythm once for each clock, by mail, and nothing beyond it."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from sqlalchemy import Select, exists, select

from app.clocks.actions import DueReminders, may_be_reminded_of, note_reminders, places_due, reminders_due
from app.people.queries import serving
from app.pipeline.audit import of_case, record
from app.pipeline.clock import now
from app.pipeline.identity import THE_CLOCK
from app.pipeline.one_by_one import one_by_one
from app.pipeline.outbox import queue_mail
from app.pipeline.standing import being_taken_back
from app.pipeline.transaction import db
from models.clock import Clock
from models.exchange import Exchange
from models.person import Person
from models.recall import Recall
from models.rules.company_duties import DUTY_OF_CLOCK
from models.rules.mail_kinds import MailKind
from models.rules.routing import ORDER


def issue_due_reminders() -> int:
    """Issue every reminder that is due and was not issued; returns how many were mailed.

    Where the machine was off and several of one clock are due, the newest is mailed. The older ones are recorded too,
    with nobody's name, so that they are never sent late and the log shows that they were not. A reminder whose day lay
    before its clock began was never due. Two processes share the work: each takes the clocks that nobody else has.
    """
    at = now()
    due = {one.clock: one for one in reminders_due(_running(), at=at)}
    return one_by_one(due, lambda clock: _remind(due[clock], at), work="issue_due_reminders")


def is_a_reminder_due() -> bool:
    """Whether the day of any reminder has come that was not issued."""
    return bool(places_due(_running(), at=now()))


@cache
def _running() -> Select[Clock]:
    return (
        may_be_reminded_of(DUTY_OF_CLOCK)
        .join(Exchange, Exchange.id == Clock.subject_id)
        .where(Exchange.state == "routed", ~exists(select(Recall.id).where(being_taken_back(Exchange.id))))
    )


def _remind(due: DueReminders, at: datetime) -> bool:
    exchange = db().get_one(Exchange, due.clock.subject_id)
    person = _addressee(exchange, at) if due.is_to_be_sent else None
    for reminder in note_reminders(due, at=at, person=person):
        facts = {"reminder_id": reminder.id.hex, "kind": reminder.kind}
        record(of_case(exchange.case_id), "reminder.issue", actor=THE_CLOCK, facts=dict(facts))
    if person is not None:
        queue_mail(person, MailKind.REMINDER, actor=THE_CLOCK, key=due.key)
    return person is not None


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
