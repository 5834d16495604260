"""Looks at the pages on which companies have published their policies: switched on by a setting, and dated."""

from __future__ import annotations

import uuid
from datetime import date

from app.pipeline.audit import Fact, of_company, record
from app.pipeline.clock import now
from app.pipeline.identity import THE_CLOCK, Actor
from app.pipeline.ids import new_id
from app.pipeline.one_by_one import count_failed
from app.pipeline.standing import must_be_allowed, towards_company
from app.pipeline.transaction import db, roll_back, transaction
from app.pledges.fetching import Bounds, Looked, look_at
from app.pledges.queries import is_looking_on, pages_due
from models.company import Company
from models.policy_check import PolicyCheck
from models.rules.permissions import Permission
from models.rules.policy_page import page_check_policy_at

AT_A_TIME = 3
"""So many are looked at in one round of the clock, since all else by the clock waits for them."""


def check_policies(*, most: int = AT_A_TIME, bounds: Bounds | None = None) -> int:
    """Look at the pages whose time has come, and keep what was found; nothing else follows. Returns how many.

    No transaction is open while another server is waited for: nobody waits for the pen meanwhile.
    """
    if not is_looking_on():
        return 0
    policy = page_check_policy_at(now())
    waiting = [(company.id, company.policy_url or "") for company in pages_due()[:most]]
    roll_back()
    for company_id, address in waiting:
        looked = look_at(address, policy, bounds or Bounds())
        try:
            with transaction():
                _keep(company_id, address, looked)
        except LookupError:
            count_failed()
    return len(waiting)


def note_page(company: Company, *, address: str, planned_on: date | None, actor: Actor) -> None:
    """The secretariat enters where a policy is published, or on which day it will be."""
    must_be_allowed(Permission.COMPANY_MANAGE, actor=actor, standing=towards_company(actor, company.id))
    company.policy_url, company.policy_planned_on = address or None, planned_on
    facts: dict[str, Fact] = {
        "has_page": bool(address),
        "planned_on": planned_on.isoformat() if planned_on else None,
    }
    record(of_company(company), "policy.note_page", actor=actor, facts=facts)


def _keep(company_id: uuid.UUID, address: str, looked: Looked) -> None:
    company = db().get(Company, company_id)
    if company is None:
        raise LookupError("the company is gone")
    check = PolicyCheck(
        id=new_id(),
        company_id=company.id,
        address=address,
        checked_at=now(),
        found=looked.found,
        status=looked.status,
        digest=looked.digest,
    )
    db().add(check)
    facts: dict[str, Fact] = {"check_id": check.id.hex, "result": looked.found.value}
    record(of_company(company), "policy.check", actor=THE_CLOCK, facts=facts)
