"""An officer's drafts: kept sealed for her company alone, found by whoever takes over, gone with what they were for."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import delete, select

from app.custody.actions import keep_from, make_compartment
from app.custody.queries import compartment_of_exchange
from app.pipeline.acting import ChangedMeanwhile
from app.pipeline.audit import of_case, record
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.standing import must_be_allowed, towards_exchange
from app.pipeline.transaction import db
from app.responses.drafts import draft_of, may_be_drafted, must_know_the_draft
from models.case import Case
from models.compartment import Compartment
from models.compartment_grant import CompartmentGrant
from models.draft import Draft
from models.exchange import Exchange
from models.exclusion import Exclusion
from models.person import Person
from models.rules.drafts import DraftKind
from models.rules.people import CompartmentKind
from models.rules.permissions import Permission
from models.sealed import seal_answers_into
from models.waiting_grant import WaitingGrant


def save_draft(
    exchange: Exchange, kind: DraftKind, answers: Mapping[str, Sequence[str]], *, seen: int, actor: Actor
) -> Draft:
    """Keep what was written so far. Whoever did not see what a colleague saved since is told, and replaces nothing."""
    must_be_allowed(Permission.RESPONSE_DRAFT, actor=actor, standing=towards_exchange(actor, exchange))
    if actor.person is None or not may_be_drafted(exchange, kind):
        raise ChangedMeanwhile(of_case(exchange.case_id))
    must_know_the_draft(exchange, kind, seen=seen, actor=actor)
    before = draft_of(exchange, kind)
    compartment = _compartment(exchange, actor=actor)
    # Another compartment means that what lay there could be opened by nobody present, and went with it.
    kept = before is not None and before.compartment_id == compartment.id
    draft = before if before is not None and kept else Draft(id=uuid.uuid4(), exchange_id=exchange.id, kind=kind)
    draft.compartment_id = compartment.id
    draft.version = draft.version + 1 if kept else 1
    draft.person_id, draft.saved_at = actor.person.id, now()
    written = {field: list(values) for field, values in answers.items()}
    seal_answers_into(draft, "sealed_answers", written, key=actor.held.compartment_key(compartment))
    db().add(draft)
    record(of_case(exchange.case_id), "draft.save", actor=actor, facts={"draft_id": draft.id.hex})
    return draft


def discard_draft(exchange: Exchange, kind: DraftKind, *, actor: Actor) -> None:
    """Throw away what was written so far: it was sent, or its writer wants it gone."""
    found = draft_of(exchange, kind)
    if found is not None:
        _discard(found, actor=actor)


def forget_drafts(exchange: Exchange, *, actor: Actor) -> None:
    """Throw away everything that was begun, and the key it lay under: the company has nothing more to write."""
    for draft in db().scalars(select(Draft).where(Draft.exchange_id == exchange.id)).all():
        _discard(draft, actor=actor)
    found = compartment_of_exchange(exchange, CompartmentKind.DRAFTS)
    if found is not None:
        for of_it in (WaitingGrant, CompartmentGrant):
            db().execute(delete(of_it).where(of_it.compartment_id == found.id))
        db().delete(found)
        db().flush()


def _discard(draft: Draft, *, actor: Actor) -> None:
    case_id = db().get_one(Exchange, draft.exchange_id).case_id
    record(of_case(case_id), "draft.discard", actor=actor, facts={"draft_id": draft.id.hex})
    db().delete(draft)
    db().flush()


def _compartment(exchange: Exchange, *, actor: Actor) -> Compartment:
    """The exchange's compartment of drafts, made when the first is kept; the association holds no key of it.

    When nobody who could open the old one is left, what lies in it is lost, and a new one begins.
    """
    found = compartment_of_exchange(exchange, CompartmentKind.DRAFTS)
    if found is not None and actor.held.opens(found):
        return found
    forget_drafts(exchange, actor=actor)
    case = db().get_one(Case, exchange.case_id)
    made, _secret = make_compartment(
        CompartmentKind.DRAFTS, case=case, exchange=exchange, company_id=exchange.company_id, actor=actor
    )
    db().flush()
    excluded = select(Person).join(Exclusion, Exclusion.person_id == Person.id).where(Exclusion.case_id == case.id)
    for person in db().scalars(excluded).all():
        keep_from(case, person, actor=actor)
    return made
