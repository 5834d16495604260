"""What the check page asks before anything is stored: which company was meant, and what deserves a second look."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum

from app.clocks.queries import calendar
from app.companies.queries import find_standing_companies, former_names, site_with
from app.intake.answers import Answers
from app.pipeline.clock import now, today
from app.rulebook.queries import deadlines_at
from models.company import Company
from models.rules.company_search import folded
from models.rules.consent import ConsentLevel
from models.rules.deadlines import ClockKind, due
from models.rules.masking.kinds import Kind
from models.rules.masking.proposals import OF_OTHERS, proposals_for
from models.rules.membership import MemberType
from models.rules.small_groups import is_small, small_group_rule_at
from models.rules.taxonomy.group_size import GroupSize

MOST_SHOWN = 5


@dataclass(frozen=True)
class Candidate:
    """A registered company that may be the one that was meant, with what tells it from one of a similar name."""

    id: uuid.UUID
    name: str
    kana: str
    former: tuple[str, ...]
    address: str
    member_type: MemberType
    is_member: bool
    corporate_number: str
    is_exact: bool
    inside_desk: str = ""
    """The desk within the company to which its workers may turn as well, or instead."""
    site: str = ""
    """The site on whose poster the code stood, if it was the code that named the company."""


class SecondLook(Enum):
    """What the check page points out; none of it keeps anybody from sending."""

    SMALL_GROUP = "small_group"
    NO_COMPANY = "no_company"
    NOT_FOUND = "not_found"
    NO_NAME = "no_name"


@dataclass(frozen=True)
class Masking:
    """One thing in the text that looks like a personal detail."""

    kind: Kind
    words: str


@dataclass(frozen=True)
class DeskHours:
    """Whether somebody is at the desk, when somebody next is, and until when an answer comes."""

    open_now: bool
    opens_at: datetime
    answer_by: datetime


def candidates(typed: str) -> list[Candidate]:
    """Registered companies that may have been meant, the closest first."""
    wanted, day = folded(typed), today()
    return [_candidate(company, wanted, day) for company in find_standing_companies(typed, most=MOST_SHOWN)]


def offered_companies(typed: Mapping[str, str], site_code: str) -> dict[str, list[Candidate]]:
    """Registered companies for each party that was named; ``typed`` holds a name by party.

    The company of the poster's site is the employer if none was typed or if it is the one that was, else the workplace.
    """
    offered = {party: candidates(name) for party, name in typed.items() if name}
    found = site_with(site_code) if site_code else None
    if found is None:
        return offered
    site, company = found
    named = replace(_candidate(company, "", today()), site=site.name)
    is_employer = not typed.get("employer") or any(one.id == company.id for one in offered.get("employer", ()))
    party = "employer" if is_employer else "workplace"
    offered[party] = [named, *(one for one in offered.get(party, ()) if one.id != company.id)]
    return offered


def sure_ones(companies: Sequence[Candidate]) -> list[Candidate]:
    """The one that the poster names, or else those that bear exactly the name that was typed."""
    return [company for company in companies if company.site] or [company for company in companies if company.is_exact]


def _candidate(company: Company, wanted: str, day: date) -> Candidate:
    named = company.name_on(day)
    return Candidate(
        id=company.id,
        name=named.name,
        kana=named.kana,
        former=tuple(former_names(company, day)),
        address=company.address,
        member_type=company.member_type,
        is_member=company.is_member_on(day),
        corporate_number=company.corporate_number or "",
        is_exact=any(wanted in other.search_key.split("|") for other in company.names),
        inside_desk=company.inside_desk or "",
    )


def second_looks(answers: Answers, *, found: bool) -> tuple[SecondLook, ...]:
    """What deserves a second look before sending."""
    tells = answers.consent is not ConsentLevel.CN_0
    named = any((answers.employer.typed, answers.workplace.typed, answers.site_code))
    looks = {
        SecondLook.SMALL_GROUP: _is_small(answers.group_size),
        SecondLook.NO_COMPANY: tells and not named,
        SecondLook.NOT_FOUND: named and not found,
        SecondLook.NO_NAME: answers.consent is ConsentLevel.CN_3 and not answers.name,
    }
    return tuple(look for look, holds in looks.items() if holds)


def maskings(answers: Answers) -> tuple[Masking, ...]:
    """What would be covered in a text for a company, as far as its form says; the original stays as it was typed."""
    texts = (answers.text, answers.happened, answers.impact_text)
    found = (Masking(one.kind, one.words) for text in texts for one in proposals_for(text, kinds=OF_OTHERS))
    return tuple(dict.fromkeys(found))


def _is_small(answered: str) -> bool:
    return bool(answered) and is_small(GroupSize(answered), small_group_rule_at(now()))


def desk_hours() -> DeskHours:
    """The desk as it stands at this moment."""
    at, known = now(), calendar()
    answer_by = due(ClockKind.ACKNOWLEDGE_CONSULTER, from_=at, calendar=known, policy=deadlines_at(at)).due_at
    return DeskHours(known.is_desk_time(at), known.desk_time(at), answer_by)
