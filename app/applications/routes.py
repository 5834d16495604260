"""The pages of applications: a company's own with its nine pledges, and the secretariat's with the review."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.applications import blueprint
from app.applications.actions import (
    ApplicationRefused,
    Incomplete,
    begin,
    begin_review,
    decide,
    put_before_board,
    return_for_correction,
    review_pledge,
    submit,
    take_back,
    write_pledge,
)
from app.applications.application_page import agenda_form, begun_on_others, lists, own_page, shown
from app.applications.forms import LATER, DecisionForm, ReviewForm, pledge_form
from app.applications.queries import WRITABLE, application_within_reach, compartment_of, sheet_of, state_of
from app.attachments.queries import evidence_counts
from app.pipeline.access import asks
from app.pipeline.acting import asked, must_be_as_seen
from app.pipeline.audit import of_company, record_reading
from app.pipeline.identity import actor_here, person_here
from app.pipeline.transaction import db
from app.presentation.buttons import pressed
from app.presentation.changing_form import ChangingForm
from app.presentation.filters import label
from models.board_meeting import BoardMeeting
from models.certification_application import CertificationApplication
from models.company import Company
from models.rules.people import COMPANY
from models.rules.permissions import Permission
from models.rules.pledges import Pledge


@blueprint.get("/")
@asks(Permission.CERTIFICATION_READ)
def overview() -> ResponseReturnValue:
    actor = actor_here()
    if actor.role in COMPANY:
        company = db().get_one(Company, person_here().company_id)
        return render_template("applications/own.html", **own_page(company, actor))
    return render_template("applications/overview.html", **lists(actor))


@blueprint.post("/begin")
@asks(Permission.CERTIFICATION_APPLY)
def begin_() -> ResponseReturnValue:
    try:
        begun = begin(db().get_one(Company, person_here().company_id), actor=actor_here())
    except Incomplete:
        flash(_("いまは、新しい申請を始められません。"), "warning")
        return redirect(url_for("applications.overview"))
    return redirect(url_for("applications.pledge", number=begun.number, name=Pledge.GUIDELINE.value))


@blueprint.get("/<number>")
@asks(Permission.CERTIFICATION_READ)
def application(number: str) -> ResponseReturnValue:
    return _show(_find(number))


@blueprint.route("/<number>/pledges/<name>", methods=["GET", "POST"])
@asks(Permission.CERTIFICATION_APPLY)
def pledge(number: str, name: str) -> ResponseReturnValue:
    found, which = _find(number), _pledge_named(name)
    if state_of(found) not in WRITABLE:
        return redirect(url_for("applications.application", number=number))
    actor = actor_here()
    written = next(one for one in sheet_of(found, actor=actor) if one.pledge is which)
    form = pledge_form(which, written.answers, agreed=written.agreed, version=found.version)
    if not asked(form, found, subject=of_company(found.company_id)):
        return render_template(
            "applications/pledge.html",
            application=found,
            form=form,
            written=written,
            pledge=which,
            evidence=evidence_counts(found),
        )
    write_pledge(found, which, form.answers(), agreed=bool(form.agreed.data), actor=actor)
    following = list(Pledge)[which.number : which.number + 1]
    if LATER in request.form or not following:
        flash(_("保存しました。"), "success")
        return redirect(url_for("applications.application", number=number))
    return redirect(url_for("applications.pledge", number=number, name=following[0].value))


@blueprint.post("/<number>/submit")
@asks(Permission.CERTIFICATION_APPLY)
def submit_(number: str) -> ResponseReturnValue:
    wanting = _("まだ書かれていない誓約があります。印の付いた誓約を開いて、書き足してください。")
    return _step(number, submit, _("申請しました。協会が確認し、結果をお知らせします。"), wanting)


@blueprint.post("/<number>/take-back")
@asks(Permission.CERTIFICATION_APPLY)
def take_back_(number: str) -> ResponseReturnValue:
    return _step(number, take_back, _("申請を取り下げました。書いたことは、下書きとして残っています。"))


@blueprint.post("/<number>/review")
@asks(Permission.CERTIFICATION_REVIEW)
def begin_review_(number: str) -> ResponseReturnValue:
    return _step(number, begin_review, _("審査を始めました。"))


@blueprint.post("/<number>/return")
@asks(Permission.CERTIFICATION_REVIEW)
def return_(number: str) -> ResponseReturnValue:
    wanting = _("直してほしい誓約がありません。どの誓約をどう直すかを、先に記録してください。")
    return _step(number, return_for_correction, _("会社に差し戻しました。"), wanting)


@blueprint.post("/<number>/reviewed")
@asks(Permission.CERTIFICATION_REVIEW)
def review(number: str) -> ResponseReturnValue:
    """One pledge is recorded; what was begun on the others comes along, and stays on the page."""
    found, which = _find(number), Pledge(pressed("record", *(one.value for one in Pledge)))
    # The page may be shown again; that it is read is recorded and committed before anything changes.
    _note_reading(found)
    must_be_as_seen(found, ChangingForm(), subject=of_company(found.company_id))
    forms = {pledge: ReviewForm(prefix=f"{pledge.value}-") for pledge in Pledge}
    form = forms[which]
    if not form.validate():
        return _show(found, noted=True, reviewed=forms, refused=form)
    review_pledge(found, which, form.mark.data, form.note.data, actor=actor_here())
    flash(_("「%(pledge)s」の確認を記録しました。", pledge=label(which)), "success")
    begun = begun_on_others(found, forms, which, actor=actor_here())
    if begun:
        flash(_("ほかの誓約に書きかけたことは、まだ記録していません。この画面には残っています。"), "info")
        return _show(found, noted=True, reviewed=begun)
    return redirect(url_for("applications.application", number=number, _anchor=which.value))


@blueprint.post("/<number>/agenda")
@asks(Permission.CERTIFICATION_PROPOSE)
def agenda(number: str) -> ResponseReturnValue:
    found, form = _find(number), agenda_form()
    if not asked(form, found, subject=of_company(found.company_id)):
        return _show(found, agenda=form)
    try:
        put_before_board(found, db().get_one(BoardMeeting, uuid.UUID(form.meeting.data)), actor=actor_here())
    except ApplicationRefused as refused:
        form.refuse(form.meeting, label(refused.refusal))
        return _show(found, agenda=form)
    except Incomplete:
        flash(_("まだ確認できていない誓約があります。九つすべてを確認してから付議してください。"), "warning")
    else:
        flash(_("理事会の議題にしました。参加できる理事に知らせました。"), "success")
    return redirect(url_for("applications.application", number=number))


@blueprint.post("/<number>/decision")
@asks(Permission.RESOLUTION_RECORD)
def decision(number: str) -> ResponseReturnValue:
    found, form = _find(number), DecisionForm()
    form.names_first_day = found.kind == "first"
    if not asked(form, found, subject=of_company(found.company_id)):
        return _show(found, decision=form)
    try:
        decide(
            found,
            form.decision.data,
            votes_for=form.votes_for.data,
            present=form.present.data,
            valid_from=form.valid_from.data,
            reasons=form.reasons.data,
            actor=actor_here(),
        )
    except ApplicationRefused as refused:
        form.refuse(form.decision, label(refused.refusal))
        return _show(found, decision=form)
    except Incomplete:
        form.refuse(form.decision, _("まだ確認できていない誓約があります。九つすべてを確認してから記録してください。"))
        return _show(found, decision=form)
    flash(_("理事会の決定を記録し、会社に知らせました。"), "success")
    return redirect(url_for("applications.application", number=number))


def _step(number: str, act: Callable[..., None], done: str, wanting: str = "") -> ResponseReturnValue:
    """One button without a form of its own, for whoever saw the application as it is now."""
    found = _find(number)
    must_be_as_seen(found, ChangingForm(), subject=of_company(found.company_id))
    try:
        act(found, actor=actor_here())
    except Incomplete:
        flash(wanting, "warning")
    else:
        flash(done, "success")
    return redirect(url_for("applications.application", number=number))


def _pledge_named(name: str) -> Pledge:
    try:
        return Pledge(name)
    except ValueError:
        abort(404)


def _note_reading(found: CertificationApplication) -> None:
    actor = actor_here()
    if actor.held.opens(compartment_of(found)):
        record_reading(
            of_company(found.company_id), "application.read", actor=actor, facts={"application_id": found.id.hex}
        )


def _show(found: CertificationApplication, *, noted: bool = False, **forms: Any) -> ResponseReturnValue:
    if not noted:
        _note_reading(found)
    return render_template("applications/application.html", **shown(found, actor_here(), **forms))


def _find(number: str) -> CertificationApplication:
    return application_within_reach(number, actor_here())
