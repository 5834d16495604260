"""Until when the content of a case is kept, as its page says it."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from app.cases.queries import outcome_of
from app.pipeline.clock import TOKYO
from app.pipeline.identity import Actor
from app.pipeline.standing import visible_cases
from app.pipeline.transaction import db
from app.presentation.filters import ja_date
from models.case import Case
from models.case_link import CaseLink
from models.rules.case_links import CaseLinkKind
from models.rules.permissions import Permission
from models.rules.retention import EndedCase, case_kept_until


def kept_in_words(case: Case, *, actor: Actor) -> str:
    """For whoever may not open what a case went up in, no day: it would tell when that one ended."""
    goes_on = goes_on_in(case)
    if goes_on is not None and not _may_open(goes_on, actor):
        return str(_("まとめた先の相談と同じ日まで"))
    until = case_kept_until(_ended(case), went_up_in=_ended(goes_on) if goes_on is not None else None)
    if until is not None:
        return str(_("%(day)sまで", day=ja_date(until - timedelta(days=1))))
    return str(_("まとめた先の相談が終わってから決まります")) if goes_on is not None else ""


def goes_on_in(case: Case) -> Case | None:
    """The case in which this one went up at last; None where it went up in none."""
    led = select(CaseLink.other_case_id).where(CaseLink.kind == CaseLinkKind.MERGED)
    found, seen = case, {case.id}
    while (other := db().scalar(led.where(CaseLink.case_id == found.id).limit(1))) is not None and other not in seen:
        seen.add(other)
        found = db().get_one(Case, other)
    return found if found.id != case.id else None


def _ended(case: Case) -> EndedCase:
    closed_on = case.closed_at.astimezone(TOKYO).date() if case.closed_at else None
    return EndedCase(closed_on, outcome_of(case.outcome_token))


def _may_open(case: Case, actor: Actor) -> bool:
    reach = select(Case.id).where(Case.id == case.id, visible_cases(actor, Permission.CASE_READ))
    return db().scalar(reach) is not None
