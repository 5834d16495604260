"""The pages of surveys: the list, a new one, and who has answered."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app.pipeline.access import asks
from app.pipeline.acting import asked
from app.pipeline.audit import of_company
from app.pipeline.identity import actor_here
from app.pipeline.standing import one_or_404
from app.surveys import blueprint
from app.surveys.actions import note_answer, open_survey
from app.surveys.forms import AnswerForm, SurveyForm
from app.surveys.queries import all_surveys, asked_in
from models.rules.permissions import Permission, may_ever
from models.rules.pledge_standing import Survey
from models.survey import SurveyRound
from models.survey_invitation import SurveyInvitation


@blueprint.get("/")
@asks(Permission.SURVEY_READ)
def overview() -> ResponseReturnValue:
    return render_template("surveys/overview.html", surveys=all_surveys(), form=_new_form())


@blueprint.post("/new")
@asks(Permission.SURVEY_KEEP)
def new() -> ResponseReturnValue:
    form = SurveyForm()
    if not form.validate_on_submit():
        return render_template("surveys/overview.html", surveys=all_surveys(), form=form)
    survey = open_survey(
        title=form.title.data, asked_on=form.asked_on.data, closes_on=form.closes_on.data, actor=actor_here()
    )
    flash(_("調査を始めました。認定のあるすべての会社に知らせました。"), "success")
    return redirect(url_for("surveys.survey", survey_id=survey.id))


@blueprint.get("/<uuid:survey_id>")
@asks(Permission.SURVEY_READ)
def survey(survey_id: uuid.UUID) -> ResponseReturnValue:
    found = _find(survey_id)
    return render_template("surveys/survey.html", survey=found, asked=asked_in(found), keeps=_keeps())


@blueprint.route("/<uuid:survey_id>/<uuid:company_id>", methods=["GET", "POST"])
@asks(Permission.SURVEY_KEEP)
def answer(survey_id: uuid.UUID, company_id: uuid.UUID) -> ResponseReturnValue:
    found = _find(survey_id)
    invitation: SurveyInvitation = one_or_404(
        select(SurveyInvitation).where(
            SurveyInvitation.survey_id == found.id, SurveyInvitation.company_id == company_id
        )
    )
    name = next(name for one, name, _standing in asked_in(found) if one.id == invitation.id)
    standing = Survey.ASKED
    if invitation.answered_on is not None or invitation.is_exempt:
        standing = Survey.ANSWERED if invitation.answered_on is not None else Survey.EXEMPT
    form = AnswerForm(data={"version": invitation.version, "standing": standing, "answered_on": invitation.answered_on})
    form.asked_on = found.asked_on
    if not asked(form, invitation, subject=of_company(company_id)):
        return render_template("surveys/answer.html", survey=found, name=name, form=form)
    answered_on = form.answered_on.data if form.standing.data is Survey.ANSWERED else None
    is_exempt = form.standing.data is Survey.EXEMPT
    note_answer(invitation, answered_on=answered_on, is_exempt=is_exempt, actor=actor_here())
    flash(_("回答の様子を記録しました。"), "success")
    return redirect(url_for("surveys.survey", survey_id=found.id))


def _keeps() -> bool:
    return may_ever(Permission.SURVEY_KEEP, actor_here().role)


def _new_form() -> SurveyForm | None:
    return SurveyForm(formdata=None) if _keeps() else None


def _find(survey_id: uuid.UUID) -> SurveyRound:
    found: SurveyRound = one_or_404(select(SurveyRound).where(SurveyRound.id == survey_id))
    return found
