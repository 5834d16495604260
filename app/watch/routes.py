"""The question in the mailbox, and the desk's list of the watches."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app.mailbox.queries import own_case
from app.pipeline.access import asks
from app.pipeline.acting import ChangedMeanwhile
from app.pipeline.audit import of_case
from app.pipeline.clock import now
from app.pipeline.identity import actor_here
from app.pipeline.standing import one_or_404, visible_cases
from app.watch import blueprint
from app.watch.actions.answering import answer_check_in
from app.watch.actions.watching import see_answer
from app.watch.forms import CheckInForm
from app.watch.queries import MOST_SHOWN, open_question, watch_lines
from models.case import Case
from models.check_in import CheckIn
from models.rules.permissions import Permission


@blueprint.get("/mailbox/check-in")
@asks(Permission.MAILBOX_READ)
def asked() -> ResponseReturnValue:
    question = open_question(own_case(actor_here(), Permission.MAILBOX_READ).id)
    if question is None:
        return redirect(url_for("mailbox.read"))
    return _question(CheckInForm(formdata=None, data={"check_in": question.id.hex}))


@blueprint.post("/mailbox/check-in")
@asks(Permission.MAILBOX_WRITE)
def answer() -> ResponseReturnValue:
    actor, form = actor_here(), CheckInForm()
    case = own_case(actor, Permission.MAILBOX_WRITE)
    if not form.validate_on_submit():
        return _question(form)
    question = open_question(case.id)
    if question is None or question.id.hex != form.check_in.data:
        raise ChangedMeanwhile(of_case(case))
    answer_check_in(question, form.answer.data, form.words.data, actor=actor)
    flash(_("お答えを受け取りました。相談員が確かめます。"), "success")
    return redirect(url_for("mailbox.read"))


@blueprint.get("/desk/watch")
@asks(Permission.CASE_LIST)
def overview() -> ResponseReturnValue:
    actor = actor_here()
    return render_template("watch/overview.html", lines=watch_lines(actor), most=MOST_SHOWN, now=now())


@blueprint.post("/desk/watch/<uuid:check_in_id>/see")
@asks(Permission.CASE_NOTE)
def see(check_in_id: uuid.UUID) -> ResponseReturnValue:
    reach = visible_cases(actor_here(), Permission.CASE_NOTE)
    see_answer(
        one_or_404(select(CheckIn).join(Case, Case.id == CheckIn.case_id).where(CheckIn.id == check_in_id, reach)),
        actor=actor_here(),
    )
    flash(_("答えを確かめたことを記録しました。"), "success")
    return redirect(url_for("watch.overview"))


def _question(form: CheckInForm) -> str:
    visit = actor_here().visit
    return render_template("watch/asked.html", form=form, session_ends_at=visit.idle_ends_at if visit else None)
