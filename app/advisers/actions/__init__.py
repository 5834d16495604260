"""What is done about external advisers: asking, agreeing, promising, advising; the ending is beside."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import select

from app.advisers.actions.ending import finish
from app.advisers.queries import advisers_for, key_context, showable_parts
from app.custody.actions import make_compartment
from app.custody.queries import compartment_of_case
from app.pipeline.acting import ChangedMeanwhile
from app.pipeline.audit import of_case, record
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.outbox import queue_mail
from app.pipeline.secrets import key_store
from app.pipeline.standing import must_be_allowed, towards_access, towards_case
from app.pipeline.transaction import db
from app.pipeline.unlocking import content_key_of
from crypto import seal, seal_to
from models.adviser_access import AdviserAccess
from models.case import Case
from models.compartment import Compartment
from models.desk_note import DeskNote
from models.person import Person
from models.rules.adviser_access import AccessEnd, AccessState, AdviceSought, end_of, last_day_allowed, state_of
from models.rules.mail_kinds import MailKind
from models.rules.people import CompartmentKind
from models.rules.permissions import Permission
from models.sealed import seal_into


class NotThisAdviser(Exception):
    """The adviser was excluded from the case, serves no longer, or has not signed up."""


def ask_access(
    case: Case,
    person: Person,
    compartment: Compartment,
    *,
    sought: AdviceSought,
    question: str,
    last_day: date,
    actor: Actor,
) -> AdviserAccess:
    """Ask the consulter that an adviser be shown one part of her case until a day; nothing is shown before her yes."""
    must_be_allowed(Permission.ADVISER_GRANT, actor=actor, standing=towards_case(actor, case))
    if person.id not in {one.id for one in advisers_for(case)}:
        raise NotThisAdviser
    if compartment.id not in {one.id for one in showable_parts(case)} or actor.person is None:
        raise ChangedMeanwhile(of_case(case))
    if not now() < end_of(last_day) <= end_of(last_day_allowed(now())):
        raise ValueError("an access ends after today and within the term of the rules")
    _put_away_what_is_over(compartment, person, actor)
    access = AdviserAccess(
        id=uuid.uuid4(),
        case_id=case.id,
        compartment_id=compartment.id,
        person_id=person.id,
        sought=sought,
        asked_by_id=actor.person.id,
        asked_at=now(),
        ends_at=end_of(last_day),
    )
    seal_into(access, "sealed_question", question, key=actor.held.compartment_key(compartment))
    db().add(access)
    if compartment_of_case(case, CompartmentKind.DESK_NOTES) is None:
        # So that what the desk notes never lies where an adviser's note began.
        make_compartment(CompartmentKind.DESK_NOTES, case=case, actor=actor)
    db().flush()
    case.version += 1
    record(
        of_case(case),
        "adviser.ask",
        actor=actor,
        facts={
            "access_id": access.id.hex,
            "person_id": person.id.hex,
            "compartment": compartment.kind.value,
            "reason_code": sought.value,
        },
    )
    return access


def agree_to_access(access: AdviserAccess, *, actor: Actor) -> None:
    """The consulter says yes: her own key hands the part on, and without it nobody's act could."""
    case = db().get_one(Case, access.case_id)
    must_be_allowed(Permission.MAILBOX_CONSENT, actor=actor, standing=towards_case(actor, case))
    person = db().get_one(Person, access.person_id)
    compartment = db().get_one(Compartment, access.compartment_id)
    still_fits = person in advisers_for(case) and compartment in showable_parts(case)
    if _state(access) is not AccessState.ASKED or not still_fits or person.public_key is None:
        raise ChangedMeanwhile(of_case(case))
    secret, context = actor.held.compartment_secret(compartment), key_context(access)
    access.key_id, access.agreed_at = uuid.uuid4(), now()
    key = key_store().make(access.key_id, at=access.agreed_at)
    access.sealed_key = seal(seal_to(person.public_key, secret, context=context), key=key, context=context)
    case.version += 1
    db().flush()
    record(of_case(case), "adviser.agree", actor=actor, facts={"access_id": access.id.hex})
    for person_id in (access.person_id, access.asked_by_id):
        _tell(person_id, f"adviser-agree:{access.id.hex}", actor)


