"""Linking: two cases are said to have to do with each other, and that is taken back."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from app.cases.actions.talking import desk_notes_of
from app.cases.links import Linked
from app.cases.queries import severity_of, standing_link
from app.clocks.actions import start_clock
from app.clocks.queries import running_clock
from app.pipeline.audit import of_case, record
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.secrets import facet
from app.pipeline.standing import must_be_allowed, towards_case
from app.pipeline.transaction import db
from models.case import Case
from models.case_link import CaseLink
from models.rules.case_links import FLOORS, MADE_BY_THE_DESK, CaseLinkKind
from models.rules.deadlines import ClockKind
from models.rules.permissions import Permission
from models.rules.taxonomy.severity import Severity
from models.sealed import seal_into


def link_cases(case: Case, other: Case, kind: CaseLinkKind, *, reason: str, actor: Actor) -> CaseLink:
    """Say what another case is to this one, and why. Saying it again changes nothing.

    Whoever links may open both; the reason lies with the notes of the case at which it was written.
    """
    must_be_allowed(Permission.CASE_NOTE, actor=actor, standing=towards_case(actor, case))
    must_be_allowed(Permission.CASE_READ, actor=actor, standing=towards_case(actor, other))
    if kind not in MADE_BY_THE_DESK:
        raise ValueError("that two were merged is said by the consulter's own act")
    if kind is CaseLinkKind.SAME_MATTER:
        for one in (case, other):
            must_be_allowed(Permission.CASE_TRIAGE, actor=actor, standing=towards_case(actor, one))
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
    _store(link, case, other, actor=actor)
    return link


def link_what_follows(case: Case, earlier: Case, kind: CaseLinkKind, *, actor: Actor) -> CaseLink:
    """Link a case that was just made with the one from which the consulter made it, whose receipt she has."""
    must_be_allowed(Permission.MAILBOX_WRITE, actor=actor, standing=towards_case(actor, earlier))
    link = CaseLink(id=uuid.uuid4(), case_id=case.id, other_case_id=earlier.id, kind=kind, linked_at=now())
    _store(link, case, earlier, actor=actor)
    return link


def end_question(link: CaseLink, cases: tuple[Case, Case], *, actor: Actor) -> None:
    """The consulter has answered the desk's question whether two are one."""
    link.ended_at = now()
    for one in cases:
        record(of_case(one), "case.unlink", actor=actor, facts={"case_link_id": link.id.hex})


def _store(link: CaseLink, case: Case, other: Case, *, actor: Actor) -> None:
    db().add(link)
    # Each case's record names the link and no other case: whoever reads one record learns of no case beside it.
    facts = {"case_link_id": link.id.hex, "kind": link.kind.value}
    for one in (case, other):
        record(of_case(one), "case.link", actor=actor, facts=dict(facts))
    lift(case, FLOORS.get(link.kind, Severity.LOW), actor=actor)


def lift(case: Case, floor: Severity, *, actor: Actor) -> None:
    """A case in hand is at least as grave as its links make it; until triage is over its clock follows."""
    found = severity_of(case)
    if not case.is_open or floor is Severity.LOW or (found is not None and found.rank >= floor.rank):
        return
    case.severity_token = facet("severity", floor.value)
    case.version += 1
    record(of_case(case), "case.lift", actor=actor, facts={"severity": case.severity_token.hex()})
    running = running_clock(case.id, ClockKind.TRIAGE)
    if running is not None:
        start_clock(case, ClockKind.TRIAGE, from_=running.started_at, severity=floor)


def end_link(case: Case, linked: Linked, *, actor: Actor) -> None:
    """Take a link back that was a mistake; that it stood remains in the record of both cases."""
    must_be_allowed(Permission.CASE_NOTE, actor=actor, standing=towards_case(actor, case))
    must_be_allowed(Permission.CASE_READ, actor=actor, standing=towards_case(actor, linked.other))
    if linked.link.ended_at is not None or not linked.may_end:
        return
    linked.link.ended_at = now()
    for one in (case, linked.other):
        record(of_case(one), "case.unlink", actor=actor, facts={"case_link_id": linked.link.id.hex})
