"""The least that protects is told because life or body is at risk: one asks with a reason, a second one decides."""

from __future__ import annotations

import uuid

from app.consents.queries import consent_in_force
from app.consents.queries.emergency import waiting_emergency
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
from models.emergency_telling import EmergencyTelling
from models.rules.consent import DECIDERS_WITHOUT_CONSENT, ConsentOption, may_tell_emergency_minimum
from models.rules.emergency import EmergencyAnswer
from models.rules.mail_kinds import MailKind
from models.rules.people import CompartmentKind, Role
from models.rules.permissions import Permission
from models.sealed import seal_into


def ask_emergency(case: Case, *, told: str, reason: str, actor: Actor) -> EmergencyTelling:
    """Ask a second person to agree that this is told; until then nobody is told anything."""
    must_be_allowed(Permission.CASE_EMERGENCY, actor=actor, standing=towards_case(actor, case))
    narrative = compartment_of_case(case, CompartmentKind.NARRATIVE)
    if narrative is None:
        raise CannotOpen
    if actor.person is None or waiting_emergency(case) is not None:
        raise ChangedMeanwhile(of_case(case))
    telling = EmergencyTelling(
        id=uuid.uuid4(),
        case_id=case.id,
        compartment_id=narrative.id,
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
    """Decide as the second person. Whoever asked never decides."""
    must_be_allowed(Permission.CASE_SECOND_EMERGENCY, actor=actor, standing=towards_case(actor, case))
    telling = waiting_emergency(case)
    if telling is None or actor.person is None:
        raise ChangedMeanwhile(of_case(case))
    if telling.asked_by_id == actor.person.id:
        raise OutOfReach("takes_two")
    told = may_tell_emergency_minimum(
        consent_in_force(case).options,
        life_or_body_at_risk=True,
        approvals=DECIDERS_WITHOUT_CONSENT,
        reason_given=bool(telling.sealed_reason),
    )
    if answer is EmergencyAnswer.AGREED and not told:
        raise OutOfReach(told.reason)
    telling.answer, telling.answered_by_id, telling.answered_at = answer, actor.person.id, now()
    case.version += 1
    facts: dict[str, Fact] = {"telling_id": telling.id.hex, "was_allowed": telling.was_allowed}
    record(of_case(case), f"emergency.{answer.value}", actor=actor, facts=facts)
    return telling
