"""The pages of keeping and erasing: what goes when, what is held, what went, and one case's own."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app.joint_acts.actions import JointRefused
from app.pipeline.access import asks
from app.pipeline.clock import now
from app.pipeline.identity import actor_here
from app.pipeline.standing import visible_cases
from app.pipeline.transaction import db
from app.presentation.filters import ja_date, label
from app.retention import blueprint
from app.retention.actions import (
    EarlyRefused,
    HoldRefused,
    ask_to_erase,
    erase_before_its_time,
    lift_hold,
    review_hold,
    set_hold,
)
from app.retention.forms import EarlyForm, EraseForm, HoldForm, LiftForm, ReviewForm
from app.retention.gone import being_erased, page_of_gone
from app.retention.lists import page_of_holds
from app.retention.pages import case_page, shown_holds
from app.retention.plan import KINDS, page_of_going, plan, stretch_named
from models.case import Case
from models.rules.early_erasure import Wanted
from models.rules.holds import rests_until
from models.rules.permissions import Permission, may_ever


@blueprint.get("/")
@asks(Permission.RETENTION_LIST)
def overview() -> ResponseReturnValue:
    return render_template("retention/overview.html", plan=plan(actor_here()), kinds=KINDS)


@blueprint.get("/months/<month>/<kind>")
@asks(Permission.RETENTION_LIST)
def month(month: str, kind: str) -> ResponseReturnValue:
    stretch = stretch_named(month) or abort(404)
    which = next((one for one in KINDS if one.value == kind), None) or abort(404)
    page = page_of_going(stretch, which, actor_here(), request.args.get("after"))
    return render_template("retention/month.html", stretch=stretch, kind=which, page=page)


@blueprint.get("/gone")
@asks(Permission.RETENTION_LIST)
def gone() -> ResponseReturnValue:
    actor = actor_here()
    return render_template(
        "retention/gone.html",
        going=being_erased(actor),
        page=page_of_gone(actor, request.args.get("after")),
        may_read_all=may_ever(Permission.AUDIT_READ_ALL, actor.role),
    )


@blueprint.get("/holds")
@asks(Permission.RETENTION_LIST)
def holds() -> ResponseReturnValue:
    page = page_of_holds(actor_here(), request.args.get("after"))
    shown = shown_holds([hold for hold, _number in page.rows])
    numbers = [number for _hold, number in page.rows]
    return render_template("retention/holds.html", rows=list(zip(shown, numbers, strict=True)), page=page)


@blueprint.get("/cases/<number>")
@asks(Permission.RETENTION_READ)
def case(number: str) -> ResponseReturnValue:
    return case_page(find(number, Permission.RETENTION_READ))


@blueprint.post("/cases/<number>/hold")
@asks(Permission.RETENTION_HOLD)
def hold(number: str) -> ResponseReturnValue:
    found, form = find(number, Permission.RETENTION_HOLD), HoldForm()
    if not form.validate_on_submit():
        return case_page(found, form)
    day = form.review_on.data
    try:
        set_hold(found, form.reason.data, review_on=day, seen=form.seen(), actor=actor_here())
    except HoldRefused as refused:
        return _refused(found, refused)
    flash(_("この相談を消去しないように保全しました。%(day)sに見直します。", day=ja_date(day, weekday=True)), "success")
    return _to(found)


@blueprint.post("/cases/<number>/review")
@asks(Permission.RETENTION_HOLD)
def review(number: str) -> ResponseReturnValue:
    found, form = find(number, Permission.RETENTION_HOLD), ReviewForm()
    if not form.validate_on_submit():
        return case_page(found, form)
    day = form.review_on.data
    try:
        review_hold(found, review_on=day, seen=form.seen(), actor=actor_here())
    except HoldRefused as refused:
        return _refused(found, refused)
    flash(_("保全を続けます。次は%(day)sに見直します。", day=ja_date(day, weekday=True)), "success")
    return _to(found)


@blueprint.post("/cases/<number>/lift")
@asks(Permission.RETENTION_LIFT)
def lift(number: str) -> ResponseReturnValue:
    found, form = find(number, Permission.RETENTION_LIFT), LiftForm()
    if not form.validate_on_submit():
        return case_page(found, form)
    try:
        lifted = lift_hold(found, form.because.data, seen=form.seen(), actor=actor_here())
    except HoldRefused as refused:
        return _refused(found, refused)
    until = ja_date(rests_until(lifted.lifted_at or now()), weekday=True)
    flash(_("保全を解きました。残す期間が過ぎていても、%(day)sまでは消去しません。", day=until), "success")
    return _to(found)


def find(number: str, permission: Permission) -> Case:
    """The case of this number, for whoever has this permission towards it; one that was erased is said to be gone."""
    actor = actor_here()
    found = db().scalar(select(Case).where(Case.number == number, visible_cases(actor, permission)))
    if found is None:
        was_there = visible_cases(actor, permission, erased=True)
        abort(404 if db().scalar(select(Case.id).where(Case.number == number, was_there)) is None else 410)
    return found


@blueprint.post("/early/<number>/ask")
@asks(Permission.KEYS_FIRST_SHARE)
def ask_early(number: str) -> ResponseReturnValue:
    found, form = find(number, Permission.RETENTION_LIFT), EarlyForm()
    if not form.validate_on_submit():
        return case_page(found, form)
    try:
        wanted = Wanted(form.part.data, form.cause.data)
        ask_to_erase(found, wanted, because=form.because.data, actor=actor_here())
    except (EarlyRefused, JointRefused) as refused:
        return _refused(found, refused)
    flash(_("申し出ました。別の人が認めるまで、何も消去しません。"), "success")
    return _to(found)


@blueprint.post("/early/<number>/erase")
@asks(Permission.KEYS_FIRST_SHARE)
def erase_early(number: str) -> ResponseReturnValue:
    found, form = find(number, Permission.RETENTION_LIFT), EraseForm()
    if not form.validate_on_submit():
        return case_page(found, form)
    try:
        erase_before_its_time(found, actor=actor_here())
    except (EarlyRefused, JointRefused) as refused:
        return _refused(found, refused)
    flash(_("消去を始めました。まもなく鍵を破棄し、終わると、消去の記録に証拠が残ります。"), "success")
    return _to(found)


def _to(case: Case) -> ResponseReturnValue:
    return redirect(url_for("retention.case", number=case.number))


def _refused(case: Case, refused: HoldRefused | EarlyRefused | JointRefused) -> ResponseReturnValue:
    """The page as it is now, with the words that say why nothing was done."""
    flash(label(refused.refusal), "error")
    return case_page(case), 409
