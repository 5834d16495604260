"""How a group comes to be: by the clock, which goes by keyed tokens, or by a counsellor's act; and who leaves it."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from math import ceil

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import ColumnExpressionArgument, Row, Select, func, or_, select, union

from app.cases.queries import tokens_of_the_same_company
from app.clocks.actions import first_clocks
from app.custody.actions import first_grants
from app.custody.queries import present_epochs
from app.incidents.actions.copying import stop_counting
from app.incidents.queries import case_of, group_of, is_a_group, was_told
from app.intake.actions import Answers
from app.people.queries import serving
from app.pipeline.acting import ChangedMeanwhile
from app.pipeline.audit import Fact, first_record, of_case, record
from app.pipeline.clock import now
from app.pipeline.first_look import Moment, Reasons, count_by_rule, moment_by_rule
from app.pipeline.identity import THE_CLOCK, Actor
from app.pipeline.ids import new_id, new_number
from app.pipeline.one_by_one import one_by_one
from app.pipeline.outbox import queue_mail
from app.pipeline.secrets import facet, facet_key_ids, key_store
from app.pipeline.standing import must_be_allowed, towards_case
from app.pipeline.transaction import db
from app.pipeline.unlocking import compartment_context
from crypto import content_key, new_key
from models.base import Base
from models.case import Case
from models.compartment import Compartment
from models.exchange import Exchange
from models.incident_group import IncidentGroup
from models.incident_member import IncidentMember
from models.rules.case_lifecycle import CASE_LIFECYCLE
from models.rules.consent import ConsentLevel, Party
from models.rules.deadlines import ClockKind
from models.rules.mail_kinds import MailKind
from models.rules.mass_incident import mass_incident_policy_at
from models.rules.people import CompartmentKind, Role
from models.rules.permissions import Permission
from models.rules.taxonomy.severity import Severity
from models.sealed import seal_answers_into
from models.statement import Statement

Arrival = Row[uuid.UUID, bytes | None, bytes | None, bytes | None]
"""A case's id and the tokens of its companies."""
AT_A_TIME = 200
"""So many join a group in one turn of the clock, because meanwhile nobody else writes; the others join in the next."""


def gather() -> int:
    """Put together what came for one company in a short time; called by the clock. Returns how many groups formed.

    It reads tokens and times and opens nothing. Done twice, or by two servers at once, there is still one group.
    """
    at = now()
    policy = mass_incident_policy_at(at)
    groups = db().scalars(_gathering().with_for_update()).all()
    one_by_one(groups, _take_in_or_end, work="gather")
    formed = 0
    for arrivals in _by_company(_arrivals_since(at - policy.within), fewest=policy.fewest):
        if cases := _first_of(arrivals):
            formed += one_by_one([cases], partial(_form_of, token=_token_of_all(arrivals)), work="gather")
    return formed


def due_gatherings() -> Reasons:
    """The groups that still gather, and the companies for which so much came in so short a time that one forms."""
    since = moment_by_rule(lambda: now() - mass_incident_policy_at(now()).within)
    workplace = func.coalesce(Case.workplace_token, Case.employer_token)
    of_workplace = select(workplace.label("token"), Case.id.label("case_id")).where(workplace.is_not(None))
    of_client = select(Case.client_token, Case.id).where(Case.client_token.is_not(None))
    # What came for a company as workplace and as client at once came once.
    named = union(*(query.where(*_is_alone(since)) for query in (of_workplace, of_client))).subquery()
    # Under so many keys may one company's tokens stand: of those together that are enough, one has its part at least.
    fewest = count_by_rule(lambda: ceil(mass_incident_policy_at(now()).fewest / len(facet_key_ids())))
    return _gathering(), select(named.c.token).group_by(named.c.token).having(func.count() >= fewest)


def _gathering() -> Select[IncidentGroup]:
    return select(IncidentGroup).where(IncidentGroup.is_gathering)


