"""What every act of hers is made of: a message of her own, a row of the lifecycle, and a word to the desk."""

from __future__ import annotations

import uuid

from app.custody.queries import compartment_of_case
from app.duty.actions import alarm_the_desk
from app.pipeline.audit import Fact, of_case, record
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.outbox import queue_mail
from app.pipeline.standing import must_be_allowed, towards_case
from app.pipeline.transaction import db
from crypto import CannotOpen
from models.case import Case
from models.consent_entry import ConsentEntry
from models.forwarded_copy import ForwardedCopy
from models.message import Message
from models.person import Person
from models.rules.case_lifecycle import CaseAct, CaseState
from models.rules.crisis import hints_at_danger
from models.rules.lifecycle import NotAllowedNow
from models.rules.mail_kinds import MailKind
from models.rules.people import CompartmentKind, Role
from models.rules.permissions import Permission
from models.sealed import seal_into


def say(case: Case, text: str, *, purpose: str, copy: ForwardedCopy | None = None, actor: Actor) -> Message:
    must_be_allowed(Permission.MAILBOX_WRITE, actor=actor, standing=towards_case(actor, case))
    narrative = compartment_of_case(case, CompartmentKind.NARRATIVE)
    if narrative is None:
        raise CannotOpen
    message = Message(
        id=uuid.uuid4(),
        case_id=case.id,
        compartment_id=narrative.id,
        author="consulter",
        purpose=purpose,
        sent_at=now(),
        copy_id=copy.id if copy else None,
    )
    seal_into(message, "sealed_text", text, key=actor.held.compartment_key(narrative))
    db().add(message)
    if hints_at_danger([text], ()) and not case.is_crisis:
        case.is_crisis = True
        record(of_case(case), "case.set_crisis", actor=actor, facts={"is_set": True})
        alarm_the_desk(case, actor=actor)
    return message


def may_say(case: Case, *, actor: Actor) -> None:
    """Raises OutOfReach unless it is she who says how far a company may be told, or the desk that keys her word."""
    permission = Permission.MAILBOX_CONSENT if actor.role is Role.CONSULTER else Permission.CASE_KEY_CONSENT
    must_be_allowed(permission, actor=actor, standing=towards_case(actor, case))


def must_be_open(case: Case, act: CaseAct) -> None:
    """Raises NotAllowedNow once the case is over."""
    if not case.is_open or case.state is CaseState.WITHDRAWN:
        raise NotAllowedNow("case", case.state, act)


def record_giving(case: Case, entry: ConsentEntry, *, actor: Actor) -> None:
    """Record that a line of the ledger says how far a company may be told."""
    facts: dict[str, Fact] = {
        "consent_id": entry.id.hex,
        "company_id": entry.company_id.hex if entry.company_id else None,
        "level": entry.level.value,
    }
    record(of_case(case), "consent.give", actor=actor, facts=facts)


def tell_the_desk(case: Case, *, actor: Actor, key: str) -> None:
    """The one who is in charge hears by mail that there is something to read; an untaken case shows on the board."""
    counselor = db().get(Person, case.assignee_id) if case.assignee_id else None
    if counselor is not None and counselor.id != actor.id and counselor.serves_at(now()):
        queue_mail(counselor, MailKind.UPDATE, actor=actor, key=key)
