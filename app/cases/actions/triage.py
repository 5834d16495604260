"""Triage: a case is opened, taken, coded and weighed, and those who must not see it are named."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from sqlalchemy import delete, select

from app.advisers.actions.ending import end_accesses_of
from app.cases.actions.resting import go_on_after
from app.cases.links import kinds_of
from app.cases.queries import exchanges_of, excluded_from
from app.clocks.actions import start_clock, stop_clocks
from app.clocks.queries import running_clock
from app.custody.actions import keep_from
from app.duty.actions import acknowledge_alarm
from app.people.queries import serving
from app.pipeline.acting_on_cases import perform_on_case
from app.pipeline.audit import of_case, record
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.ids import new_id
from app.pipeline.secrets import facet, facets
from app.pipeline.standing import must_be_allowed, towards_case
from app.pipeline.transaction import db
from models.case import Case
from models.case_facet import CaseFacet
from models.exclusion import ASKED_BEFORE, Exclusion
from models.person import Person
from models.rules.adviser_access import AccessEnd
from models.rules.case_lifecycle import CASE_LIFECYCLE, CaseAct, CaseState
from models.rules.case_links import floor_by_links
from models.rules.deadlines import ClockKind
from models.rules.labelled import Labelled
from models.rules.lifecycle import NotAllowedNow
from models.rules.people import MAY_BE_KEPT_AWAY, OVERSEERS, SECRETARIAT, Role
from models.rules.permissions import Permission
from models.rules.taxonomy.harassment_type import HarassmentType
from models.rules.taxonomy.organisational_issue import OrganisationalIssue
from models.rules.taxonomy.severity import Severity, floor_of


def open_triage(case: Case, *, actor: Actor) -> None:
    """Begin to look at a case; a counselor who opens what nobody has taken takes it."""
    perform_on_case(case, CaseAct.OPEN_TRIAGE, actor=actor)
    if case.assignee_id is None and actor.person is not None and actor.role is Role.COUNSELOR:
        _take(case, actor.person, actor=actor)


def resume_triage(case: Case, *, actor: Actor) -> None:
    """Go on with triage without waiting for the consulter's answer; the desk has what was left of its time."""
    perform_on_case(case, CaseAct.RESUME_TRIAGE, actor=actor)
    stop_clocks(case, [ClockKind.CONSULTER_ANSWER])
    go_on_after(CaseState.NEED_INFO, case)


def record_triage(
    case: Case,
    *,
    severity: Severity,
    types: Iterable[HarassmentType],
    org_issues: Iterable[OrganisationalIssue],
    is_crisis: bool,
    actor: Actor,
) -> Severity:
    """Record how grave the case is and what it is about. Returns the grade, which some codes and links lift."""
    types, org_issues = tuple(types), tuple(org_issues)
    floors = floor_of((*types, *org_issues)), floor_by_links(kinds_of(case))
    grade = max(severity, *floors, key=lambda one: one.rank)
    perform_on_case(case, CaseAct.RECORD_TRIAGE, actor=actor, facts={"severity": facet("severity", grade.value).hex()})
    _set_codes(case, "harassment_type", types, actor=actor)
    _set_codes(case, "organisational_issue", org_issues, actor=actor)
    if case.is_crisis != is_crisis:
        case.is_crisis = is_crisis
        record(of_case(case), "case.set_crisis", actor=actor, facts={"is_set": is_crisis})
    # Whoever weighs a case has looked at it.
    acknowledge_alarm(case, actor=actor)
    _weigh_the_clock(case, grade)
    return grade


def assign(case: Case, person: Person, *, actor: Actor) -> None:
    """Give a case to somebody of the desk."""
    must_be_allowed(Permission.CASE_ASSIGN, actor=actor, standing=towards_case(actor, case))
    if person.role not in SECRETARIAT or not person.serves_at(now()) or is_excluded(case, person):
        raise ValueError("a case is given to somebody of the desk who may see it")
    case.version += 1
    _take(case, person, actor=actor)


class NobodyOversees(Exception):
    """Nobody of the secretariat who oversees the desk could see the case any more, or its record."""


def exclude(case: Case, person: Person, declared_by: str, *, actor: Actor) -> None:
    """Keep somebody away from a case from this moment on; whoever had taken it has it no longer.

    Raises NobodyOversees for the last one who oversees the desk, and for whoever never sees a case but its record.
    """
    must_be_allowed(Permission.CASE_TRIAGE, actor=actor, standing=towards_case(actor, case))
    before = exclusion_of(case, person.id)
    if person.role not in MAY_BE_KEPT_AWAY or not somebody_oversees(excluded_from(case) | {person.id}):
        raise NobodyOversees
    if before is not None and before.declared_by != ASKED_BEFORE:
        return
    if before is not None:
        # Asked or not: from now on it is a conflict, which no later word of hers about the addressee lifts.
        before.declared_by, before.declared_at = declared_by, now()
    else:
        db().add(_exclusion(case, person.id, declared_by))
    _keep_away(case, person, declared_by, actor=actor)


