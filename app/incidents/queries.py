"""What is asked of groups: who belongs to one, who may be counted, what their counts say. Nothing sealed is opened."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, or_, select

from app.cases.queries import code_behind, company_behind, severity_of
from app.consents.queries import ledgers_of
from app.incidents.wording import copy_words
from app.pipeline.clock import now
from app.pipeline.made_once import made_once
from app.pipeline.secrets import facet, facets
from app.pipeline.transaction import db
from models.case import Case
from models.case_facet import CaseFacet
from models.company import Company
from models.consent_entry import ConsentEntry
from models.exchange import Exchange
from models.exclusion import Exclusion
from models.incident_group import IncidentGroup
from models.incident_member import IncidentMember
from models.person import Person
from models.rules.case_lifecycle import CaseState
from models.rules.consent import may_be_counted_in_group, stays_single
from models.rules.consent_ledger import in_force
from models.rules.decision import Decision, refused
from models.rules.group_counts import GroupCounts, group_counts
from models.rules.labelled import Labelled
from models.rules.small_groups import small_group_rule_at
from models.rules.taxonomy.harassment_type import HarassmentType
from models.rules.taxonomy.organisational_issue import OrganisationalIssue
from models.rules.taxonomy.requested_help import RequestedHelp
from models.rules.taxonomy.severity import Severity, floor_of

KINDS: dict[str, type[Labelled]] = {
    "harassment_type": HarassmentType,
    "organisational_issue": OrganisationalIssue,
    "requested_help": RequestedHelp,
}
COPY = "group_copy"
TOLD_FOR_GOOD = frozenset({"finished", "no_answer"})


@dataclass(frozen=True)
class Belonging:
    """A consultation of a group: how grave it must be taken for, and whether it may be one of the numbers."""

    member: IncidentMember
    case: Case
    severity: Severity
    themes: Mapping[str, frozenset[Labelled]]
    may_be_counted: Decision

    @property
    def is_weighed(self) -> bool:
        """Whether somebody has found how grave it is; until then its codes alone speak."""
        return self.case.severity_token is not None

    @property
    def is_single(self) -> bool:
        """Whether it goes its own way, though it belongs to the group."""
        return stays_single(self.severity)


def group_of(case: Case) -> IncidentGroup | None:
    """The group whose own case this is."""
    return _group_of.scalar(case.id)


@made_once
def _group_of(case_id: uuid.UUID) -> Select[IncidentGroup]:
    return select(IncidentGroup).where(IncidentGroup.case_id == case_id)


def membership_of(case: Case) -> IncidentMember | None:
    """To which group a consultation belongs; None when to none, or when it was taken out of it."""
    return db().scalar(
        select(IncidentMember).where(IncidentMember.case_id == case.id, IncidentMember.left_at.is_(None))
    )


@dataclass(frozen=True)
class GroupLinks:
    """How a case is tied to a group: it is one's own case, belongs to one, or might be put together with others."""

    number: str = ""
    is_itself: bool = False
    may_be_formed: bool = False


def group_links(case: Case) -> GroupLinks:
    """What the page of a case says about groups."""
    if group_of(case) is not None:
        return GroupLinks(case.number, is_itself=True)
    member = db().scalar(select(IncidentMember).where(IncidentMember.case_id == case.id))
    if member is None:
        named = case.workplace_token or case.employer_token or case.client_token
        return GroupLinks(may_be_formed=named is not None and case.is_open)
    group = db().get_one(IncidentGroup, member.group_id)
    return GroupLinks() if member.left_at else GroupLinks(case_of(group).number)


def is_of_a_group() -> ColumnElement[bool]:
    """The filter for consultations that belong to a group now."""
    return exists().where(IncidentMember.case_id == Case.id, IncidentMember.left_at.is_(None))


def is_a_group() -> ColumnElement[bool]:
    """The filter for the groups' own cases."""
    return exists().where(IncidentGroup.case_id == Case.id)


def case_of(group: IncidentGroup) -> Case:
    """The group's own case."""
    return db().get_one(Case, group.case_id)


def company_of(group: IncidentGroup) -> Company | None:
    """The company that all of them are about."""
    return company_behind(group.company_token)


def exchange_of(group: IncidentGroup) -> Exchange | None:
    """What passes with the company about the group; of several, what is not over, or what was over last."""
    these = select(Exchange).where(Exchange.case_id == group.case_id)
    return db().scalar(these.order_by(Exchange.state == "closed", Exchange.closed_at.desc()).limit(1))


def was_told(group: IncidentGroup) -> bool:
    """Whether the company has, or had, the grouped copy: from then on nobody can be taken out of it."""
    told = or_(Exchange.state == "routed", Exchange.closed_because.in_(TOLD_FOR_GOOD))
    return bool(db().scalar(select(exists().where(Exchange.case_id == group.case_id, told))))


