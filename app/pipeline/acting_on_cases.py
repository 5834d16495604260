"""An act on a case: whoever acts stands towards it as she does, and the case's own record tells of it."""

from __future__ import annotations

from collections.abc import Mapping

from app.pipeline.acting import perform
from app.pipeline.audit import Fact, of_case
from app.pipeline.identity import Actor
from app.pipeline.standing import towards_case
from models.case import Case
from models.rules.case_lifecycle import CASE_LIFECYCLE, CaseAct
from models.rules.people import Standing


def perform_on_case(
    case: Case,
    act: CaseAct,
    *,
    actor: Actor,
    facts: Mapping[str, Fact] | None = None,
    standing: Standing | None = None,
) -> None:
    """Do what the case's row for this act says (see ``perform``), in another standing than one's own if it is given."""
    perform(
        CASE_LIFECYCLE,
        case,
        act,
        actor=actor,
        standing=towards_case(actor, case) if standing is None else standing,
        subject=of_case(case),
        facts=facts,
    )
