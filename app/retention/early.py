"""Erasing before its time: what was asked for, approved and is to be done, and how the page of acts of two reads it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import or_, select

from app.joint_acts.queries import Described, approval_for, describes, open_act
from app.pipeline.audit import of_case
from app.pipeline.identity import Actor
from app.pipeline.standing import visible_cases
from app.pipeline.transaction import db
from app.presentation.filters import label
from app.retention.queries import content_goes, erasures_of, goes_on_in, is_held, went_up_in
from models.audit_record import AuditRecord
from models.case import Case
from models.case_link import CaseLink
from models.exclusion import Exclusion
from models.joint_act import JointAct
from models.rules.case_links import CaseLinkKind
from models.rules.early_erasure import EarlyRefusal, Wanted, why_not_early
from models.rules.erasure import ErasedPart
from models.rules.joint_acts import JointKind, JointState
from models.rules.permissions import Permission, may_ever

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


def all_of(case: Case) -> list[Case]:
    """All cases that go when this one goes: it, what it went up in, and what went up there."""
    thread = thread_of(case)
    return [thread, *went_up_in(thread)]


def early_erasure(case: Case, actor: Actor) -> Early:
    """What stands, and what may be done."""
    thread = thread_of(case)
    act = open_act(JointKind.EARLY_ERASURE, thread.id)
    mine = approval_for(JointKind.EARLY_ERASURE, subject=of_case(thread), actor=actor)
    refusal = refusal_of(case, asked=act if act is not None and act.state is JointState.APPROVED else None)
    return Early(refusal, act, Wanted.read(act.code) if act else None, mine is not None)


def refusal_of(case: Case, *, asked: JointAct | None = None) -> EarlyRefusal | None:
    """Why nothing of it is erased before its time now; None when that may be asked for, or be done as it was asked."""
    thread = thread_of(case)
    return why_not_early(
        is_open=thread.is_open,
        is_held=is_held(case),
        goes=content_goes(thread),
        has_changed=asked is not None and _has_changed_since(asked, thread),
    )


def _has_changed_since(asked: JointAct, thread: Case) -> bool:
    """Whether it was opened again, or more has gone up in it: two persons agreed on what it was when it was asked."""
    if thread.closed_at is None or thread.closed_at > asked.asked_at:
        return True
    ids = [one.id for one in all_of(thread)]
    later = select(CaseLink.id).where(
        CaseLink.kind == CaseLinkKind.MERGED, CaseLink.other_case_id.in_(ids), CaseLink.linked_at > asked.asked_at
    )
    return db().scalar(later.limit(1)) is not None


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
    part, cause = label(wanted.part), label(wanted.cause)
    words = _("相談 %(number)s: %(part)s(%(cause)s)", number=case.number, part=part, cause=cause)
    kept_away = frozenset(
        db().scalars(select(Exclusion.person_id).where(Exclusion.case_id.in_([one.id for one in all_of(case)])))
    )
    return Described(
        words,
        lambda: url_for("retention.case", number=case.number),
        kept_away,
        # A number with the news that its case is to go tells of it to whoever runs the machines, or is kept from it.
        words_for_others=_("一件の相談: %(part)s", part=part),
        is_within_reach=lambda actor: actor.id not in kept_away and _is_within_reach(case, actor),
    )


def _is_within_reach(case: Case, actor: Actor) -> bool:
    if may_ever(Permission.KEYS_READ_WITNESS_LOG, actor.role):
        # The witness looks at the record of that very case, which nobody of the desk can keep from her.
        return True
    there, erased = (visible_cases(actor, Permission.RETENTION_READ, erased=one) for one in (False, True))
    return db().scalar(select(Case.id).where(Case.id == case.id, or_(there, erased))) is not None
