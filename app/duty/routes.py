"""The rota's page, and the button that says that an alarm was heard."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app.duty import blueprint
from app.duty.actions import acknowledge_alarm, cancel_shift, plan_shift
from app.duty.forms import ShiftForm
from app.duty.queries import rota, who_may_be_on_duty
from app.people.queries import name_of
from app.pipeline.access import asks
from app.pipeline.clock import now
from app.pipeline.identity import actor_here
from app.pipeline.standing import one_or_404, visible_cases
from app.pipeline.transaction import db
from app.presentation.filters import label
from models.case import Case
from models.duty_shift import DutyShift
from models.person import Person
from models.rules.crisis_alarm import alarm_policy_at
from models.rules.permissions import Permission, may_ever


@blueprint.get("/")
@asks(Permission.DUTY_READ)
def shifts() -> ResponseReturnValue:
    return _show(_form())


@blueprint.post("/plan")
@asks(Permission.DUTY_PLAN)
def plan() -> ResponseReturnValue:
    form = _form()
    if not form.validate_on_submit():
        return _show(form)
    person = db().get_one(Person, uuid.UUID(form.person.data))
    plan_shift(person, starts_at=form.starts_at(), ends_at=form.ends_at(), actor=actor_here())
    flash(_("当番表に加えました。"), "success")
    return redirect(url_for("duty.shifts"))


@blueprint.post("/<uuid:shift_id>/cancel")
@asks(Permission.DUTY_PLAN)
def cancel(shift_id: uuid.UUID) -> ResponseReturnValue:
    cancel_shift(one_or_404(select(DutyShift).where(DutyShift.id == shift_id)), actor=actor_here())
    flash(_("当番を取り消しました。空いた時間がないか、確かめてください。"), "success")
    return redirect(url_for("duty.shifts"))


@blueprint.post("/alarms/<number>/acknowledge")
@asks(Permission.CASE_HEAR_ALARM)
def acknowledge(number: str) -> ResponseReturnValue:
    reach = visible_cases(actor_here(), Permission.CASE_HEAR_ALARM)
    acknowledge_alarm(one_or_404(select(Case).where(Case.number == number, reach)), actor=actor_here())
    flash(_("呼び出しを止めました。相談を開いて、内容を確かめてください。"), "success")
    return redirect(url_for("cases.board"))


def _form() -> ShiftForm:
    form = ShiftForm()
    form.person.options = [
        (person.id.hex, f"{name_of(person)} ({label(person.role)})") for person in who_may_be_on_duty()
    ]
    return form


def _show(form: ShiftForm) -> ResponseReturnValue:
    policy = alarm_policy_at(now())
    return render_template(
        "duty/shifts.html",
        form=form,
        lines=rota(),
        may_plan=may_ever(Permission.DUTY_PLAN, actor_here().role),
        repeat=policy.repeat_every.seconds // 60,
        escalate=policy.escalate_after.seconds // 60,
    )
