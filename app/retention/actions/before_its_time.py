"""Erasing before its time: one person asks with a reason, another approves, and whoever asked does it, in time."""

from __future__ import annotations

from app.joint_acts.actions import ask_for, use_approval
from app.joint_acts.queries import open_act
from app.pipeline.audit import of_case
from app.pipeline.identity import Actor
from app.pipeline.standing import must_be_allowed, towards_case
from app.retention.actions.erasing import order_erasure
from app.retention.early import all_of, name_is_gone, refusal_of, thread_of
from models.case import Case
from models.joint_act import JointAct
from models.rules.early_erasure import EarlyRefusal, Wanted
from models.rules.erasure import ErasedPart
from models.rules.joint_acts import JointKind
from models.rules.permissions import Permission


class EarlyRefused(Exception):
    """Nothing is erased before its time, for one of the reasons of the rules; nothing was done."""

    def __init__(self, refusal: EarlyRefusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


def ask_to_erase(case: Case, wanted: Wanted, *, because: str, actor: Actor) -> JointAct:
    """Ask that a part of a case be erased before its time; nothing follows until another person approves.

    Raises EarlyRefused, and JointRefused when the same was asked already.
    """
    _must_be_possible(case, wanted, actor)
    subject = of_case(thread_of(case))
    return ask_for(JointKind.EARLY_ERASURE, subject=subject, reason=because, code=wanted.code, actor=actor)


def erase_before_its_time(case: Case, *, actor: Actor) -> Wanted:
    """Order what two persons agreed on; the clock destroys the keys as it does at the end of a term.

    Raises EarlyRefused and JointRefused; whoever calls it lets nothing of the transaction stand then.
    """
    thread = thread_of(case)
    asked = open_act(JointKind.EARLY_ERASURE, thread.id)
    if asked is not None:
        # What cannot be done uses up no approval.
        _must_be_possible(case, Wanted.read(asked.code), actor, asked=asked)
    act = use_approval(JointKind.EARLY_ERASURE, subject=of_case(thread), actor=actor)
    wanted = Wanted.read(act.code)
    if act.decided_by_id is None:
        raise TypeError("what was approved was approved by somebody")
    # Asked once more when nobody else can set a hold any more.
    done = order_erasure(thread, wanted.part, wanted.cause, by=(act.asked_by_id, act.decided_by_id), actor=actor)
    if not done:
        raise EarlyRefused(EarlyRefusal(done.reason))
    return wanted


def _must_be_possible(case: Case, wanted: Wanted, actor: Actor, *, asked: JointAct | None = None) -> None:
    for one in (case, *all_of(case)):
        # Whoever is kept from any that goes with it lets none of them go.
        must_be_allowed(Permission.RETENTION_LIFT, actor=actor, standing=towards_case(actor, one))
    refusal = refusal_of(case, asked=asked)
    if refusal is None and wanted.part is ErasedPart.IDENTITY and name_is_gone(case):
        refusal = EarlyRefusal.ORDERED
    if refusal is not None:
        raise EarlyRefused(refusal)
