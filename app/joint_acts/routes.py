"""The pages of acts that take two: what waits, one of them with its steps, and the auditor's record of all."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app.custody.actions import ASSOCIATION
from app.joint_acts import blueprint
from app.joint_acts.actions import JointRefused, approve, decline, withdraw
from app.joint_acts.described import described
from app.joint_acts.forms import ApproveForm, DeclineForm, WithdrawForm
from app.joint_acts.queries import doer_of, joint_acts, reason_of, why_not_decided
from app.people.queries import name_of
from app.pipeline.access import asks
from app.pipeline.acting import asked
from app.pipeline.clock import now
from app.pipeline.identity import actor_here
from app.pipeline.standing import one_or_404
from app.pipeline.transaction import db
from app.presentation.changing_form import ChangingForm
from app.presentation.filters import label
from models.joint_act import JointAct
from models.person import Person
from models.rules.joint_acts import DONE_BY_THE_SECOND, STANDING_OPEN, JointState
from models.rules.people import Role
from models.rules.permissions import Permission, may_ever


@blueprint.get("/")
@asks(Permission.JOINT_LIST)
def overview() -> ResponseReturnValue:
    return _list(for_the_record=False)


@blueprint.get("/record")
@asks(Permission.KEYS_READ_WITNESS_LOG)
def record() -> ResponseReturnValue:
    return _list(for_the_record=True)


@blueprint.get("/<uuid:joint_id>")
@asks(Permission.JOINT_LIST)
def act(joint_id: uuid.UUID) -> ResponseReturnValue:
    return _show(_find(joint_id))


@blueprint.post("/<uuid:joint_id>/approve")
@asks(Permission.KEYS_SECOND_SHARE)
def approve_(joint_id: uuid.UUID) -> ResponseReturnValue:
    found, form = _find(joint_id), ApproveForm(prefix="approve")
    if not asked(form, found, subject=ASSOCIATION):
        return _show(found, approving=form)
    try:
        approve(found, actor=actor_here())
    except JointRefused as refused:
        form.refuse(form.is_read, label(refused.refusal))
        return _show(found, approving=form)
    if found.kind in DONE_BY_THE_SECOND:
        flash(_("認めました。期限までに一度だけ、ご自身で行えます。"), "success")
    else:
        flash(_("認めました。申し出た人が、期限までに一度だけ行えます。"), "success")
    return redirect(url_for("joint_acts.act", joint_id=found.id))


@blueprint.post("/<uuid:joint_id>/decline")
@asks(Permission.KEYS_SECOND_SHARE)
def decline_(joint_id: uuid.UUID) -> ResponseReturnValue:
    found, form = _find(joint_id), DeclineForm(prefix="decline")
    if not asked(form, found, subject=ASSOCIATION):
        return _show(found, declining=form)
    try:
        decline(found, actor=actor_here())
    except JointRefused as refused:
        form.refuse(form.is_sure, label(refused.refusal))
        return _show(found, declining=form)
    flash(_("認めませんでした。申し出た人に知らせました。"), "success")
    return redirect(url_for("joint_acts.act", joint_id=found.id))


@blueprint.post("/<uuid:joint_id>/withdraw")
@asks(Permission.KEYS_FIRST_SHARE)
def withdraw_(joint_id: uuid.UUID) -> ResponseReturnValue:
    found, form = _find(joint_id), WithdrawForm(prefix="withdraw")
    if not asked(form, found, subject=ASSOCIATION):
        return _show(found, withdrawing=form)
    try:
        withdraw(found, actor=actor_here())
    except JointRefused as refused:
        form.refuse(form.is_sure, label(refused.refusal))
        return _show(found, withdrawing=form)
    flash(_("申し出を取り下げました。"), "success")
    return redirect(url_for("joint_acts.act", joint_id=found.id))


def _find(joint_id: uuid.UUID) -> JointAct:
    found: JointAct = one_or_404(select(JointAct).where(JointAct.id == joint_id))
    return found


def _list(*, for_the_record: bool) -> ResponseReturnValue:
    found, actor = joint_acts(), actor_here()
    ids = {who for one in found for who in (one.asked_by_id, one.decided_by_id) if who is not None}
    names = {one.id: name_of(one) for one in db().scalars(select(Person).where(Person.id.in_(ids)))}
    rows = [(one, described(one).words_for(actor), reason_of(one) if for_the_record else "") for one in found]
    return render_template(
        "joint_acts/overview.html",
        waiting=[row for row in rows if row[0].state in STANDING_OPEN],
        over=[row for row in rows if row[0].state not in STANDING_OPEN],
        names=names,
        for_the_record=for_the_record,
        may_export=may_ever(Permission.KEYS_FIRST_SHARE, actor.role),
        now=now(),
    )


def _show(
    found: JointAct,
    *,
    approving: ApproveForm | None = None,
    declining: DeclineForm | None = None,
    withdrawing: WithdrawForm | None = None,
) -> ResponseReturnValue:
    actor, about = actor_here(), described(found)
    asked_by_me = found.asked_by_id == actor.id
    in_time = now() < found.lapses_at
    decides = found.state is JointState.ASKED and may_ever(Permission.KEYS_SECOND_SHARE, actor.role)
    forms: dict[str, ChangingForm] = {
        "approving": approving or ApproveForm(formdata=None, prefix="approve", data={"version": found.version}),
        "declining": declining or DeclineForm(formdata=None, prefix="decline", data={"version": found.version}),
        "withdrawing": withdrawing or WithdrawForm(formdata=None, prefix="withdraw", data={"version": found.version}),
    }
    return render_template(
        "joint_acts/act.html",
        act=found,
        words=about.words_for(actor),
        # Whoever runs the machines learns that something waits, and not why; so does whoever is kept from the matter.
        reason=reason_of(found) if actor.role is not Role.ADMIN and about.is_within_reach(actor) else None,
        asked_by=_name(found.asked_by_id),
        concerns=_name(found.concerns_id),
        decided_by=_name(found.decided_by_id),
        done_by=_name(doer_of(found)) if doer_of(found) != actor.id else "",
        decides=decides,
        why_not=why_not_decided(found, by=actor.id) if decides else None,
        takes_back=asked_by_me and found.state in STANDING_OPEN,
        goes_on=about.page()
        if about.page and in_time and found.state is JointState.APPROVED and doer_of(found) == actor.id
        else None,
        in_time=in_time,
        posted=next((one for one in (approving, declining, withdrawing) if one is not None), None),
        **forms,
    )


def _name(person_id: uuid.UUID | None) -> str:
    return name_of(db().get(Person, person_id)) if person_id is not None else ""
