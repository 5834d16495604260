"""A consumer who complains of a company is shown the way to others; what stays here is one more for today."""

from __future__ import annotations

from app.custody.actions import ASSOCIATION
from app.pipeline.audit import record
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.standing import must_be_allowed
from app.pipeline.transaction import db
from models.complaint_count import ComplaintCount
from models.rules.people import Standing
from models.rules.permissions import Permission
from models.rules.working_days import in_japan


def count_complaint(*, actor: Actor) -> None:
    """One more complaint today; nothing is kept of who called, about whom or what."""
    must_be_allowed(Permission.COMPLAINT_COUNT, actor=actor, standing=Standing.NONE)
    today = in_japan(now()).date()
    # The record comes first: its chain is locked, and so two who count at once come one after the other.
    record(ASSOCIATION, "complaint.count", actor=actor, facts={"day": today.isoformat()})
    counted = db().get(ComplaintCount, today, with_for_update=True)
    if counted is None:
        db().add(ComplaintCount(day=today, number=1))
    else:
        counted.number += 1
