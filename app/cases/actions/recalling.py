"""Taking a copy back: by one while it waits, by two once it was delivered, with the proof of who had opened it."""

from __future__ import annotations

import uuid

from app.cases.actions.sending import call_off, close_exchange
from app.cases.recalls import (
    is_recallable,
    is_with_this_company_alone,
    readings_of,
    recall_that_waits,
)
from app.clocks.actions import pass_over, start_clock, stop_clocks
from app.clocks.queries import running_clocks
from app.leaks.actions.beginning import begin_after_recall
from app.people.queries import serving
from app.pipeline.acting import ChangedMeanwhile, perform
from app.pipeline.audit import Fact, of_case, record
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.outbox import queue_mail
from app.pipeline.standing import must_be_allowed, towards_case
from app.pipeline.transaction import db
from models.case import Case
from models.exchange import Exchange
from models.person import Person
from models.recall import Recall
from models.recall_reading import RecallReading
from models.rules.case_lifecycle import CASE_LIFECYCLE, CaseAct, CaseState
from models.rules.deadlines import ClockKind
from models.rules.desk_reasons import RecallReason
from models.rules.lifecycle import NotAllowedNow
from models.rules.mail_kinds import MailKind
from models.rules.people import Role
from models.rules.permissions import Permission
from models.rules.recalls import RecallAnswer


def recall(case: Case, exchange: Exchange, reason: RecallReason, *, actor: Actor) -> bool:
    """Take a copy back while it waits, or ask a second person to once it was delivered. Returns whether it is back.

    From the moment somebody asks, the company's pages show the matter no longer.
    """
    must_be_allowed(Permission.CASE_RECALL, actor=actor, standing=towards_case(actor, case))
    if exchange.state == "preparing" and exchange.hold_until is not None:
        call_off(case, exchange, reason.value, actor=actor)
        return True
    if not is_recallable(case, exchange) or actor.person is None:
        raise NotAllowedNow(CASE_LIFECYCLE.name, case.state, CaseAct.RECALL)
    asked = Recall(id=uuid.uuid4(), exchange_id=exchange.id, reason=reason, asked_by_id=actor.person.id, asked_at=now())
    db().add(asked)
    _act(case, exchange, CaseAct.RECALL, asked, actor=actor)
    exchange.version += 1
    for manager in serving(now(), Role.MANAGER):
        queue_mail(manager, MailKind.UPDATE, actor=actor, key=f"recall:{asked.id.hex}")
    return False


def confirm_recall(case: Case, exchange: Exchange, *, actor: Actor) -> Recall:
    """Agree, as the second person: the company reads the copy no longer, and who had opened it is kept.

    When somebody had, a leak worksheet begins.
    """
    asked = _asked(case, exchange)
    if asked.asked_by_id == actor.id:
        raise NotAllowedNow(CASE_LIFECYCLE.name, case.state, CaseAct.CONFIRM_RECALL)
    moves = is_with_this_company_alone(case, exchange)
    _act(case, exchange, CaseAct.CONFIRM_RECALL, asked, actor=actor)
    _answer(asked, RecallAnswer.CONFIRMED, actor)
    db().add_all(
        RecallReading(
            id=uuid.uuid4(),
            recall_id=asked.id,
            person_id=reading.person_id,
            first_at=reading.first_at,
            last_at=reading.last_at,
            times=reading.times,
        )
        for reading in readings_of(exchange)
    )
    begin_after_recall(case, exchange, asked, actor=actor)
    close_exchange(case, exchange, "recalled", actor=actor)
    if moves:
        stop_clocks(case, [ClockKind.PROGRESS_NOTE])
        start_clock(case, ClockKind.ROUTE)
    _tell_who_asked(asked, actor=actor)
    return asked


def refuse_recall(case: Case, exchange: Exchange, *, actor: Actor) -> None:
    """Do not agree: the copy stays with the company, whose pages show it again and whose clocks get the time back."""
    must_be_allowed(Permission.CASE_SECOND_RECALL, actor=actor, standing=towards_case(actor, case))
    asked = _asked(case, exchange)
    if asked.asked_by_id == actor.id:
        raise NotAllowedNow(CASE_LIFECYCLE.name, case.state, CaseAct.CONFIRM_RECALL)
    _answer(asked, RecallAnswer.REFUSED, actor)
    for clock in running_clocks(exchange.id):
        pass_over(exchange, clock, since=asked.asked_at)
    exchange.version += 1
    case.version += 1
    record(of_case(case), "case.refuse_recall", actor=actor, facts={"recall_id": asked.id.hex})
    _tell_who_asked(asked, actor=actor)


def _asked(case: Case, exchange: Exchange) -> Recall:
    asked = recall_that_waits(exchange)
    if asked is None or exchange.case_id != case.id:
        raise ChangedMeanwhile(of_case(case))
    return asked


def _act(case: Case, exchange: Exchange, act: CaseAct, asked: Recall, *, actor: Actor) -> None:
    """The act's row; where the matter lies with another company too, the case stays where that one has it."""
    row, standing = CASE_LIFECYCLE.row_for(CaseState.ROUTED, act), towards_case(actor, case)
    facts: dict[str, Fact] = {"recall_id": asked.id.hex, "reason_code": asked.reason.value}
    if is_with_this_company_alone(case, exchange):
        perform(CASE_LIFECYCLE, case, act, actor=actor, standing=standing, subject=of_case(case), facts=facts)
        return
    must_be_allowed(Permission(row.by), actor=actor, standing=standing)
    record(of_case(case), row.event, actor=actor, facts=facts)
    case.version += 1


def _answer(asked: Recall, answer: RecallAnswer, actor: Actor) -> None:
    asked.answer, asked.answered_at, asked.answered_by_id = answer, now(), actor.id


def _tell_who_asked(asked: Recall, *, actor: Actor) -> None:
    person = db().get_one(Person, asked.asked_by_id)
    if person.serves_at(now()):
        queue_mail(person, MailKind.UPDATE, actor=actor, key=f"recall-answered:{asked.id.hex}")
