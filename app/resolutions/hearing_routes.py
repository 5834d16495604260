"""The company's pages about its hearing: the notice, the explanation, the decision and the objection."""

from __future__ import annotations

from flask import abort, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app.certifications.queries import certification_of
from app.letters.queries import Paper, file_numbered, paper_numbered
from app.pipeline.access import asks
from app.pipeline.acting import asked
from app.pipeline.audit import of_company_file
from app.pipeline.clock import now
from app.pipeline.identity import actor_here
from app.pipeline.standing import one_or_404
from app.pipeline.transaction import db
from app.presentation.filters import label
from app.presentation.pdf import as_download
from app.resolutions import blueprint
from app.resolutions.actions import raise_objection, submit_explanation
from app.resolutions.forms import ExplanationForm, ObjectionForm
from app.resolutions.hearing_page import (
    certification_number,
    company_name,
    hearing_of,
    is_revocation,
    reasons_of,
    signatory,
    unmet_requests,
)
from app.resolutions.queries import file_of, newest_of, objection_due_at, root_of, visible_hearings
from models.board_item import BoardItem
from models.resolution import Resolution
from models.rules.board import BoardRefused
from models.rules.people import Role
from models.rules.permissions import Permission

MOST_SHOWN = 100


@blueprint.get("/hearings/")
@asks(Permission.ESCALATION_LIST)
def hearings() -> ResponseReturnValue:
    served = (
        select(BoardItem)
        .where(BoardItem.notice_number.is_not(None), visible_hearings(actor_here(), Permission.ESCALATION_LIST))
        .order_by(BoardItem.notice_served_at.desc())
        .limit(MOST_SHOWN)
    )
    rows = [
        (item, company_name(item, at=item.notice_served_at or now()), newest_of(item)) for item in db().scalars(served)
    ]
    return render_template("resolutions/hearings.html", rows=rows)


@blueprint.get("/hearings/<number>")
@asks(Permission.ESCALATION_READ)
def hearing(number: str) -> ResponseReturnValue:
    return _page(_hearing(number))


@blueprint.post("/hearings/<number>/explanation")
@asks(Permission.ESCALATION_ANSWER)
def explanation(number: str) -> ResponseReturnValue:
    found = _hearing(number)
    form = ExplanationForm(prefix="explanation")
    if not asked(form, found, subject=of_company_file(file_of(found))):
        return _page(found, explanation_form=form)
    submit_explanation(found, text=form.text.data, wants_to_attend=form.wants_to_attend.data, actor=actor_here())
    flash(_("弁明を受け付けました。採決が始まるまでは、書き足すことができます。"), "success")
    return redirect(url_for("resolutions.hearing", number=number))


@blueprint.post("/hearings/<number>/objection")
@asks(Permission.ESCALATION_ANSWER)
def objection(number: str) -> ResponseReturnValue:
    found = _hearing(number)
    form = ObjectionForm(prefix="objection")
    newest = newest_of(found)
    if not asked(form, newest, subject=of_company_file(file_of(newest))):
        return _page(found, objection_form=form)
    try:
        raise_objection(newest, text=form.text.data, actor=actor_here())
    except BoardRefused as refused:
        form.refuse(form.text, label(refused.refusal))
        return _page(found, objection_form=form)
    flash(_("不服申立てを受け付けました。"), "success")
    return redirect(url_for("resolutions.hearing", number=number))


@blueprint.get("/hearings/<number>/letter")
@asks(Permission.ESCALATION_READ)
def hearing_letter(number: str) -> ResponseReturnValue:
    found = _hearing(number)
    paper = paper_numbered(found.notice_number, actor=actor_here())
    if paper is not None:
        return _letter_page(paper, number)
    served_at = found.notice_served_at or now()
    return render_template(
        "letters/notice_hearing.html",
        item=found,
        served_at=served_at,
        company=company_name(found, at=served_at),
        certification=certification_number(found),
        requests=unmet_requests(found, served_at),
        association=_association(),
        signed_by=signatory(Role.HEAD, at=served_at),
        back_url=url_for("resolutions.hearing", number=number),
    )


@blueprint.get("/hearings/<number>/file")
@asks(Permission.ESCALATION_READ)
def hearing_file(number: str) -> ResponseReturnValue:
    return as_download(file_numbered(_hearing(number).notice_number, actor=actor_here()), number)


@blueprint.get("/decisions/<number>/file")
@asks(Permission.ESCALATION_READ)
def decision_file(number: str) -> ResponseReturnValue:
    return as_download(file_numbered(_told(number).notice_number, actor=actor_here()), number)


@blueprint.get("/decisions/<number>")
@asks(Permission.ESCALATION_READ)
def decision_letter(number: str) -> ResponseReturnValue:
    actor, resolution = actor_here(), _told(number)
    found = db().get_one(BoardItem, resolution.board_item_id)
    paper = paper_numbered(resolution.notice_number, actor=actor)
    if paper is not None:
        # What it says of the reasons is opened with it.
        reasons_of(resolution, found, actor=actor)
        return _letter_page(paper, root_of(found).notice_number)
    told_at = resolution.notified_at or now()
    certification = certification_of(file_of(found).company_id)
    return render_template(
        "letters/revocation_notice.html" if is_revocation(resolution) else "letters/notice_decision.html",
        resolution=resolution,
        told_at=told_at,
        reasons=reasons_of(resolution, found, actor=actor),
        company=company_name(found, at=told_at),
        certification=certification.number if certification else "",
        hearing_number=root_of(found).notice_number,
        objection_due_at=objection_due_at(found),
        association=_association(),
        signed_by=signatory(Role.DIRECTOR, at=told_at),
        back_url=url_for("resolutions.hearing", number=root_of(found).notice_number),
    )


def _letter_page(paper: Paper, number: str | None) -> ResponseReturnValue:
    """A letter that was issued, as a page; those of before are written by the templates beside it."""
    return render_template("letters/paper.html", paper=paper, back_url=url_for("resolutions.hearing", number=number))


def _told(number: str) -> Resolution:
    found: Resolution = one_or_404(
        select(Resolution)
        .join(BoardItem, BoardItem.id == Resolution.board_item_id)
        .where(Resolution.notice_number == number, visible_hearings(actor_here(), Permission.ESCALATION_READ))
    )
    return found


def _hearing(number: str) -> BoardItem:
    found: BoardItem = one_or_404(
        select(BoardItem).where(
            BoardItem.notice_number == number, visible_hearings(actor_here(), Permission.ESCALATION_READ)
        )
    )
    return found


def _page(
    found: BoardItem, *, explanation_form: ExplanationForm | None = None, objection_form: ObjectionForm | None = None
) -> ResponseReturnValue:
    if found.notice_number is None:
        abort(404)
    view = hearing_of(found, actor=actor_here())
    shown = [form for form in (explanation_form, objection_form) if form is not None]
    return render_template(
        "resolutions/hearing.html",
        view=view,
        explanation_form=explanation_form
        or ExplanationForm(formdata=None, prefix="explanation", data={"version": found.version}),
        objection_form=objection_form
        or ObjectionForm(formdata=None, prefix="objection", data={"version": view.newest.version}),
        form_with_errors=shown,
        now=now(),
    )


def _association() -> str:
    return str(current_app.config["KIKITE"].association_name)
