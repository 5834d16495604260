"""The page of the counter sheet: what counts and why, and what two persons decide about it."""

from __future__ import annotations

from flask import render_template

from app.escalations.forms import GraveGroundForm
from app.escalations.queries import counter_sheet
from app.escalations.queries.two_persons import ground_asked, may_name_a_ground
from app.pipeline.identity import actor_here
from app.pipeline.standing import towards_company
from models.company_file import CompanyFile
from models.rules.escalation_ladder import Ground, threshold_met
from models.rules.permissions import Permission, decide, may_ever
from models.rules.request_lifecycle import AnnulReason


def counter_page(found: CompanyFile, form: GraveGroundForm | None = None) -> str:
    """The sheet, with the ground that was named for the board, and the form to name one."""
    actor, sheet = actor_here(), counter_sheet(found)
    named = ground_asked(found)
    concludes = decide(
        Permission.ESCALATION_CONCLUDE, role=actor.role, standing=towards_company(actor, found.company_id)
    )
    may_ask = may_ever(Permission.KEYS_FIRST_SHARE, actor.role) and bool(concludes)
    return render_template(
        "escalations/counter.html",
        file=found,
        sheet=sheet,
        is_met=threshold_met(sheet),
        annulled=AnnulReason,
        grounds=Ground,
        named=named,
        sees_named=may_ever(Permission.JOINT_LIST, actor.role),
        may_name=named is None and may_ask and may_name_a_ground(found),
        form=form or GraveGroundForm(formdata=None, data={"version": found.version}),
    )
