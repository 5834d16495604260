"""The pages' acts that take two: to ask that a request be annulled, to annul it, and to name a grave ground."""

from __future__ import annotations

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.escalations import blueprint
from app.escalations.actions import annul_request, ask_to_annul, name_grave_ground
from app.escalations.counter_page import counter_page
from app.escalations.forms import AnnulForm, GraveGroundForm
from app.escalations.letter_routes import find_as_seen, find_letter, letter_page, subject_of
from app.escalations.queries import file_numbered
from app.joint_acts.actions import JointRefused
from app.pipeline.access import asks
from app.pipeline.acting import ChangedMeanwhile, asked
from app.pipeline.audit import of_company_file
from app.pipeline.identity import actor_here
from app.presentation.filters import label
from models.rules.permissions import Permission


@blueprint.post("/requests/<number>/annulment-asked")
@asks(Permission.ESCALATION_CONCLUDE)
def annulment_asked(number: str) -> ResponseReturnValue:
    found, form = find_letter(number), AnnulForm(prefix="annul")
    if not asked(form, found, subject=subject_of(found)):
        return letter_page(found, annul=form)
    try:
        ask_to_annul(found, reason=form.reason.data, because=form.because.data, actor=actor_here())
    except JointRefused as refused:
        form.refuse(form.because, label(refused.refusal))
        return letter_page(found, annul=form)
    flash(_("申し出ました。別の人が認めるまで、何も変わりません。"), "success")
    return redirect(url_for("escalations.letter", number=found.number))


@blueprint.post("/requests/<number>/annulment")
@asks(Permission.ESCALATION_CONCLUDE)
def annulment(number: str) -> ResponseReturnValue:
    found = find_as_seen(number)
    try:
        annul_request(found, actor=actor_here())
    except JointRefused:
        # The page offered it, so its time ran out since, or it was done in another window.
        raise ChangedMeanwhile(subject_of(found)) from None
    flash(_("要請を取りやめました。回数には数えません。"), "success")
    return redirect(url_for("escalations.letter", number=found.number))


@blueprint.post("/<number>/grave-ground")
@asks(Permission.ESCALATION_CONCLUDE)
def grave_ground(number: str) -> ResponseReturnValue:
    found = file_numbered(number, actor_here(), Permission.ESCALATION_CONCLUDE) or abort(404)
    form = GraveGroundForm()
    if not asked(form, found, subject=of_company_file(found)):
        return counter_page(found, form)
    try:
        name_grave_ground(found, ground=form.ground.data, because=form.because.data, actor=actor_here())
    except JointRefused as refused:
        form.refuse(form.because, label(refused.refusal))
        return counter_page(found, form)
    flash(_("申し出ました。別の人が認めるまで、付議はできません。"), "success")
    return redirect(url_for("escalations.counter", number=found.number))