def belonging_to(group: IncidentGroup) -> list[Belonging]:
    """The consultations that are in a group now, the gravest first, then in the order of their arrival."""
    rows = db().execute(
        select(IncidentMember, Case)
        .join(Case, Case.id == IncidentMember.case_id)
        .where(IncidentMember.group_id == group.id, IncidentMember.left_at.is_(None))
    )
    pairs = [(member, case) for member, case in rows]
    ids = [case.id for _member, case in pairs]
    company = company_of(group)
    facets, ledgers, kept = _facets_of(ids), ledgers_of(ids), _kept_from(company, ids)
    found = []
    for member, case in pairs:
        themes = facets.get(case.id, {})
        severity = _severity(case, themes)
        decision = _decision(member, case, severity, ledgers.get(case.id, []), company, is_kept=case.id in kept)
        found.append(Belonging(member, case, severity, themes, decision))
    return sorted(found, key=lambda one: (-one.severity.rank, not one.case.is_crisis, one.case.received_at))


def belonging(member: IncidentMember) -> Belonging:
    """One consultation of a group, as the group sees it."""
    group = db().get_one(IncidentGroup, member.group_id)
    return next(one for one in belonging_to(group) if one.member.id == member.id)


def _decision(
    member: IncidentMember,
    case: Case,
    severity: Severity,
    ledger: Sequence[ConsentEntry],
    company: Company | None,
    *,
    is_kept: bool,
) -> Decision:
    if company is None:
        return refused("no_company")
    if not case.is_open or case.state is CaseState.WITHDRAWN:
        return refused("over")
    consent = in_force(ledger, company.id)
    return may_be_counted_in_group(
        member.party, consent, severity=severity, word=member.word, is_kept_from_the_company=is_kept
    )


def _severity(case: Case, themes: Mapping[str, frozenset[Labelled]]) -> Severity:
    """As it was found to be; until then, as its words and codes alone demand."""
    if case.is_crisis:
        return Severity.CRITICAL
    codes: Iterable[Any] = (*themes.get("harassment_type", ()), *themes.get("organisational_issue", ()))
    floor = floor_of(codes)
    found = severity_of(case)
    return floor if found is None else max(found, floor, key=lambda grade: grade.rank)


def _facets_of(case_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, dict[str, frozenset[Labelled]]]:
    found: defaultdict[uuid.UUID, defaultdict[str, set[Labelled]]] = defaultdict(lambda: defaultdict(set))
    rows = db().scalars(select(CaseFacet).where(CaseFacet.case_id.in_(case_ids), CaseFacet.field.in_(KINDS)))
    for row in rows:
        member = code_behind(row.field, row.token, KINDS[row.field])
        if isinstance(member, Labelled):
            found[row.case_id][row.field].add(member)
    return {case_id: {kind: frozenset(codes) for kind, codes in kinds.items()} for case_id, kinds in found.items()}


def _kept_from(company: Company | None, case_ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Whose matter must be kept from somebody of the company."""
    if company is None:
        return set()
    of_company = select(Person.id).where(Person.company_id == company.id)
    named = select(Exclusion.case_id).where(Exclusion.case_id.in_(case_ids), Exclusion.person_id.in_(of_company))
    return set(db().scalars(named))


class Counted(Enum):
    """How a consulter stands towards the numbers of her group."""

    TOLD = "told"
    WILL_BE = "will_be"
    NOT = "not"


def how_counted(case: Case) -> Counted | None:
    """Whether she was, will be or will not be one of the numbers; None for whoever is in no group."""
    member = membership_of(case)
    if member is None:
        return None
    if was_told(db().get_one(IncidentGroup, member.group_id)):
        return Counted.TOLD if member.is_counted else Counted.NOT
    return Counted.WILL_BE if belonging(member).may_be_counted else Counted.NOT


def smallest() -> int:
    """The fewest people that a number may tell of today."""
    return small_group_rule_at(now()).smallest


def counts_of(people: Sequence[Belonging]) -> GroupCounts | None:
    """What may be said of these consultations together; None when they are too few."""
    return group_counts(
        [one.themes for one in people],
        [one.case.received_at for one in people],
        KINDS,
        smallest=smallest(),
    )


def countable(people: Sequence[Belonging]) -> list[Belonging]:
    """Those who may be among the numbers now."""
    return [one for one in people if one.may_be_counted]


def copy_text(people: Sequence[Belonging]) -> str | None:
    """The grouped copy that these consultations make, word for word."""
    counts = counts_of(people)
    return None if counts is None else copy_words(counts, smallest=smallest())


def token_of_copy(text: str) -> bytes:
    """What is kept of the approved text, so that the clock, which opens nothing, can tell whether it still holds."""
    return facet(COPY, text)


def is_copy_of(group: IncidentGroup, text: str) -> bool:
    """Whether this is the text that was kept of a group, whichever key told of it."""
    return group.copy_token in facets(COPY, text)


def copy_still_holds(case: Case) -> bool:
    """Whether a group's approved copy would read the same without those who took themselves out since; else yes."""
    group = group_of(case)
    if group is None:
        return True
    text = copy_text([one for one in countable(belonging_to(group)) if one.member.is_counted])
    return text is not None and is_copy_of(group, text)
