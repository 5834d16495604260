"""The pages of letters: read by the desk and by the company, answered, served by post, judged and taken back."""

from __future__ import annotations

from typing import Any

from flask import abort, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app.escalations import blueprint
from app.escalations.actions import (
    accept_as_met,
    answer_request,
    record_late_compliance,
    serve_request,
)
from app.escalations.actions.requests import BY_POST
from app.escalations.file_page import TONES
from app.escalations.forms import AnnulForm, AnswerForm, ServiceForm
from app.escalations.letter_page import LetterView, open_letter
from app.escalations.queries import visible_requests
from app.letters.queries import file_numbered, paper_numbered
from app.pipeline.access import asks
from app.pipeline.acting import asked, must_be_as_seen
from app.pipeline.audit import Subject, of_company
from app.pipeline.clock import now
from app.pipeline.identity import actor_here
from app.pipeline.standing import one_or_404
from app.pipeline.transaction import db
from app.presentation.changing_form import ChangingForm
from app.presentation.pdf import as_download
from models.company_file import CompanyFile
from models.formal_request import FormalRequest
from models.rules.people import SECRETARIAT
from models.rules.permissions import Permission

FORMS: dict[str, type[ChangingForm]] = {"answer": AnswerForm, "service": ServiceForm, "annul": AnnulForm}


@blueprint.get("/requests/<number>")
@asks(Permission.ESCALATION_READ)
def letter(number: str) -> ResponseReturnValue:
    return letter_page(find_letter(number))


@blueprint.get("/requests/<number>/letter")
@asks(Permission.ESCALATION_READ)
def printed(number: str) -> ResponseReturnValue:
    found = find_letter(number)
    # That an addressee has read it counts from here, whichever of the two pages is shown.
    view = open_letter(found, actor_here())
    paper = paper_numbered(found.number, actor=actor_here())
    if paper is not None:
        return render_template(
            "letters/paper.html",
            paper=paper,
            fingerprint=view.fingerprint,
            back_url=url_for("escalations.letter", number=number),
        )
    return render_template(
        "letters/request.html",
        view=view,
        association=current_app.config["KIKITE"].association_name,
    )


@blueprint.get("/requests/<number>/file")
@asks(Permission.ESCALATION_READ)
def letter_file(number: str) -> ResponseReturnValue:
    return as_download(file_numbered(find_letter(number).number, actor=actor_here()), number)


@blueprint.post("/requests/<number>/answer")
@asks(Permission.ESCALATION_ANSWER)
def answer(number: str) -> ResponseReturnValue:
    found, form = find_letter(number), AnswerForm(prefix="answer")
    if not asked(form, found, subject=subject_of(found)):
        return letter_page(found, answer=form)
    answer_request(found, form.text.data, actor=actor_here())
    flash(_("回答を届けました。"), "success")
    return _back_to(found)


@blueprint.post("/requests/<number>/service")
@asks(Permission.ESCALATION_SERVE)
def service(number: str) -> ResponseReturnValue:
    found, form = find_letter(number), ServiceForm(prefix="service")
    if not asked(form, found, subject=subject_of(found)):
        return letter_page(found, service=form)
    serve_request(found, service=BY_POST, proof_reference=form.proof.data, actor=actor_here())
    flash(_("送達を記録しました。"), "success")
    return _back_to(found)


@blueprint.post("/requests/<number>/met")
@asks(Permission.ESCALATION_CONCLUDE)
def met(number: str) -> ResponseReturnValue:
    found = find_as_seen(number)
    accept_as_met(found, actor=actor_here())
    flash(_("履行を認めました。"), "success")
    return _back_to(found)


@blueprint.post("/requests/<number>/met-late")
@asks(Permission.ESCALATION_CONCLUDE)
def met_late(number: str) -> ResponseReturnValue:
    found = find_as_seen(number)
    record_late_compliance(found, actor=actor_here())
    flash(_("期限後の履行を記録しました。回数には残ります。"), "success")
    return _back_to(found)


def letter_page(found: FormalRequest, **typed: ChangingForm) -> ResponseReturnValue:
    forms: dict[str, Any] = {
        name: typed.get(name) or kind(prefix=name, data={"version": found.version}) for name, kind in FORMS.items()
    }
    view: LetterView = open_letter(found, actor_here())
    return render_template(
        "escalations/letter.html",
        view=view,
        forms=forms,
        form_with_errors=list(typed.values()),
        tones=TONES,
        now=now(),
    )


def find_letter(number: str) -> FormalRequest:
    found: FormalRequest = one_or_404(
        select(FormalRequest).where(FormalRequest.number == number, visible_requests(actor_here()))
    )
    return found


def find_as_seen(number: str) -> FormalRequest:
    """The request, while it is as the page of the button showed it; only the secretariat judges."""
    if actor_here().role not in SECRETARIAT:
        abort(404)
    found = find_letter(number)
    must_be_as_seen(found, ChangingForm(), subject=subject_of(found))
    return found


def subject_of(found: FormalRequest) -> Subject:
    return of_company(db().get_one(CompanyFile, found.company_file_id).company_id)


def _back_to(found: FormalRequest) -> ResponseReturnValue:
    return redirect(url_for("escalations.letter", number=found.number))
