"""What is done with acts that take two persons: asked, approved or declined, taken back, lapsed, used once."""

from __future__ import annotations

from sqlalchemy import Select, select

from app.custody.actions import ASSOCIATION
from app.joint_acts.queries import is_second_there, open_act, why_not_decided
from app.people.queries import serving
from app.pipeline.acting import perform
from app.pipeline.audit import Subject, record, take_turn
from app.pipeline.clock import now
from app.pipeline.first_look import Moment
from app.pipeline.identity import THE_CLOCK, Actor
from app.pipeline.ids import new_id
from app.pipeline.one_by_one import one_by_one
from app.pipeline.outbox import queue_mail
from app.pipeline.secrets import ring
from app.pipeline.standing import must_be_allowed
from app.pipeline.transaction import db
from models.joint_act import JointAct
from models.person import Person
from models.rules.joint_acts import (
    DONE_BY_THE_SECOND,
    JOINT_LIFECYCLE,
    STANDING_OPEN,
    JointKind,
    JointRefusal,
    JointState,
    JointStep,
    term_of,
)
from models.rules.mail_kinds import MailKind
from models.rules.people import Role, Standing
from models.rules.permissions import POLICY, Permission
from models.sealed import seal_by_server


class JointRefused(Exception):
    """It cannot be asked, decided or done, for one of the reasons of the rules; nothing was done."""

    def __init__(self, refusal: JointRefusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


def ask_for(
    kind: JointKind,
    *,
    subject: Subject,
    reason: str,
    actor: Actor,
    concerns: Person | None = None,
    code: str | None = None,
) -> JointAct:
    """Ask for an act that takes two; nothing follows until another person approves it. Raises JointRefused."""
    must_be_allowed(Permission.KEYS_FIRST_SHARE, actor=actor, standing=Standing.NONE)
    if actor.person is None:
        raise TypeError("a person asks for it, never the clock")
    take_turn(ASSOCIATION)
    before = open_act(kind, subject.id)
    if before is not None and now() >= before.lapses_at:
        _lapse(before)
        before = None
    if before is not None:
        raise JointRefused(JointRefusal.ASKED_ALREADY)
    at = now()
    act = JointAct(
        id=new_id(),
        kind=kind,
        state=JointState.ASKED,
        version=1,
        subject_kind=subject.kind,
        subject_id=subject.id,
        concerns_id=concerns.id if concerns else None,
        code=code,
        asked_by_id=actor.person.id,
        asked_at=at,
        lapses_at=at + term_of(kind, at=at).waits,
    )
    seal_by_server(act, "sealed_reason", reason, ring=ring())
    db().add(act)
    db().flush()
    facts = {"joint_id": act.id.hex, "joint_kind": kind.value, "person_id": concerns.id.hex if concerns else None}
    record(ASSOCIATION, "joint.ask", actor=actor, facts=dict(facts))
    for person in serving(at, *_roles_with(Permission.KEYS_SECOND_SHARE)):
        if why_not_decided(act, by=person.id) is None:
            queue_mail(person, MailKind.UPDATE, actor=actor, key=f"joint:{act.id.hex}")
    return act


def approve(act: JointAct, *, actor: Actor) -> None:
    """The second person agrees: from now on whoever asked may do it, once, while the approval holds."""
    _decide(act, JointStep.APPROVE, actor)
    act.lapses_at = now() + term_of(act.kind, at=now()).holds


def decline(act: JointAct, *, actor: Actor) -> None:
    """The second person does not agree; nothing was done."""
    _decide(act, JointStep.DECLINE, actor)


def withdraw(act: JointAct, *, actor: Actor) -> None:
    """Whoever asked takes it back, before it is done."""
    if actor.id != act.asked_by_id:
        raise JointRefused(JointRefusal.NOT_YOURS)
    _step(act, JointStep.WITHDRAW, actor)


def use_approval(kind: JointKind, *, subject: Subject, actor: Actor) -> JointAct:
    """Use what was approved on this subject, once and for all; called in the transaction of the act itself.

    Raises JointRefused when it is not this person's to do, not approved, lapsed or used before.
    """
    take_turn(ASSOCIATION)
    act = open_act(kind, subject.id)
    if act is None or act.state is not JointState.APPROVED or act.subject_kind != subject.kind:
        raise JointRefused(JointRefusal.NOT_APPROVED)
    by_the_second = kind in DONE_BY_THE_SECOND
    if actor.id != (act.decided_by_id if by_the_second else act.asked_by_id):
        raise JointRefused(JointRefusal.NOT_YOURS)
    if now() >= act.lapses_at:
        raise JointRefused(JointRefusal.LAPSED)
    if not is_second_there(act):
        raise JointRefused(JointRefusal.SECOND_GONE)
    _step(act, JointStep.CARRY_OUT if by_the_second else JointStep.USE, actor)
    return act


def lapsing(at: Moment) -> Select[JointAct]:
    """What still stands open although its time is over."""
    return select(JointAct).where(JointAct.state.in_(STANDING_OPEN), JointAct.lapses_at <= at)


def lapse_joint_acts() -> int:
    """Let what nobody decided or used in its time be over."""
    return one_by_one(db().scalars(lapsing(now())), _lapse, work="lapse_joint_acts")


def _lapse(act: JointAct) -> bool:
    _step(act, JointStep.LAPSE, THE_CLOCK)
    _tell_who_asked(act, THE_CLOCK)
    return True


def _decide(act: JointAct, step: JointStep, actor: Actor) -> None:
    refusal = why_not_decided(act, by=actor.id)
    if refusal is not None:
        raise JointRefused(refusal)
    _step(act, step, actor, decided_by_id=actor.id)
    _tell_who_asked(act, actor)


def _step(act: JointAct, step: JointStep, actor: Actor, **sets: object) -> None:
    perform(
        JOINT_LIFECYCLE,
        act,
        step,
        actor=actor,
        standing=Standing.NONE,
        subject=ASSOCIATION,
        facts={"joint_id": act.id.hex, "joint_kind": act.kind.value},
    )
    for name, value in sets.items():
        setattr(act, name, value)
    db().flush()


def _tell_who_asked(act: JointAct, actor: Actor) -> None:
    asker = db().get_one(Person, act.asked_by_id)
    if asker.serves_at(now()):
        queue_mail(asker, MailKind.UPDATE, actor=actor, key=f"joint:{act.id.hex}:{act.state.value}")


def _roles_with(permission: Permission) -> list[Role]:
    return sorted({cell.role for cell in POLICY[permission]})