def form_by_hand(case: Case, *, actor: Actor) -> IncidentGroup:
    """A counsellor sees that this consultation is one of many, though they are fewer or came more slowly."""
    must_be_allowed(Permission.CASE_TRIAGE, actor=actor, standing=towards_case(actor, case))
    token = company_token_of(case)
    known = db().scalar(select(IncidentMember).where(IncidentMember.case_id == case.id))
    if token is None or known is not None or group_of(case) is not None:
        raise ChangedMeanwhile(of_case(case))
    since = min(now() - mass_incident_policy_at(now()).gathers_for, case.received_at)
    cases = _alone_since(since, token)
    group = db().scalar(
        select(IncidentGroup)
        .where(IncidentGroup.company_token.in_(tokens_of_the_same_company(token)), IncidentGroup.is_gathering)
        .with_for_update()
    )
    if group is None:
        group = _form(token, how="desk", actor=actor)
    _take_in(group, cases, actor=actor)
    return group


def take_out(member: IncidentMember, *, actor: Actor) -> None:
    """Let a consultation go on alone: what the group was told or tells stays, and it is answered singly from now on."""
    group, case = db().get_one(IncidentGroup, member.group_id), db().get_one(Case, member.case_id)
    must_be_allowed(Permission.CASE_TRIAGE, actor=actor, standing=towards_case(actor, case_of(group)))
    if member.left_at is not None or actor.id is None:
        raise ChangedMeanwhile(of_case(case))
    if member.is_counted and not was_told(group):
        stop_counting(member, group)
    member.left_at, member.left_by_id, member.is_counted = now(), actor.id, False
    case.version += 1
    record(of_case(case), "incident.take_out", actor=actor, facts={"group_id": group.id.hex})


def company_token_of(case: Case) -> bytes | None:
    """The registered company that a consultation is about: where she works, else whose customers they were."""
    return case.workplace_token or case.employer_token or case.client_token


def _party(case: Case | Arrival, token: bytes) -> Party | None:
    """The part that the company plays; an employer who is the workplace as well is the workplace."""
    tokens = tokens_of_the_same_company(token)
    if (case.workplace_token or case.employer_token) in tokens:
        return Party.WORKPLACE
    if case.client_token in tokens:
        return Party.CLIENT
    return Party.EMPLOYER if case.employer_token in tokens else None


_COMPANIES = (Case.workplace_token, Case.employer_token, Case.client_token)
_IN_ORDER = (Case.received_at, Case.id)
_NOT_ON_ITS_WAY = ~select(Exchange.id).where(Exchange.case_id == Case.id).exists()


def _alone_since(moment: datetime, token: bytes) -> Sequence[Case]:
    """The first that came for a company since then and may join: it is open and belongs or belonged to no group."""
    tokens = tokens_of_the_same_company(token)
    of_company = or_(*(column.in_(tokens) for column in _COMPANIES))
    query = select(Case).where(*_is_alone(moment), of_company, _NOT_ON_ITS_WAY)
    return db().scalars(query.order_by(*_IN_ORDER).limit(AT_A_TIME)).all()


def _is_alone(moment: Moment) -> tuple[ColumnExpressionArgument[bool], ...]:
    known = select(IncidentMember.case_id)
    # Not asked as an equality, by which SQLite would go through all that is open, whenever it came.
    is_open = Case.is_open.is_not(False)
    return (Case.received_at >= moment, is_open, Case.id.not_in(known), ~is_a_group())


def _arrivals_since(moment: datetime) -> Sequence[Arrival]:
    """The few columns that tell for whom something came: on most turns of the clock nothing more is read."""
    named = or_(*(column.is_not(None) for column in _COMPANIES))
    query = select(Case.id, *_COMPANIES).where(*_is_alone(moment), named)
    return db().execute(query.order_by(*_IN_ORDER)).all()


def _first_of(arrivals: Sequence[Arrival]) -> tuple[Case, ...]:
    """The first of them that may join; the others join in a later turn, so that no flood is in memory at once."""
    found: list[Case] = []
    for begin in range(0, len(arrivals), AT_A_TIME):
        ids = [arrival.id for arrival in arrivals[begin : begin + AT_A_TIME]]
        query = select(Case).where(Case.id.in_(ids), _NOT_ON_ITS_WAY).order_by(*_IN_ORDER)
        found += db().scalars(query.limit(AT_A_TIME - len(found)))
        if len(found) == AT_A_TIME:
            break
    return tuple(found)


def _token_of_all(arrivals: Sequence[Arrival]) -> bytes:
    """The company for which all of them came, as the first names it."""
    first = arrivals[0]
    either: tuple[bytes | None, ...] = (first.workplace_token or first.employer_token, first.client_token)
    return next(one for one in either if one and all(_party(each, one) is not None for each in arrivals))


