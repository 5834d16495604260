"""Erasing before its time: what was asked for, approved and is to be done, and how the page of acts of two reads it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from app.joint_acts.queries import Described, approval_for, describes, open_act
from app.pipeline.audit import of_case
from app.pipeline.identity import Actor
from app.pipeline.transaction import db
from app.presentation.filters import label
from app.retention.queries import content_goes, erasures_of, goes_on_in, is_held
from models.audit_record import AuditRecord
from models.case import Case
from models.exclusion import Exclusion
from models.joint_act import JointAct
from models.rules.early_erasure import EarlyRefusal, Wanted, why_not_early
from models.rules.erasure import ErasedPart
from models.rules.joint_acts import JointKind

WISHED = "erasure.wish"


@dataclass(frozen=True)
class Early:
    """Where an erasure before its time stands, for one who looks at the page."""

    refusal: EarlyRefusal | None
    """Why it cannot be asked for, or done, now."""
    act: JointAct | None
    """What was asked for and is not over."""
    wanted: Wanted | None
    may_do: bool
    """Whether it was approved and is this person's to do."""


def thread_of(case: Case) -> Case:
    """The case that is erased with all that is one thread with it: the two persons agree on that one."""
    return goes_on_in(case) or case


def early_erasure(case: Case, actor: Actor) -> Early:
    """What stands, and what may be done."""
    thread = thread_of(case)
    act = open_act(JointKind.EARLY_ERASURE, thread.id)
    mine = approval_for(JointKind.EARLY_ERASURE, subject=of_case(thread), actor=actor)
    return Early(refusal_of(case), act, Wanted.read(act.code) if act else None, mine is not None)


def refusal_of(case: Case) -> EarlyRefusal | None:
    """Why nothing of it is erased before its time now; None when that may be asked for."""
    thread = thread_of(case)
    return why_not_early(is_open=thread.is_open, is_held=is_held(case), goes=content_goes(thread))


def name_is_gone(case: Case) -> bool:
    """Whether the name was ordered to go, or has gone."""
    return any(one.part is ErasedPart.IDENTITY for one in erasures_of(case))


def wished_at(case: Case) -> AuditRecord | None:
    """That the consulter wished it, by the newest of her wishes."""
    return db().scalar(
        select(AuditRecord)
        .where(AuditRecord.subject_kind == "case", AuditRecord.subject_id == case.id, AuditRecord.name == WISHED)
        .order_by(AuditRecord.number.desc())
        .limit(1)
    )


@describes(JointKind.EARLY_ERASURE)
def _described(act: JointAct) -> Described:
    case, wanted = db().get_one(Case, act.subject_id), Wanted.read(act.code)
    # Why it is asked stands in the reason, which those who run the machines do not read.
    words = _("相談 %(number)s: %(part)s", number=case.number, part=label(wanted.part))
    kept_away = db().scalars(select(Exclusion.person_id).where(Exclusion.case_id == case.id))
    return Described(words, lambda: url_for("retention.case", number=case.number), frozenset(kept_away))
