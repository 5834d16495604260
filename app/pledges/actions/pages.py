"""Where a company has published its policy, and what a look at that page found."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from app.pipeline.audit import Fact, of_company, record
from app.pipeline.clock import now
from app.pipeline.identity import THE_CLOCK, Actor
from app.pipeline.ids import new_id
from app.pipeline.standing import must_be_allowed, towards_company
from app.pipeline.transaction import db
from models.company import Company
from models.policy_check import PolicyCheck
from models.rules.permissions import Permission
from models.rules.pledges import Question
from models.rules.policy_page import PageFound, is_address_of_a_page


def note_page(company: Company, *, address: str, planned_on: date | None, actor: Actor) -> None:
    """The secretariat enters where a policy is published, or on which day it will be."""
    must_be_allowed(Permission.COMPANY_MANAGE, actor=actor, standing=towards_company(actor, company.id))
    company.policy_url, company.policy_planned_on = address or None, planned_on
    facts: dict[str, Fact] = {
        "has_page": bool(address),
        "planned_on": planned_on.isoformat() if planned_on else None,
    }
    record(of_company(company), "policy.note_page", actor=actor, facts=facts)


def take_over_page(company: Company, answers: Mapping[str, str], *, actor: Actor) -> None:
    """A reviewer has confirmed what an application says of the policy: its page, or its day, is the company's from now.

    Where the application names none, or none that anybody could open, what was entered before stays.
    """
    link, day = answers.get(Question.POLICY_LINK.code, ""), answers.get(Question.PLANNED_ON.code, "")
    address = link if is_address_of_a_page(link) else ""
    if not address and not day:
        return
    company.policy_url = address or company.policy_url
    company.policy_planned_on = date.fromisoformat(day) if day else None
    facts: dict[str, Fact] = {"has_page": bool(company.policy_url), "planned_on": day or None}
    record(of_company(company), "policy.note_page", actor=actor, facts=facts)


def keep_look(
    company: Company, *, address: str, found: PageFound, status: int | None, digest: bytes | None
) -> PolicyCheck:
    """Keep what a look at an address found, with its day. Nothing else follows from it."""
    check = PolicyCheck(
        id=new_id(),
        company_id=company.id,
        address=address,
        checked_at=now(),
        found=found,
        status=status,
        digest=digest,
    )
    db().add(check)
    facts: dict[str, Fact] = {"check_id": check.id.hex, "result": found.value}
    record(of_company(company), "policy.check", actor=THE_CLOCK, facts=facts)
    return check
