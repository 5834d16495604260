"""The pages of an emergency: one writes what is to be told and why, a second one decides."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.cases import blueprint
from app.cases.forms import EmergencyForm
from app.cases.routes.finding import asked, find, find_as_seen
from app.consents.actions.emergency import answer_emergency, ask_emergency
from app.pipeline.access import asks
from app.pipeline.identity import actor_here
from models.case import Case
from models.rules.emergency import EmergencyAnswer
from models.rules.permissions import Permission


@blueprint.route("/<number>/emergency", methods=["GET", "POST"])
@asks(Permission.CASE_EMERGENCY)
def emergency(number: str) -> ResponseReturnValue:
    found = find(number, Permission.CASE_EMERGENCY)
    form = EmergencyForm(data={"version": found.version})
    if not asked(form, found):
        return render_template("cases/emergency.html", case=found, form=form)
    ask_emergency(found, told=form.told.data, reason=form.reason.data, actor=actor_here())
    flash(_("二人目の確認を求めました。確認されるまで、だれにも伝えないでください。"), "info")
    return _back(found)


@blueprint.post("/<number>/emergency/answer")
@asks(Permission.CASE_SECOND_EMERGENCY)
def answer_emergency_(number: str) -> ResponseReturnValue:
    found = find_as_seen(number, Permission.CASE_SECOND_EMERGENCY)
    agrees = request.form.get("answer") == EmergencyAnswer.AGREED.value
    answer_emergency(found, EmergencyAnswer.AGREED if agrees else EmergencyAnswer.REFUSED, actor=actor_here())
    words = _("二人目として同意しました。書かれた相手に、書かれたことだけを伝えてください。") if agrees else ""
    flash(words or _("伝えないことにしました。"), "success" if agrees else "info")
    return _back(found)


def _back(case: Case) -> ResponseReturnValue:
    reason = request.form.get("reason_code") or None
    return redirect(url_for("cases.consents", number=case.number, reason=reason, _anchor="emergency"))
