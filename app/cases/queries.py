"""What is asked of cases: their parts, what may be told to whom, and to which person of a company it would go."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from flask import g
from sqlalchemy import Select, and_, exists, or_, select

from app.cases.words import words_if_there_are
from app.consents.queries import consent_in_force
from app.custody.queries import compartment_of_case, opened_statement
from app.people.queries import candidates_of, serving
from app.pipeline.clock import TOKYO, now, today
from app.pipeline.identity import Actor
from app.pipeline.made_once import made_once
from app.pipeline.secrets import facet_key_ids, facets
from app.pipeline.standing import visible_cases
from app.pipeline.transaction import db
from app.successions.queries import predecessors_of, standing_company, waits_for_hand_over
from crypto import CannotOpen, keyed_token
from models.audit_record import AuditRecord
from models.case import Case
from models.case_facet import CaseFacet
from models.case_link import CaseLink
from models.certification import Certification
from models.certification_status import CertificationStatus
from models.company import Company
from models.exchange import Exchange
from models.exclusion import ASKED_BEFORE, Exclusion
from models.forwarded_copy import ForwardedCopy
from models.person import Person
from models.receipt import Receipt
from models.report import Report
from models.rules.case_lifecycle import CaseState
from models.rules.case_links import CaseLinkKind
from models.rules.certification_lifecycle import CertificationState, PublicStatus, public_status
from models.rules.consent import (
    Consent,
    ConsentLevel,
    Party,
    levels_to_propose,
    may_address,
    may_route,
)
from models.rules.decision import Decision, refused
from models.rules.forwarded_copy import About, Traced, narrowing, traces_in
from models.rules.known_by import KnownBy
from models.rules.membership import Route, eligibility
from models.rules.people import SECRETARIAT, CompartmentKind, Role
from models.rules.permissions import Permission
from models.rules.routing import Addressee, Hold, addressee
from models.rules.small_groups import is_small, small_group_rule_at
from models.rules.taxonomy.group_size import GroupSize
from models.rules.taxonomy.outcome import Outcome
from models.rules.taxonomy.requested_help import SHORTCUTS
from models.rules.taxonomy.severity import Severity
from models.rules.withdrawal import AskedBy

WEIGHED = ("case.triage_recorded", "case.lift")
"""The events that say how grave a case was found to be."""
PLEDGED = frozenset({PublicStatus.CERTIFIED, PublicStatus.RENEWAL_UNDER_REVIEW, PublicStatus.SUSPENDED})


def code_behind(field: str, token: bytes | None, members: type[Enum]) -> Enum | None:
    """Which code a facet's token stands for; the way back is worked out once for each request."""
    if token is None:
        return None
    known: dict[str, dict[bytes, Enum]] = g.setdefault("codes_behind_tokens", {})
    if field not in known:
        known[field] = {token: member for member in members for token in facets(field, member.value)}
    return known[field].get(token)


def severity_of(case: Case) -> Severity | None:
    """How grave a case was found to be; None before triage."""
    found = code_behind("severity", case.severity_token, Severity)
    return found if isinstance(found, Severity) else None


def gravest_of(case: Case) -> Severity | None:
    """How grave a case was ever found to be, by its record; None before triage.

    Whoever weighs a case anew cannot take away with it that two must agree to its end.
    """
    present = severity_of(case)
    weighed = select(AuditRecord.facts).where(
        AuditRecord.subject_kind == "case", AuditRecord.subject_id == case.id, AuditRecord.name.in_(WEIGHED)
    )
    tokens = (bytes.fromhex(json.loads(facts)["severity"]) for facts in db().scalars(weighed))
    found = [code_behind("severity", token, Severity) for token in tokens]
    grades = [one for one in (present, *found) if isinstance(one, Severity)]
    return None if present is None else max(grades, key=lambda grade: grade.rank)


def outcome_of(token: bytes | None) -> Outcome | None:
    """How a case ended, or is asked to end."""
    found = code_behind("outcome", token, Outcome)
    return found if isinstance(found, Outcome) else None


def receipts_of(case: Case) -> Sequence[Receipt]:
    """The receipts that still lead to a case."""
    return db().scalars(select(Receipt).where(Receipt.case_id == case.id, Receipt.ended_at.is_(None))).all()


