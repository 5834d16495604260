"""Looks at the pages on which companies have published their policies, where the installation was told to.

No transaction is open while another server is waited for: nobody waits for the pen meanwhile.
"""

from __future__ import annotations

from functools import partial

from app.operations.fetching import Bounds, look_at
from app.pipeline.clock import now
from app.pipeline.one_by_one import one_by_one
from app.pipeline.transaction import db, roll_back, transaction
from app.pledges.actions import keep_look
from app.pledges.queries import is_looking_on, pages_due
from models.company import Company
from models.rules.policy_page import page_check_policy_at

AT_A_TIME = 3
"""So many are looked at in one round of the clock, since all else by the clock waits for them."""


def check_policies(*, most: int = AT_A_TIME, bounds: Bounds | None = None) -> int:
    """Look at the pages whose time has come, and keep what was found; nothing else follows. Returns how many."""
    if not is_looking_on():
        return 0
    policy, kept = page_check_policy_at(now()), 0
    waiting = [(company.id, company.policy_url or "") for company in pages_due()[:most]]
    roll_back()
    for company_id, address in waiting:
        looked = look_at(address, policy, bounds or Bounds())
        keep = partial(keep_look, address=address, found=looked.found, status=looked.status, digest=looked.digest)
        with transaction():
            kept += one_by_one([db().get_one(Company, company_id)], keep, work="check_policies")
    return kept
