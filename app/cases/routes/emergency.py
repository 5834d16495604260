"""The pages of an emergency: one writes what is to be told and why, a second one decides."""

from __future__ import annotations

import uuid

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app.cases import blueprint
from app.cases.forms import EmergencyAnswerForm, EmergencyDoneForm, EmergencyForm
from app.cases.routes.finding import asked, find, find_as_seen
from app.consents.actions.emergency import answer_emergency, ask_emergency, note_outcome
from app.pipeline.access import asks
from app.pipeline.clock import TOKYO, now
from app.pipeline.identity import actor_here
from app.pipeline.standing import one_or_404
from models.case import Case
from models.emergency_telling import EmergencyTelling
from models.rules.emergency_telling import EmergencyAnswer
from models.rules.permissions import Permission


@blueprint.route("/<number>/emergency", methods=["GET", "POST"])
@asks(Permission.CASE_EMERGENCY)
def emergency(number: str) -> ResponseReturnValue:
    found = find(number, Permission.CASE_EMERGENCY)
    form = EmergencyForm(data={"version": found.version})
    if not asked(form, found):
        return render_template("cases/emergency.html", case=found, form=form)
    ask_emergency(
        found, told=form.told.data, reason=form.reason.data, at_risk=bool(form.at_risk.data), actor=actor_here()
    )
    flash(_("二人目の確認を求めました。確認されるまで、だれにも伝えないでください。"), "info")
    return _back(found)


@blueprint.post("/<number>/emergency/answer")
@asks(Permission.CASE_SECOND_EMERGENCY)
def answer_emergency_(number: str) -> ResponseReturnValue:
    found, form = find_as_seen(number, Permission.CASE_SECOND_EMERGENCY), EmergencyAnswerForm()
    if not form.validate_on_submit():
        # There are two buttons; whatever else is sent decides nothing.
        abort(400)
    agrees = form.answer.data is EmergencyAnswer.AGREED
    answer_emergency(found, form.answer.data, actor=actor_here())
    words = _("二人目として同意しました。書かれた相手に、書かれたことだけを伝えてください。") if agrees else ""
    flash(words or _("伝えないことにしました。"), "success" if agrees else "info")
    return _back(found)


@blueprint.route("/<number>/emergency/<uuid:telling_id>/done", methods=["GET", "POST"])
@asks(Permission.CASE_NOTE_EMERGENCY)
def emergency_done(number: str, telling_id: uuid.UUID) -> ResponseReturnValue:
    found = find(number, Permission.CASE_NOTE_EMERGENCY)
    telling = one_or_404(
        select(EmergencyTelling).where(
            EmergencyTelling.id == telling_id,
            EmergencyTelling.case_id == found.id,
            EmergencyTelling.answer == EmergencyAnswer.AGREED,
        )
    )
    at = now().astimezone(TOKYO)
    form = EmergencyDoneForm(data={"version": found.version, "day": at.date(), "hour": at.time()})
    if not asked(form, found):
        return render_template("cases/emergency_done.html", case=found, form=form)
    note_outcome(found, telling, form.outcome.data, at=form.done_at(), words=form.words.data, actor=actor_here())
    flash(_("記録しました。相談者の画面にも、同じことを届けました。"), "success")
    return _back(found)


def _back(case: Case) -> ResponseReturnValue:
    reason = request.form.get("reason_code") or None
    return redirect(url_for("cases.consents", number=case.number, reason=reason, _anchor="emergency"))