def somebody_oversees(kept_away: AbstractSet[uuid.UUID]) -> bool:
    """Whether one who oversees the desk may still see a case from which these are kept."""
    return any(one.id not in kept_away for one in serving(now(), *OVERSEERS))


def carry_exclusion(case: Case, person_id: uuid.UUID, declared_by: str, *, actor: Actor) -> None:
    """Keep somebody away who is kept from another case of the same consulter, by her own act there."""
    if exclusion_of(case, person_id) is not None:
        return
    db().add(_exclusion(case, person_id, declared_by))
    _keep_away(case, db().get_one(Person, person_id), declared_by, actor=actor)


def _keep_away(case: Case, person: Person, declared_by: str, *, actor: Actor) -> None:
    """What follows from every exclusion: on record, no longer in charge, and without any key to the case."""
    record(of_case(case), "case.exclude", actor=actor, facts={"person_id": person.id.hex, "declared_by": declared_by})
    case.version += 1
    if case.assignee_id == person.id:
        case.assignee_id = None
    db().flush()
    keep_from(case, person, actor=actor)
    end_accesses_of(person, AccessEnd.EXCLUDED, actor=actor, case=case)


def let_be_asked(case: Case, person: Person, *, actor: Actor) -> None:
    """She was asked and agrees: who was told of an earlier case may be told of this one too.

    Not while something lies with a company, whose office would find it at once; it is sent anew instead.
    """
    must_be_allowed(Permission.CASE_TRIAGE, actor=actor, standing=towards_case(actor, case))
    found = exclusion_of(case, person.id)
    if found is None or found.declared_by != ASKED_BEFORE:
        return
    if any(exchange.state == "routed" for exchange in exchanges_of(case)):
        raise NotAllowedNow(CASE_LIFECYCLE.name, case.state, CaseAct.ROUTE)
    db().delete(found)
    case.version += 1
    record(of_case(case), "case.let_be_asked", actor=actor, facts={"person_id": person.id.hex})


def is_excluded(case: Case, person: Person) -> bool:
    """Whether somebody was named as one who must not see a case."""
    return exclusion_of(case, person.id) is not None


def exclusion_of(case: Case, person_id: uuid.UUID) -> Exclusion | None:
    """That somebody must not see a case, and who said so."""
    return db().scalar(select(Exclusion).where(Exclusion.case_id == case.id, Exclusion.person_id == person_id))


def _exclusion(case: Case, person_id: uuid.UUID, declared_by: str) -> Exclusion:
    return Exclusion(id=new_id(), case_id=case.id, person_id=person_id, declared_by=declared_by, declared_at=now())


def _weigh_the_clock(case: Case, grade: Severity) -> None:
    """Until it is decided what is done, the clock runs on; from when it began, for as long as the grade allows."""
    running = running_clock(case.id, ClockKind.TRIAGE)
    start_clock(case, ClockKind.TRIAGE, from_=running.started_at if running else now(), severity=grade)


def _take(case: Case, person: Person, *, actor: Actor) -> None:
    case.assignee_id = person.id
    record(of_case(case), "case.assign", actor=actor, facts={"person_id": person.id.hex})


def _set_codes(case: Case, field: str, codes: Iterable[Labelled], *, actor: Actor) -> None:
    wanted = {code: set(facets(field, code.value)) for code in codes}
    there = set(db().scalars(select(CaseFacet.token).where(CaseFacet.case_id == case.id, CaseFacet.field == field)))
    gone = there.difference(*wanted.values())
    new = [code for code, tokens in wanted.items() if not tokens & there]
    if not gone and not new:
        return
    db().execute(
        delete(CaseFacet).where(CaseFacet.case_id == case.id, CaseFacet.field == field, CaseFacet.token.in_(gone))
    )
    tokens = {code: facet(field, code.value) for code in wanted}
    db().add_all(CaseFacet(id=uuid.uuid4(), case_id=case.id, field=field, token=tokens[code]) for code in new)
    digest = hashlib.sha256(b"".join(sorted(tokens.values()))).hexdigest()
    record(of_case(case), "case.set_codes", actor=actor, facts={"facet": field, "token_digest": digest})
