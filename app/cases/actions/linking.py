"""Linking: two cases are said to have to do with each other, and that is taken back."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from app.cases.actions.talking import desk_notes_of
from app.cases.links import Linked, standing_link
from app.pipeline.audit import of_case, record
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.standing import must_be_allowed, towards_case
from app.pipeline.transaction import db
from models.case import Case
from models.case_link import CaseLink
from models.rules.case_links import CaseLinkKind
from models.rules.permissions import Permission
from models.sealed import seal_into


def link_cases(case: Case, other: Case, kind: CaseLinkKind, *, reason: str, actor: Actor) -> CaseLink:
    """Say what another case is to this one, and why. Saying it again changes nothing.

    Whoever links may open both; the reason lies with the notes of the case at which it was written.
    """
    must_be_allowed(Permission.CASE_NOTE, actor=actor, standing=towards_case(actor, case))
    must_be_allowed(Permission.CASE_READ, actor=actor, standing=towards_case(actor, other))
    # Two who say the same at one moment, each from another side, wait for each other here.
    both = select(Case.id).where(Case.id.in_([case.id, other.id])).order_by(Case.id).with_for_update()
    db().execute(both).all()
    before = standing_link(case, other, kind)
    if before is not None:
        return before
    compartment = desk_notes_of(case, actor=actor)
    link = CaseLink(
        id=uuid.uuid4(),
        case_id=case.id,
        other_case_id=other.id,
        kind=kind,
        compartment_id=compartment.id,
        linked_by_id=actor.id,
        linked_at=now(),
    )
    seal_into(link, "sealed_reason", reason, key=actor.held.compartment_key(compartment))
    db().add(link)
    # Each case's record names the link and no other case: whoever reads one record learns of no case beside it.
    for one in (case, other):
        record(of_case(one), "case.link", actor=actor, facts={"case_link_id": link.id.hex, "kind": kind.value})
    return link


def end_link(case: Case, linked: Linked, *, actor: Actor) -> None:
    """Take a link back that was a mistake; that it stood remains in the record of both cases."""
    must_be_allowed(Permission.CASE_NOTE, actor=actor, standing=towards_case(actor, case))
    must_be_allowed(Permission.CASE_READ, actor=actor, standing=towards_case(actor, linked.other))
    if linked.link.ended_at is not None:
        return
    linked.link.ended_at = now()
    for one in (case, linked.other):
        record(of_case(one), "case.unlink", actor=actor, facts={"case_link_id": linked.link.id.hex})