def refuse_access(access: AdviserAccess, *, actor: Actor) -> None:
    """The consulter says no, or says that it was enough."""
    case = db().get_one(Case, access.case_id)
    must_be_allowed(Permission.MAILBOX_CONSENT, actor=actor, standing=towards_case(actor, case))
    if access.ended_at is not None:
        return
    finish(access, AccessEnd.DECLINED if access.agreed_at is None else AccessEnd.CONSULTER, actor=actor)
    case.version += 1
    _tell(access.asked_by_id, f"adviser-end:{access.id.hex}", actor)


def call_off_access(access: AdviserAccess, *, actor: Actor) -> None:
    """The desk ends it, from this minute on."""
    case = db().get_one(Case, access.case_id)
    must_be_allowed(Permission.ADVISER_END, actor=actor, standing=towards_case(actor, case))
    if access.ended_at is None:
        finish(access, AccessEnd.DESK, actor=actor)
        case.version += 1


def acknowledge_secrecy(access: AdviserAccess, *, actor: Actor) -> None:
    """The adviser promises to keep secret what is read, and to have no part in the matter."""
    must_be_allowed(Permission.ADVISER_ADVISE, actor=actor, standing=towards_access(actor, access))
    if access.acknowledged_at is None:
        access.acknowledged_at = now()
        record(of_case(access.case_id), "adviser.acknowledge", actor=actor, facts={"access_id": access.id.hex})


def step_back(access: AdviserAccess, *, actor: Actor) -> None:
    """The adviser gives the access back, such as for an interest in the matter."""
    must_be_allowed(Permission.ADVISER_ADVISE, actor=actor, standing=towards_access(actor, access))
    finish(access, AccessEnd.RECUSED, actor=actor)
    _tell(access.asked_by_id, f"adviser-end:{access.id.hex}", actor)


def write_advice(access: AdviserAccess, text: str, *, actor: Actor) -> DeskNote:
    """Leave a note for the desk, in a compartment of its own that the desk alone opens, and not even its writer."""
    must_be_allowed(Permission.ADVISER_ADVISE, actor=actor, standing=towards_access(actor, access))
    if access.acknowledged_at is None or actor.person is None:
        raise ChangedMeanwhile(of_case(access.case_id))
    case = db().get_one(Case, access.case_id)
    compartment, secret = make_compartment(CompartmentKind.DESK_NOTES, case=case)
    note = DeskNote(
        id=uuid.uuid4(), case_id=case.id, compartment_id=compartment.id, person_id=actor.person.id, written_at=now()
    )
    seal_into(note, "sealed_text", text, key=content_key_of(compartment, secret))
    db().add(note)
    db().flush()
    facts = {"access_id": access.id.hex, "note_id": note.id.hex}
    record(of_case(case), "adviser.advise", actor=actor, facts=dict(facts))
    for person_id in {access.asked_by_id, case.assignee_id or access.asked_by_id}:
        _tell(person_id, f"adviser-note:{note.id.hex}", actor)
    return note


def _put_away_what_is_over(compartment: Compartment, person: Person, actor: Actor) -> None:
    """One access at a time to one part; what is over makes room, and what runs is ended before more is asked."""
    running = db().scalar(
        select(AdviserAccess).where(
            AdviserAccess.compartment_id == compartment.id,
            AdviserAccess.person_id == person.id,
            AdviserAccess.ended_at.is_(None),
        )
    )
    if running is None:
        return
    if _state(running) is not AccessState.ENDED:
        raise ChangedMeanwhile(of_case(running.case_id))
    finish(running, AccessEnd.EXPIRED, actor=actor)


def _tell(person_id: uuid.UUID, key: str, actor: Actor) -> None:
    person = db().get_one(Person, person_id)
    if person.serves_at(now()):
        queue_mail(person, MailKind.UPDATE, actor=actor, key=key)


def _state(access: AdviserAccess) -> AccessState:
    return state_of(agreed_at=access.agreed_at, ended_at=access.ended_at, ends_at=access.ends_at, now=now())
