"""The least that protects is told because life or body is at risk: one asks with a reason, a second one decides."""

from __future__ import annotations

import uuid
from datetime import datetime

from app.cases.actions.talking import to_the_consulter
from app.consents.queries import consent_in_force
from app.consents.queries.emergency import waiting_emergency
from app.consents.queries.words import words_of_decision, words_of_outcome
from app.custody.queries import compartment_of_case
from app.people.queries import serving
from app.pipeline.acting import ChangedMeanwhile
from app.pipeline.audit import Fact, of_case, record
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.outbox import queue_mail
from app.pipeline.standing import OutOfReach, must_be_allowed, towards_case
from app.pipeline.transaction import db
from crypto import CannotOpen
from models.case import Case
from models.compartment import Compartment
from models.emergency_telling import EmergencyTelling
from models.rules.consent import DECIDERS_WITHOUT_CONSENT, ConsentOption, may_tell_emergency_minimum
from models.rules.emergency_telling import EmergencyAnswer, EmergencyOutcome
from models.rules.mail_kinds import MailKind
from models.rules.people import CompartmentKind, Role
from models.rules.permissions import Permission
from models.sealed import open_from, seal_into


def ask_emergency(case: Case, *, told: str, reason: str, at_risk: bool, actor: Actor) -> EmergencyTelling:
    """Ask a second person to agree that this is told; until then nobody is told anything.

    Raises OutOfReach where nobody has said that life or body is at risk, or why, or what.
    """
    must_be_allowed(Permission.CASE_EMERGENCY, actor=actor, standing=towards_case(actor, case))
    narrative = compartment_of_case(case, CompartmentKind.NARRATIVE)
    if narrative is None:
        raise CannotOpen
    if actor.person is None or waiting_emergency(case) is not None:
        raise ChangedMeanwhile(of_case(case))
    _must_be_told(case, at_risk=at_risk, told=told, reason=reason)
    telling = EmergencyTelling(
        id=uuid.uuid4(),
        case_id=case.id,
        compartment_id=narrative.id,
        is_life_at_risk=at_risk,
        was_allowed=ConsentOption.CN_EM in consent_in_force(case).options,
        asked_by_id=actor.person.id,
        asked_at=now(),
    )
    key = actor.held.compartment_key(narrative)
    seal_into(telling, "sealed_told", told, key=key)
    seal_into(telling, "sealed_reason", reason, key=key)
    db().add(telling)
    db().flush()
    case.version += 1
    record(of_case(case), "emergency.ask", actor=actor, facts={"telling_id": telling.id.hex})
    for person in serving(now(), Role.MANAGER, Role.HEAD):
        if person.id != actor.person.id:
            queue_mail(person, MailKind.UPDATE, actor=actor, key=f"emergency:{telling.id.hex}")
    return telling


def answer_emergency(case: Case, answer: EmergencyAnswer, *, actor: Actor) -> EmergencyTelling:
    """Decide as the second person. Whoever asked never decides. What is agreed is told to the consulter at once."""
    must_be_allowed(Permission.CASE_SECOND_EMERGENCY, actor=actor, standing=towards_case(actor, case))
    telling = waiting_emergency(case)
    if telling is None or actor.person is None:
        raise ChangedMeanwhile(of_case(case))
    if telling.asked_by_id == actor.person.id:
        raise OutOfReach("takes_two")
    if answer is EmergencyAnswer.AGREED:
        _agree(case, telling, actor=actor)
    telling.answer, telling.answered_by_id, telling.answered_at = answer, actor.person.id, now()
    case.version += 1
    facts: dict[str, Fact] = {"telling_id": telling.id.hex, "was_allowed": telling.was_allowed}
    record(of_case(case), f"emergency.{answer.value}", actor=actor, facts=facts)
    return telling


def note_outcome(
    case: Case, telling: EmergencyTelling, outcome: EmergencyOutcome, *, at: datetime, words: str, actor: Actor
) -> None:
    """Record whether it was told, when, by whom and to whom; the consulter is told of it in her thread."""
    must_be_allowed(Permission.CASE_NOTE_EMERGENCY, actor=actor, standing=towards_case(actor, case))
    if telling.case_id != case.id:
        raise OutOfReach("another_case")
    if telling.answer is not EmergencyAnswer.AGREED or telling.outcome is not None or actor.person is None:
        raise ChangedMeanwhile(of_case(case))
    if not words.strip() or at > now():
        raise OutOfReach("not_said")
    key = actor.held.compartment_key(db().get_one(Compartment, telling.compartment_id))
    seal_into(telling, "sealed_done", words, key=key)
    telling.outcome, telling.done_at, telling.done_by_id, telling.noted_at = outcome, at, actor.person.id, now()
    message = to_the_consulter(case, words_of_outcome(outcome, at, words), "note", actor=actor)
    case.version += 1
    facts: dict[str, Fact] = {
        "telling_id": telling.id.hex,
        "outcome_code": outcome.value,
        "message_id": message.id.hex,
    }
    record(of_case(case), "emergency.done", actor=actor, facts=facts)


def _agree(case: Case, telling: EmergencyTelling, *, actor: Actor) -> None:
    key = actor.held.compartment_key(db().get_one(Compartment, telling.compartment_id))
    told, reason = (open_from(telling, field, key=key) for field in ("sealed_told", "sealed_reason"))
    _must_be_told(case, at_risk=telling.is_life_at_risk, told=told, reason=reason)
    message = to_the_consulter(case, words_of_decision(telling, told, reason), "note", actor=actor)
    db().flush()
    telling.message_id = message.id


def _must_be_told(case: Case, *, at_risk: bool, told: str, reason: str) -> None:
    """The rule itself; with the one who asks, the second person makes the two that it needs."""
    said = bool(told.strip()) and bool(reason.strip())
    allowed = may_tell_emergency_minimum(
        consent_in_force(case).options,
        life_or_body_at_risk=at_risk,
        approvals=DECIDERS_WITHOUT_CONSENT,
        reason_given=said,
    )
    if not allowed:
        raise OutOfReach(allowed.reason)
