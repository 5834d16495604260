"""Until when the content of a case is kept, as its page says it."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from app.pipeline.identity import Actor
from app.pipeline.standing import visible_cases
from app.pipeline.transaction import db
from app.presentation.filters import ja_date
from app.retention.queries import goes_on_in, until_of
from models.case import Case
from models.rules.permissions import Permission


def kept_in_words(case: Case, *, actor: Actor) -> str:
    """For whoever may not open what a case went up in, no day: it would tell when that one ended."""
    goes_on = goes_on_in(case)
    if goes_on is not None and not _may_open(goes_on, actor):
        return str(_("まとめた先の相談と同じ日まで"))
    until = until_of(case)
    if until is not None:
        return str(_("%(day)sまで", day=ja_date(until - timedelta(days=1))))
    return str(_("まとめた先の相談が終わってから決まります")) if goes_on is not None else ""


def _may_open(case: Case, actor: Actor) -> bool:
    reach = select(Case.id).where(Case.id == case.id, visible_cases(actor, Permission.CASE_READ))
    return db().scalar(reach) is not None
