"""The question in the mailbox, and the desk's list of the watches."""

from __future__ import annotations

import uuid
from datetime import datetime

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app.intake.actions import Receipted
from app.mailbox.queries import own_case
from app.pipeline.access import asks
from app.pipeline.acting import ChangedMeanwhile
from app.pipeline.audit import of_case
from app.pipeline.clock import now
from app.pipeline.identity import actor_here
from app.pipeline.standing import one_or_404, visible_cases
from app.referrals.queries import crisis_lines
from app.watch import blueprint
from app.watch.actions.answering import answer_check_in
from app.watch.actions.telling import tell_of_retaliation, told_already
from app.watch.actions.watching import see_answer
from app.watch.forms import CheckInForm, TellForm
from app.watch.queries import MOST_SHOWN, is_watched, open_question, watch_lines
from models.case import Case
from models.check_in import CheckIn
from models.rules.permissions import Permission
from models.rules.retaliation_watch import CheckInAnswer


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
    is_telling = form.answer.data is CheckInAnswer.HAPPENED and bool(form.words.data)
    before = told_already(form.words.data, sheet=form.check_in.data or "", actor=actor) if is_telling else None
    if before is not None:
        return _told(before)
    question = open_question(case.id)
    if question is None or question.id.hex != form.check_in.data:
        raise ChangedMeanwhile(of_case(case))
    if is_telling:
        # What she writes now is a case of its own; the question is answered, and her words stand there alone.
        receipted = tell_of_retaliation(case, form.words.data, sheet=question.id.hex, actor=actor)
        answer_check_in(question, form.answer.data, actor=actor)
        return _told(receipted)
    answer_check_in(question, form.answer.data, form.words.data, actor=actor)
    flash(_("お答えを受け取りました。相談員が確かめます。"), "success")
    goes_on = form.answer.data is CheckInAnswer.HAPPENED and is_watched(case)
    return redirect(url_for("watch.telling" if goes_on else "mailbox.read"))


@blueprint.get("/mailbox/retaliation")
@asks(Permission.MAILBOX_READ)
def telling() -> ResponseReturnValue:
    if not is_watched(own_case(actor_here(), Permission.MAILBOX_READ)):
        return redirect(url_for("mailbox.read"))
    return _tell(TellForm(formdata=None))


@blueprint.post("/mailbox/retaliation")
@asks(Permission.MAILBOX_WRITE)
def tell() -> ResponseReturnValue:
    actor, form = actor_here(), TellForm()
    case = own_case(actor, Permission.MAILBOX_WRITE)
    if not is_watched(case):
        raise ChangedMeanwhile(of_case(case))
    if not form.validate_on_submit():
        return _tell(form)
    return _told(tell_of_retaliation(case, form.text.data, sheet=form.sheet.data or "", actor=actor))


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


def _tell(form: TellForm) -> str:
    return render_template("watch/tell.html", form=form, session_ends_at=_ends_at())


def _told(receipted: Receipted) -> str:
    groups = receipted.code.split("-") if receipted.code else []
    lines = crisis_lines() if receipted.is_crisis else ()
    return render_template("watch/told.html", groups=groups, lines=lines, session_ends_at=_ends_at())


def _question(form: CheckInForm) -> str:
    return render_template("watch/asked.html", form=form, session_ends_at=_ends_at())


def _ends_at() -> datetime | None:
    visit = actor_here().visit
    return visit.ends_at if visit else None
