"""What is asked of acts that take two: what waits for whom, what was approved, and what became of the others."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import func, select

from app.joint_acts.described import Described, described, describes
from app.people.queries import are_known, are_one_person
from app.pipeline.audit import Subject
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.secrets import ring
from app.pipeline.transaction import db
from models.joint_act import JointAct
from models.person import Person
from models.rules.joint_acts import (
    BY_CARDS_AS_WELL,
    DONE_BY_THE_SECOND,
    STANDING_OPEN,
    JointKind,
    JointRefusal,
    JointState,
    refusal_to_decide,
)
from models.sealed import open_by_server

__all__ = [
    "Described",
    "approval_for",
    "approved_act",
    "described",
    "describes",
    "doer_of",
    "how_many_wait",
    "is_second_there",
    "joint_acts",
    "open_act",
    "reason_of",
    "why_not_decided",
]

MOST = 200


def joint_acts() -> Sequence[JointAct]:
    """What stands open first, by the end of its time, and then the newest of what is over."""
    open_ones = select(JointAct).where(JointAct.state.in_(STANDING_OPEN)).order_by(JointAct.lapses_at, JointAct.id)
    over = (
        select(JointAct)
        .where(JointAct.state.not_in(STANDING_OPEN))
        .order_by(JointAct.asked_at.desc(), JointAct.id)
        .limit(MOST)
    )
    return [*db().scalars(open_ones), *db().scalars(over)]


def how_many_wait() -> int:
    """How many acts wait for a second person."""
    waits = (
        select(func.count()).select_from(JointAct).where(JointAct.state == JointState.ASKED, JointAct.lapses_at > now())
    )
    return db().scalar(waits) or 0


def open_act(kind: JointKind, subject_id: uuid.UUID) -> JointAct | None:
    """The act of a kind on a subject that was asked and is not over; one that lapses stands until that is noted."""
    return db().scalar(
        select(JointAct).where(
            JointAct.kind == kind, JointAct.subject_id == subject_id, JointAct.state.in_(STANDING_OPEN)
        )
    )


def approval_for(kind: JointKind, *, subject: Subject, actor: Actor) -> JointAct | None:
    """What was approved on this subject and is this person's to do now."""
    found = approved_act(kind, subject=subject)
    return found if found is not None and doer_of(found) == actor.id else None


def approved_act(kind: JointKind, *, subject: Subject) -> JointAct | None:
    """What was approved on this subject, if its time is not over."""
    found = open_act(kind, subject.id)
    if found is None or found.state is not JointState.APPROVED or found.subject_kind != subject.kind:
        return None
    return found if now() < found.lapses_at else None


def doer_of(act: JointAct) -> uuid.UUID | None:
    """Whose it is to do what was approved: whoever asked, or for some kinds the second person herself."""
    return act.decided_by_id if act.kind in DONE_BY_THE_SECOND else act.asked_by_id


def why_not_decided(act: JointAct, *, by: uuid.UUID | None) -> JointRefusal | None:
    """Why somebody may not be the second person of this act; None when she may."""
    return refusal_to_decide(
        asked_by=act.asked_by_id,
        concerned=_kept_away(act),
        by=act.asked_by_id if by is not None and are_one_person(by, act.asked_by_id) else by,
        at=now(),
        lapses_at=act.lapses_at,
        are_known=act.kind in BY_CARDS_AS_WELL or are_known(by, act.asked_by_id),
    )


def is_second_there(act: JointAct) -> bool:
    """Whether whoever approved it still serves, and was not kept away from it since."""
    second = db().get(Person, act.decided_by_id) if act.decided_by_id is not None else None
    return second is not None and second.serves_at(now()) and second.id not in _kept_away(act)


def _kept_away(act: JointAct) -> frozenset[uuid.UUID]:
    named = [act.concerns_id] if act.concerns_id is not None else []
    return described(act).kept_away.union(named)


def reason_of(act: JointAct) -> str:
    """Why it was asked, for those who decide about it and for the auditor."""
    return open_by_server(act, "sealed_reason", ring=ring())
