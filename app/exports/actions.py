"""Exporting cases in bulk: asked for with a scope, and made once when another person has approved it."""

from __future__ import annotations

from app.custody.actions import ASSOCIATION
from app.exports.queries import exports_of, how_many, lines
from app.joint_acts.actions import JointRefused, ask_for, use_approval
from app.pipeline.audit import record
from app.pipeline.identity import Actor
from models.joint_act import JointAct
from models.rules.bulk_export import ExportScope
from models.rules.joint_acts import JointKind, JointRefusal


def ask_for_export(scope: ExportScope, *, reason: str, actor: Actor) -> JointAct:
    """Ask for a file of the cases of a scope. Raises JointRefused."""
    return ask_for(JointKind.BULK_EXPORT, subject=exports_of(actor), reason=reason, actor=actor, code=scope.code)


def make_export(*, actor: Actor) -> tuple[ExportScope, list[list[object]]]:
    """The lines of what was approved, once; nothing of them is kept. Raises JointRefused.

    Whoever asked sees what her standings let her see now, and not when she asked.
    """
    act = use_approval(JointKind.BULK_EXPORT, subject=exports_of(actor), actor=actor)
    if act.code is None:
        raise JointRefused(JointRefusal.NOT_APPROVED)
    scope = ExportScope.read(act.code)
    record(
        ASSOCIATION,
        "export.make",
        actor=actor,
        facts={
            "joint_id": act.id.hex,
            "exported": how_many(scope, actor),
            "first_day": scope.first.isoformat(),
            "last_day": scope.last.isoformat(),
        },
    )
    return scope, list(lines(scope, actor))
