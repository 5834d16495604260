"""What the page of one case's keeping shows: until when it is kept, what holds it, and what of it has gone already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import render_template
from sqlalchemy import select

from app.people.queries import name_of
from app.pipeline.clock import now, today
from app.pipeline.identity import Actor, actor_here
from app.pipeline.standing import towards_case
from app.pipeline.transaction import db
from app.presentation.changing_form import ChangingForm
from app.retention.early import early_erasure, wished_at
from app.retention.forms import EarlyForm, EraseForm, HoldForm, LiftForm, ReviewForm
from app.retention.queries import (
    content_goes,
    erasures_of,
    hold_on,
    holds_on,
    identity_until_of,
    is_held,
    kept_in_words,
    until_of,
    version_of_holds,
)
from models.case import Case
from models.legal_hold import LegalHold
from models.person import Person
from models.rules.erasure import ErasedPart
from models.rules.holds import latest_review
from models.rules.permissions import Permission, decide, may_ever


@dataclass(frozen=True)
class ShownHold:
    """A hold with the names of those who set and lifted it."""

    hold: LegalHold
    set_by: str
    lifted_by: str
    is_to_review: bool


def shown_holds(holds: Sequence[LegalHold]) -> list[ShownHold]:
    """Holds as a page shows them; the names are read at once, however many there are."""
    ids = {who for one in holds for who in (one.set_by_id, one.lifted_by_id) if who is not None}
    names = {one.id: name_of(one) for one in db().scalars(select(Person).where(Person.id.in_(ids)))}
    day = today()
    return [
        ShownHold(
            one,
            names[one.set_by_id],
            names[one.lifted_by_id] if one.lifted_by_id else "",
            one.lifted_at is None and (one.review_on is None or one.review_on <= day),
        )
        for one in holds
    ]


def case_page(case: Case, posted: ChangingForm | None = None) -> str:
    """The page of one case's keeping, with the form that was refused in the place of an empty one."""
    actor, lasting = actor_here(), hold_on(case)
    version = {"version": version_of_holds(case)}
    until = until_of(case)
    return render_template(
        "retention/case.html",
        case=case,
        kept=kept_in_words(case, actor=actor),
        is_over=until is not None and until <= today(),
        name_kept=_last_day(identity_until_of(case)),
        name_is_gone=any(one.part is ErasedPart.IDENTITY for one in erasures_of(case)),
        goes=content_goes(case),
        lasting=shown_holds([lasting])[0] if lasting else None,
        held_elsewhere=lasting is None and is_held(case),
        earlier=[one for one in shown_holds(holds_on(case)) if one.hold.lifted_at is not None],
        latest=latest_review(now()),
        may=_may(case, actor),
        early=early_erasure(case, actor),
        wished_at=wish.at if (wish := wished_at(case)) else None,
        may_ask_early=may_ever(Permission.KEYS_FIRST_SHARE, actor.role),
        may_see_acts=may_ever(Permission.JOINT_LIST, actor.role),
        early_form=_or(posted, EarlyForm, version),
        erase_form=_or(posted, EraseForm, version),
        form=posted,
        hold_form=_or(posted, HoldForm, version),
        review_form=_or(posted, ReviewForm, version),
        lift_form=_or(posted, LiftForm, version),
    )


def _last_day(until: date | None) -> date | None:
    return until - timedelta(days=1) if until is not None else None


def _may(case: Case, actor: Actor) -> dict[str, bool]:
    standing = towards_case(actor, case)
    asked = (Permission.RETENTION_HOLD, Permission.RETENTION_LIFT, Permission.CASE_READ)
    return {one.name: bool(decide(one, role=actor.role, standing=standing)) for one in asked}


def _or(posted: ChangingForm | None, kind: type[ChangingForm], data: dict[str, Any]) -> ChangingForm:
    # What was refused is shown as typed; a hold's form is no form of its review, though it asks for the same day.
    return posted if type(posted) is kind else kind(formdata=None, data=data)
