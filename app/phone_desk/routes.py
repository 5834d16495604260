"""The pages of the telephone desk: what kind of call it is, what is due, a code by voice, a lost code, a consumer."""

from __future__ import annotations

import uuid

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app.phone_desk import blueprint, consent_routes
from app.phone_desk.actions import confirm_repeated, count_complaint, issue_again, note_the_asking, record_reply
from app.phone_desk.forms import ComplaintForm, LostCodeForm, ResultForm
from app.phone_desk.queries import (
    Reach,
    case_behind,
    complaints_of_late,
    due_replies,
    is_handler,
    may_reach,
    reach_of,
    receipt_of,
)
from app.pipeline.access import asks
from app.pipeline.acting import ChangedMeanwhile
from app.pipeline.audit import of_case, record_reading
from app.pipeline.clock import now
from app.pipeline.identity import actor_here
from app.pipeline.standing import one_or_404, visible_cases
from app.pipeline.transaction import db
from app.presentation.spoken_receipt import RepeatForm, shown_receipt
from app.referrals.queries import consumer_lines
from crypto import CannotOpen
from models.case import Case
from models.reply_task import ReplyTask
from models.rules.desk_reasons import ReadingReason
from models.rules.permissions import Permission
from models.rules.replies import ReplyResult, ReplyWay

# Imported so that its route is registered with these.
__all__ = ["consent_routes"]


@blueprint.get("/")
@asks(Permission.REPLY_LIST)
def desk() -> ResponseReturnValue:
    return render_template(
        "phone_desk/desk.html", due=due_replies(actor_here()), complaints=complaints_of_late(), now=now()
    )


@blueprint.post("/repeat")
@asks(Permission.CASE_KEY_IN)
def repeat() -> ResponseReturnValue:
    form = RepeatForm()
    code = form.receipt.data or ""
    if receipt_of(code) is None:
        abort(404)
    if form.validate():
        if confirm_repeated(code, form.last_group.data, actor=actor_here()):
            flash(_("受付コードが正しく伝わったことを確かめました。コードは、もう表示されません。"), "success")
            return redirect(url_for("phone_desk.desk"))
        form.refuse(
            form.last_group,
            _("最後の4文字が違います。もう一度、最後の組をゆっくり読み上げて、復唱していただいてください。"),
        )
    return _code_page(code, form)


@blueprint.route("/complaint", methods=["GET", "POST"])
@asks(Permission.COMPLAINT_COUNT)
def complaint() -> ResponseReturnValue:
    form = ComplaintForm()
    if form.validate_on_submit():
        count_complaint(actor=actor_here())
        flash(_("消費者からの苦情として数えました。相談の記録は作っていません。"), "success")
        return redirect(url_for("phone_desk.desk"))
    return render_template("phone_desk/complaint.html", form=form, lines=consumer_lines())


@blueprint.route("/lost-code", methods=["GET", "POST"])
@asks(Permission.CASE_ISSUE_CODE)
def lost_code() -> ResponseReturnValue:
    actor, form = actor_here(), LostCodeForm()
    if not is_handler(actor) or not form.validate_on_submit():
        return render_template("phone_desk/lost_code.html", form=form, is_handler=is_handler(actor), refused="")
    refused = "answers"
    if note_the_asking(actor=actor):
        found = case_behind(form.told(), first=form.first.data, last=form.last.data, actor=actor)
        if found is not None:
            try:
                return _code_page(issue_again(found, actor=actor).code, renewed=True)
            except CannotOpen:
                # Somebody else's keys are wanted for a part of it; whoever calls hears what everybody hears.
                found = None
    else:
        refused = "tries"
    return render_template("phone_desk/lost_code.html", form=form, is_handler=True, refused=refused)


@blueprint.get("/reply/<uuid:task_id>")
@asks(Permission.CASE_READ_IDENTITY)
def reply(task_id: uuid.UUID) -> ResponseReturnValue:
    task, case = _find(task_id, Permission.CASE_READ_IDENTITY)
    form = ResultForm(formdata=None, way=task.way, data={"version": str(task.version)})
    return _reply_page(task, case, form)


@blueprint.get("/reply/<uuid:task_id>/letter")
@asks(Permission.CASE_READ_IDENTITY)
def letter(task_id: uuid.UUID) -> ResponseReturnValue:
    task, case = _find(task_id, Permission.CASE_READ_IDENTITY)
    if task.way is not ReplyWay.POST:
        abort(404)
    return render_template("phone_desk/letter.html", task=task, reach=_opened(task, case), day=now())


@blueprint.post("/reply/<uuid:task_id>/result")
@asks(Permission.REPLY_RECORD)
def result(task_id: uuid.UUID) -> ResponseReturnValue:
    task, case = _find(task_id, Permission.REPLY_RECORD)
    form = ResultForm(way=task.way)
    if not form.validate():
        return _reply_page(task, case, form)
    if task.version != form.seen():
        raise ChangedMeanwhile(of_case(case))
    record_reply(task, form.result.data, actor=actor_here())
    again = form.result.data is ReplyResult.NO_ANSWER
    flash(_("次の営業日にもう一度かける予定にしました。") if again else _("結果を記録しました。"), "success")
    return redirect(url_for("phone_desk.desk"))


def _find(task_id: uuid.UUID, permission: Permission) -> tuple[ReplyTask, Case]:
    """A call or letter that is still due, of a case that the one present may do this to."""
    task: ReplyTask = one_or_404(
        select(ReplyTask)
        .join(Case, Case.id == ReplyTask.case_id)
        .where(ReplyTask.id == task_id, ReplyTask.ended_at.is_(None), visible_cases(actor_here(), permission))
    )
    return task, db().get_one(Case, task.case_id)


def _opened(task: ReplyTask, case: Case) -> Reach:
    """Number, address and words, after both readings were recorded."""
    actor = actor_here()
    if not may_reach(case, actor):
        abort(404)
    reason = ReadingReason.CONTACT.value
    record_reading(of_case(case), "case.read_identity", actor=actor, facts={"reason_code": reason})
    record_reading(of_case(case), "case.read", actor=actor, facts={"compartment": "narrative", "reason_code": reason})
    return reach_of(task, actor=actor)


def _reply_page(task: ReplyTask, case: Case, form: ResultForm) -> str:
    return render_template(
        "phone_desk/reply.html", task=task, case=case, reach=_opened(task, case), form=form, now=now()
    )


def _code_page(code: str, form: RepeatForm | None = None, *, renewed: bool = False) -> str:
    return render_template(
        "phone_desk/receipt.html",
        **shown_receipt(code, form),
        is_spoken=True,
        is_crisis=False,
        lines=(),
        desk=None,
        renewed=renewed or request.form.get("renewed") == "1",
    )
