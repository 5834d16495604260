"""The pages of the officer: one list with clear clocks, one page for each matter, and the report."""

from __future__ import annotations

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.people.queries import open_question
from app.pipeline.access import asks
from app.pipeline.acting import asked, must_be_as_seen
from app.pipeline.audit import of_case
from app.pipeline.clock import now
from app.pipeline.identity import actor_here, person_here
from app.presentation.changing_form import ChangingForm
from app.responses import blueprint, draft_routes, print_routes
from app.responses.actions import (
    acknowledge,
    ask_extension,
    log_action,
    open_exchange,
    record_response,
    reply_to_worker,
    submit_report,
)
from app.responses.drafts import must_know_the_draft
from app.responses.forms import ActionForm, ExtensionForm, ReplyForm, ReportForm, ResponseForm
from app.responses.pages import back_to, find, show, show_report, why_not_extended
from app.responses.queries import (
    Tab,
    extension_of,
    letters_waiting,
    may_extend,
    page_of_inbox,
)
from models.rules.drafts import DraftKind
from models.rules.permissions import Permission

__all__ = ["draft_routes", "print_routes"]


@blueprint.get("/")
@asks(Permission.RESPONSE_LIST)
def inbox() -> ResponseReturnValue:
    tab = Tab.of(request.args.get("show"))
    page = page_of_inbox(actor_here(), tab, after=request.args.get("after"), before=request.args.get("before"))
    return render_template(
        "responses/inbox.html",
        tab=tab,
        tabs=Tab,
        page=page,
        now=now(),
        letters=letters_waiting(actor_here()),
        asked=open_question(person_here()),
    )


@blueprint.get("/<reference>")
@asks(Permission.RESPONSE_READ)
def exchange(reference: str) -> ResponseReturnValue:
    return show(find(reference, Permission.RESPONSE_READ), {})


@blueprint.post("/<reference>/open")
@asks(Permission.RESPONSE_ACKNOWLEDGE)
def open_(reference: str) -> ResponseReturnValue:
    found = find(reference, Permission.RESPONSE_ACKNOWLEDGE)
    open_exchange(found, actor=actor_here())
    return back_to(found)


@blueprint.post("/<reference>/acknowledge")
@asks(Permission.RESPONSE_ACKNOWLEDGE)
def acknowledge_(reference: str) -> ResponseReturnValue:
    found = find(reference, Permission.RESPONSE_ACKNOWLEDGE)
    must_be_as_seen(found, ChangingForm(), subject=of_case(found.case_id))
    acknowledge(found, actor=actor_here())
    flash(_("受領を確認しました。協会にも伝わっています。次は、最初の対応を記録してください。"), "success")
    return back_to(found)


@blueprint.post("/<reference>/action")
@asks(Permission.RESPONSE_ACT)
def action(reference: str) -> ResponseReturnValue:
    found = find(reference, Permission.RESPONSE_ACT)
    form = ActionForm(prefix="action")
    if not asked(form, found, subject=of_case(found.case_id)):
        return show(found, {"action": form})
    log_action(found, action=form.action.data, note=form.note.data, done_on=form.done_on.data, actor=actor_here())
    flash(_("対応を記録しました。"), "success")
    return back_to(found)


@blueprint.post("/<reference>/reply")
@asks(Permission.RESPONSE_ACT)
def reply(reference: str) -> ResponseReturnValue:
    found = find(reference, Permission.RESPONSE_ACT)
    form = ReplyForm(prefix="reply")
    if not asked(form, found, subject=of_case(found.case_id)):
        return show(found, {"reply": form})
    must_know_the_draft(found, DraftKind.REPLY, seen=form.seen_draft(), actor=actor_here())
    reply_to_worker(found, form.text.data, actor=actor_here())
    flash(_("返信を届けました。相談した人は、協会の画面で読みます。"), "success")
    return back_to(found)


@blueprint.post("/<reference>/response")
@asks(Permission.RESPONSE_ACT)
def response(reference: str) -> ResponseReturnValue:
    found = find(reference, Permission.RESPONSE_ACT)
    form = ResponseForm(prefix="response")
    if not asked(form, found, subject=of_case(found.case_id)):
        return show(found, {"response": form})
    record_response(found, how=form.how.data, note=form.note.data, done_on=form.done_on.data, actor=actor_here())
    flash(_("本人への対応を記録しました。報告書の提出がまだ残っています。"), "success")
    return back_to(found)


@blueprint.post("/<reference>/extension")
@asks(Permission.RESPONSE_REPORT)
def extension(reference: str) -> ResponseReturnValue:
    found = find(reference, Permission.RESPONSE_REPORT)
    form = ExtensionForm(prefix="extension")
    if form.validate_on_submit():
        decision = may_extend(found, working_days=form.working_days.data, reason=form.reason.data)
        if decision:
            must_be_as_seen(found, form, subject=of_case(found.case_id))
            ask_extension(found, working_days=form.working_days.data, reason=form.reason.data, actor=actor_here())
            flash(_("延長をお願いしました。協会の返事は、この画面に出ます。それまでは今の期限のままです。"), "success")
            return back_to(found)
        if extension_of(found) is not None:
            flash(why_not_extended(decision.reason), "error")
            return back_to(found)
        form.refuse(form.working_days, why_not_extended(decision.reason))
    return show(found, {"extension": form})


@blueprint.get("/<reference>/report")
@asks(Permission.RESPONSE_READ)
def write_report(reference: str) -> ResponseReturnValue:
    found = find(reference, Permission.RESPONSE_READ)
    return show_report(found, None)


@blueprint.post("/<reference>/report")
@asks(Permission.RESPONSE_REPORT)
def report(reference: str) -> ResponseReturnValue:
    found = find(reference, Permission.RESPONSE_REPORT)
    form = ReportForm(prefix="report")
    if not asked(form, found, subject=of_case(found.case_id)):
        return show_report(found, form)
    must_know_the_draft(found, DraftKind.REPORT, seen=form.seen_draft(), actor=actor_here())
    blocks = form.blocks()
    submit_report(found, blocks, actor=actor_here())
    flash(_("報告書を提出しました。協会の事務局が内容を確認し、結果をこの画面でお知らせします。"), "success")
    return back_to(found)