def exchanges_of(case: Case) -> Sequence[Exchange]:
    """What passes between the association and each company about a case."""
    return _exchanges.scalars(case.id).all()


@made_once
def _exchanges(case_id: uuid.UUID) -> Select[Exchange]:
    return select(Exchange).where(Exchange.case_id == case_id).order_by(Exchange.id)


# What is true of most rows of a table is looked at here, among the few that a page shows: told of it, SQLite would go
# through all those of which it is true.


def in_hand_and_searched(case_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Of these cases, those that lie with a company that wrote something that seems to ask who the worker is."""
    noticed = select(Exchange).where(Exchange.case_id.in_(case_ids), Exchange.search_noticed_at.is_not(None))
    return {exchange.case_id for exchange in db().scalars(noticed) if exchange.state == "routed"}


def ask_to_be_protected(cases: Iterable[Case], actor: Actor) -> set[uuid.UUID]:
    """Of these cases, the open ones whose consulter asked for protection, as far as one may open them."""
    tokens = [token for wish in SHORTCUTS for token in facets("requested_help", wish.value)]
    within_reach = exists().where(Case.id == CaseFacet.case_id, visible_cases(actor, Permission.CASE_READ))
    wished = select(CaseFacet.case_id).where(
        CaseFacet.case_id.in_([case.id for case in cases if case.is_open]),
        CaseFacet.field == "requested_help",
        CaseFacet.token.in_(tokens),
        within_reach,
    )
    return set(db().scalars(wished))


def copies_of(exchange: Exchange) -> Sequence[ForwardedCopy]:
    """The versions of an exchange's copy, oldest first."""
    return (
        db()
        .scalars(select(ForwardedCopy).where(ForwardedCopy.exchange_id == exchange.id).order_by(ForwardedCopy.number))
        .all()
    )


def latest_copy(exchange: Exchange) -> ForwardedCopy | None:
    """The newest version of an exchange's copy."""
    return _newest_copy.scalar(exchange.id)


@made_once
def _newest_copy(exchange_id: uuid.UUID) -> Select[ForwardedCopy]:
    return (
        select(ForwardedCopy)
        .where(ForwardedCopy.exchange_id == exchange_id)
        .order_by(ForwardedCopy.number.desc())
        .limit(1)
    )


def digest_of_copy(case: Case, copy: ForwardedCopy, text: str, *, actor: Actor) -> bytes:
    """What stands for one text at one level for one company: keyed by the narrative, which no company's key opens."""
    narrative = compartment_of_case(case, CompartmentKind.NARRATIVE)
    if narrative is None:
        raise CannotOpen
    value = f"{copy.id.hex}\n{copy.exchange_id.hex}\n{copy.level.value}\n{text}"
    return keyed_token(actor.held.compartment_key(narrative), field="forwarded_copy", value=value)


def what_narrows(case: Case, text: str, *, actor: Actor) -> tuple[Traced, ...]:
    """What in a text may point to her, where few work together or nobody knows how many."""
    narrative = opened_statement(case, CompartmentKind.NARRATIVE, actor=actor)
    answered = narrative.get("group_size")
    if not is_small(GroupSize(answered) if answered else None, small_group_rule_at(now())):
        return ()
    about = About(narrative["text"], case.received_at, "", "")
    return tuple(narrowing(traces_in(text, about, words_if_there_are(text) or ())))


def reports_of(exchange: Exchange) -> Sequence[Report]:
    """The versions of an officer's report, oldest first."""
    return db().scalars(select(Report).where(Report.exchange_id == exchange.id).order_by(Report.number)).all()


def named_companies(case: Case) -> dict[Party, Company]:
    """The registered companies that the consulter named, by the part each plays; for one absorbed, its successor."""
    return {party: standing_company(db().get_one(Company, company_id)) for party, company_id in _named(case).items()}


def _named_ids(case: Case) -> list[uuid.UUID]:
    return list(_named(case).values())


def _named(case: Case) -> dict[Party, uuid.UUID]:
    """The companies as the consulter named them."""
    tokens = {
        Party.WORKPLACE: case.workplace_token,
        Party.EMPLOYER: case.employer_token,
        Party.CLIENT: case.client_token,
    }
    wanted = {token for token in tokens.values() if token}
    if not wanted:
        return {}
    by_token = {
        token: company_id
        for company_id in db().scalars(select(Company.id))
        for token in facets("company", company_id.hex)
        if token in wanted
    }
    return {party: by_token[token] for party, token in tokens.items() if token and token in by_token}


def party_of(case: Case, company: Company) -> Party:
    """The part a company plays; an employer who is the workplace as well, or the only one named, is the workplace."""
    # A company plays the part of those that it absorbed, too.
    companies = (company.id, *predecessors_of(company.id))
    tokens = {token for one in companies for token in facets("company", one.hex)}
    if case.workplace_token in tokens or (case.employer_token in tokens and case.workplace_token is None):
        return Party.WORKPLACE
    if case.employer_token in tokens:
        return Party.EMPLOYER
    return Party.CLIENT if case.client_token in tokens else Party.WORKPLACE


def company_behind(token: bytes) -> Company | None:
    """The registered company that a token stands for."""
    ids = db().scalars(select(Company.id))
    found = next((company_id for company_id in ids if token in facets("company", company_id.hex)), None)
    return db().get(Company, found) if found else None


def tokens_of_the_same_company(token: bytes) -> tuple[bytes, ...]:
    """A company's token and, while the key of facets is exchanged, those that it has under the others."""
    if len(facet_key_ids()) == 1:
        return (token,)
    known: dict[bytes, tuple[bytes, ...]] = g.setdefault("tokens_of_companies", {})
    if not known:
        for company_id in db().scalars(select(Company.id)):
            each = facets("company", company_id.hex)
            known.update(dict.fromkeys(each, each))
    return known.get(token, (token,))


def road_to(company: Company) -> Route:
    """What the association may do towards a company today."""
    day = today()
    return eligibility(member=company.is_member_on(day), certified=has_pledged(company, day))


def is_advice_only(case: Case) -> bool:
    """Whether the association writes to none of the companies that the consulter named: not one of them is a member."""
    named = named_companies(case).values()
    return bool(named) and all(road_to(company) is Route.ADVICE_ONLY for company in named)


def has_pledged(company: Company, day: date) -> bool:
    """Whether a company holds a certification, and so the nine pledges, on a day."""
    return any(
        public_status(
            one.state,
            on=day,
            valid_from=one.valid_from,
            valid_to=one.valid_to,
            renewal_filed=one.renewal_filed_on is not None,
            revoked_from=_revoked_from(one),
        )
        in PLEDGED
        for one in _certifications.scalars(company.id)
    )


@made_once
def _certifications(company_id: uuid.UUID) -> Select[Certification]:
    return select(Certification).where(Certification.company_id == company_id)


def _revoked_from(certification: Certification) -> date | None:
    at = _revoked_at.scalar(certification.id)
    return at.astimezone(TOKYO).date() if at else None


@made_once
def _revoked_at(certification_id: uuid.UUID) -> Select[datetime]:
    return (
        select(CertificationStatus.effective_at)
        .where(
            CertificationStatus.certification_id == certification_id,
            CertificationStatus.state == CertificationState.REVOKED,
        )
        .order_by(CertificationStatus.recorded_at.desc())
        .limit(1)
    )


def may_draft(case: Case, company: Company, level: ConsentLevel) -> Decision:
    """Whether a copy for this company may be put to the consulter at this level."""
    if road_to(company) is Route.ADVICE_ONLY:
        return refused("not_a_member")
    consent = consent_in_force(case, company_id=company.id)
    if level not in levels_to_propose(consent.level):
        return refused("above_the_consent")
    return may_address(party_of(case, company), Consent(level, consent.options))


def may_send(case: Case, exchange: Exchange, *, to: Company | None = None) -> Decision:
    """Whether this copy may leave the association for its company, or go over ``to`` the one that absorbed it."""
    company = to or db().get_one(Company, exchange.company_id)
    copy = latest_copy(exchange)
    consent = consent_in_force(case, company_id=company.id)
    approved = copy is not None and copy.approved_at is not None and copy.declined_at is None
    told = may_route(consent.level, preview_approved=approved)
    if not told or copy is None:
        return told
    if copy.level.rank > consent.level.rank:
        return refused("above_the_consent")
    if waits_for_hand_over(_named_ids(case), company.id):
        # The consulter named the company that it absorbed, and nobody has said yet whom the matter goes to.
        return refused("successor_not_verified")
    if road_to(company) is Route.ADVICE_ONLY:
        # It left the association after the copy was written.
        return refused("not_a_member")
    return may_address(party_of(case, company), consent)


def goes_again(case: Case, exchange: Exchange) -> bool:
    """Whether this very copy reached the company once and now goes to another addressee; a newer one never did."""
    copy = latest_copy(exchange)
    if case.state is not CaseState.REROUTE or exchange.state != "preparing" or exchange.routed_at is None:
        return False
    return copy is not None and copy.approved_at is not None and copy.approved_at <= exchange.routed_at


def who_receives(case: Case, company_id: uuid.UUID) -> Addressee | Hold:
    """To whom of a company a case goes now: officer, deputy or representative, and nobody who was excluded."""
    excluded = frozenset(one.hex for one in excluded_from(case))
    before = frozenset(one.hex for one in asked_before(case))
    return addressee(candidates_of(company_id), excluded=excluded, asked_before=before, now=now())


def excluded_from(case: Case) -> frozenset[uuid.UUID]:
    """Who must not see a case."""
    return frozenset(db().scalars(select(Exclusion.person_id).where(Exclusion.case_id == case.id)))


def asked_before(case: Case) -> frozenset[uuid.UUID]:
    """Who is kept from a case only because an earlier one was told to them; the consulter may let them be asked."""
    named = select(Exclusion.person_id).where(Exclusion.case_id == case.id, Exclusion.declared_by == ASKED_BEFORE)
    return frozenset(db().scalars(named))


def held_facts(case: Case) -> frozenset[str]:
    """Which of the facts that the lifecycle asks for a case holds."""
    facts = {
        "received_at": case.received_at,
        "severity": case.severity_token,
        "outcome": case.outcome_token,
        "approved_at": case.approved_at,
        "routed_at": case.routed_at,
        "closed_at": case.closed_at,
        "withdrawn_at": case.withdrawn_at,
    }
    return frozenset(name for name, value in facts.items() if value is not None)


def people_of_companies(company_ids: Iterable[uuid.UUID]) -> Sequence[Person]:
    """Who serves these companies now, in the order in which they would be addressed."""
    at = now()
    return [
        person
        for company_id in dict.fromkeys(company_ids)
        for person in serving(at, Role.OFFICER, Role.DEPUTY, Role.REPRESENTATIVE, company_id=company_id)
    ]


def people_of_the_desk() -> Sequence[Person]:
    """Who works in the secretariat now."""
    return serving(now(), *SECRETARIAT)


def standing_link(first: Case, second: Case, kind: CaseLinkKind) -> CaseLink | None:
    """The link of this kind that stands between two cases, from whichever side it was made."""
    return db().scalar(
        select(CaseLink).where(
            CaseLink.kind == kind,
            CaseLink.ended_at.is_(None),
            or_(
                and_(CaseLink.case_id == first.id, CaseLink.other_case_id == second.id),
                and_(CaseLink.case_id == second.id, CaseLink.other_case_id == first.id),
            ),
        )
    )


ASKED_TO_WITHDRAW, ASKED_TO_CLOSE = "case.ask_withdrawal", "case.ask_close"


@dataclass(frozen=True)
class WithdrawalAsked:
    """What the first person heard; the words lie in the thread, where both read them."""

    message_id: uuid.UUID
    asked_by: AskedBy
    known_by: KnownBy


def withdrawal_asked_for(case: Case) -> WithdrawalAsked | None:
    """The withdrawal that waits, by the record of who asked last: a case waits for one second person at a time."""
    if case.closing_asked_by_id is None:
        return None
    asked = (
        select(AuditRecord.name, AuditRecord.facts)
        .where(
            AuditRecord.subject_kind == "case",
            AuditRecord.subject_id == case.id,
            AuditRecord.name.in_((ASKED_TO_WITHDRAW, ASKED_TO_CLOSE)),
        )
        .order_by(AuditRecord.number.desc())
        .limit(1)
    )
    last = db().execute(asked).first()
    if last is None or last.name != ASKED_TO_WITHDRAW:
        return None
    facts = json.loads(last.facts)
    return WithdrawalAsked(
        message_id=uuid.UUID(hex=facts["message_id"]),
        asked_by=AskedBy(facts["asked_by"]),
        known_by=KnownBy(facts["known_by"]),
    )
