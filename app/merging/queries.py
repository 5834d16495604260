"""What is asked before two consultations become one: whether the desk asked, which goes on, what she allows then."""

from __future__ import annotations

from sqlalchemy import or_, select

from app.cases.queries import exchanges_of, party_of, standing_link
from app.consents.queries import consent_in_force, lines_of
from app.mailbox.queries import live_copies, told_above
from app.pipeline.transaction import db
from models.case import Case
from models.case_link import CaseLink
from models.company import Company
from models.rules.case_links import CaseLinkKind
from models.rules.consent import Consent, ConsentLevel, may_address, merged, stricter
from models.rules.decision import ALLOWED, Decision, refused
from models.rules.merging import Side, goes_on, may_lower, may_merge


def question_about(first: Case, second: Case) -> CaseLink | None:
    """The desk's standing question whether these two are of one person and of one matter."""
    return standing_link(first, second, CaseLinkKind.SAME_MATTER)


def asks_whether_the_same(case: Case) -> bool:
    """Whether the desk asks the consulter of this case if she has sent the same matter twice."""
    standing = select(CaseLink.id).where(
        CaseLink.kind == CaseLinkKind.SAME_MATTER,
        CaseLink.ended_at.is_(None),
        or_(CaseLink.case_id == case.id, CaseLink.other_case_id == case.id),
    )
    return db().scalar(standing.limit(1)) is not None


def side_of(case: Case) -> Side:
    """A case as the rules of merging see it."""
    told = any(exchange.routed_at is not None for exchange in exchanges_of(case))
    return Side(case.id.hex, case.state, case.is_open, case.received_at, told)


def can_be_one(first: Case, second: Case) -> Decision:
    """Whether the two can become one as they stand."""
    return may_merge(side_of(first), side_of(second))


def in_order(first: Case, second: Case) -> tuple[Case, Case]:
    """The one that goes on, and the one that goes up in it."""
    one, other = side_of(first), side_of(second)
    return (first, second) if goes_on(one, other) is one else (second, first)


def consent_of_both(goes: Case, ends: Case) -> Consent:
    """The stricter of both in every respect."""
    return merged(consent_in_force(goes), consent_in_force(ends))


def narrower_words(goes: Case, ends: Case) -> list[tuple[Company, ConsentLevel]]:
    """For which companies a word of its own, in either, is stricter than what holds for all then."""
    general = consent_of_both(goes, ends).level
    named = {line.company_id for line in (*lines_of(goes), *lines_of(ends)) if line.company_id is not None}
    found = []
    for company_id in sorted(named):
        both = (consent_in_force(case, company_id=company_id).level for case in (goes, ends))
        level = stricter(stricter(*both), general)
        if level is not general:
            found.append((db().get_one(Company, company_id), level))
    return found


def holds_for_what_was_told(goes: Case, ends: Case) -> Decision:
    """Whether what was put before a company already may stand under the stricter consent; if not, nothing is merged."""
    consent, narrower = consent_of_both(goes, ends), dict(narrower_words(goes, ends))
    copies = {copy.exchange_id: copy.level for copy in live_copies(goes)}
    told = [exchange for exchange in exchanges_of(goes) if exchange.state == "routed"]
    if told and told_above(goes, consent.level):
        return refused("told_above")
    for exchange in exchanges_of(goes):
        company = db().get_one(Company, exchange.company_id)
        if company in narrower and not (decision := may_lower(copies.get(exchange.id), narrower[company])):
            return decision
        if exchange in told and not may_address(party_of(goes, company), consent):
            return refused("told_above")
    return ALLOWED