def _by_company(arrivals: Sequence[Arrival], *, fewest: int) -> list[tuple[Arrival, ...]]:
    """What came by the one company for which most of it came, while that is enough; each stands in one list alone."""
    groups: list[tuple[Arrival, ...]] = []
    left = list(arrivals)
    while left:
        by_token: defaultdict[bytes, list[Arrival]] = defaultdict(list)
        for case in left:
            named = filter(None, (case.workplace_token or case.employer_token, case.client_token))
            for token in {tokens_of_the_same_company(one)[0] for one in named}:
                by_token[token].append(case)
        if not by_token:
            break
        most = max(by_token.values(), key=len)
        if len(most) < fewest:
            break
        groups.append(tuple(most))
        taken = {case.id for case in most}
        left = [case for case in left if case.id not in taken]
    return groups


def _form_of(cases: tuple[Case, ...], *, token: bytes) -> bool:
    group = _form(token, how="submissions", actor=THE_CLOCK)
    _take_in(group, cases, actor=THE_CLOCK)
    for person in serving(now(), Role.COUNSELOR):
        queue_mail(person, MailKind.UPDATE, actor=THE_CLOCK, key=f"group:{group.id.hex}")
    return True


def _form(token: bytes, *, how: str, actor: Actor) -> IncidentGroup:
    at = now()
    policy = mass_incident_policy_at(at)
    case_id, shred = key_store().take(at=at)
    case = Case(
        id=case_id,
        number=new_number("K"),
        state=CASE_LIFECYCLE.begins,
        is_open=True,
        is_crisis=False,
        version=1,
        received_at=at,
        # What is told is what CN-1 allows; whose numbers stand in it, each member's own consent decides.
        consent_level=ConsentLevel.CN_1,
        severity_token=facet("severity", Severity.MODERATE.value),
        workplace_token=token,
    )
    group = IncidentGroup(
        id=new_id(),
        case_id=case.id,
        company_token=token,
        formed_at=at,
        formed_how=how,
        policy_version=policy.version,
        is_gathering=True,
        gathers_until=at + policy.gathers_for,
    )
    facts: dict[str, Fact] = {"group_id": group.id.hex, "how": how}
    rows: list[Base] = [case, group, *_parts(case, shred)]
    rows += first_record(of_case(case), "incident.form", actor=actor, facts=facts)
    rows += first_clocks(case, (ClockKind.ACKNOWLEDGE_GROUP, ClockKind.TRIAGE))
    db().add_all(rows)
    db().flush()
    return group


def _parts(case: Case, shred: bytes) -> list[Base]:
    """The compartments of any case; what lies in them is one sentence of ours, and nobody's words."""
    with force_locale("ja"):
        text = _("同じ会社についての相談をまとめたグループです。一人ひとりの相談は、それぞれの番号で開けます。")
    answers = Answers(text=str(text))
    parts: list[Base] = []
    epochs = present_epochs()
    for kind, written in ((CompartmentKind.NARRATIVE, answers.narrative()), (CompartmentKind.HEALTH, answers.health())):
        compartment = Compartment(id=new_id(), kind=kind, case_id=case.id, created_at=case.received_at)
        secret = new_key()
        statement = Statement(id=new_id(), case_id=case.id, compartment_id=compartment.id)
        key = content_key(secret, shred_key=shred, context=compartment_context(compartment))
        seal_answers_into(statement, "sealed", written, key=key)
        parts += [compartment, statement, *first_grants(compartment, secret, epochs=epochs)]
    return parts


def _take_in_or_end(group: IncidentGroup) -> bool:
    at = now()
    if group.gathers_until <= at or was_told(group) or not case_of(group).is_open:
        group.is_gathering = False
        return False
    reaches_back = group.formed_at - mass_incident_policy_at(group.formed_at).within
    _take_in(group, _alone_since(reaches_back, group.company_token), actor=THE_CLOCK)
    return True


def _take_in(group: IncidentGroup, cases: Sequence[Case], *, actor: Actor) -> None:
    at = now()
    for case in cases:
        party = _party(case, group.company_token)
        if party is None:
            continue
        db().add(IncidentMember(id=new_id(), group_id=group.id, case_id=case.id, party=party, joined_at=at))
        case.version += 1
        record(of_case(case), "incident.join", actor=actor, facts={"group_id": group.id.hex})
    db().flush()
