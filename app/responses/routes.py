"""The pages of the officer: one list with clear clocks, one page for each matter, and the report."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.attachments.queries import count_of, for_the_office
from app.pipeline.access import asks
from app.pipeline.acting import asked, must_be_as_seen
from app.pipeline.audit import Fact, of_case, record_reading
from app.pipeline.clock import now, today
from app.pipeline.identity import actor_here
from app.pipeline.standing import one_or_404, visible_exchanges
from app.presentation.changing_form import ChangingForm
from app.presentation.filters import label
from app.presentation.standing_answer import standing_answer
from app.responses import blueprint
from app.responses.actions import (
    acknowledge,
    ask_extension,
    log_action,
    open_exchange,
    record_response,
    reply_to_worker,
    submit_report,
)
from app.responses.forms import ActionForm, ExtensionForm, ReplyForm, ReportForm, ResponseForm
from app.responses.queries import (
    Tab,
    approved_copy,
    extension_of,
    letters_waiting,
    may_extend,
    one_exchange,
    page_of_inbox,
    view_of,
)
from models.exchange import Exchange
from models.rules.deadlines import ExtensionRefusal
from models.rules.permissions import Permission
from models.rules.report_blocks import ReportBlock

FORMS: dict[str, type[ChangingForm]] = {
    "action": ActionForm,
    "reply": ReplyForm,
    "response": ResponseForm,
    "extension": ExtensionForm,
}


@blueprint.get("/")
@asks(Permission.RESPONSE_LIST)
def inbox() -> ResponseReturnValue:
    tab = Tab.of(request.args.get("show"))
    page = page_of_inbox(actor_here(), tab, after=request.args.get("after"), before=request.args.get("before"))
    return render_template(
        "responses/inbox.html", tab=tab, tabs=Tab, page=page, now=now(), letters=letters_waiting(actor_here())
    )


@blueprint.get("/<reference>")
@asks(Permission.RESPONSE_READ)
def exchange(reference: str) -> ResponseReturnValue:
    return _show(_find(reference, Permission.RESPONSE_READ), {})


@blueprint.post("/<reference>/open")
@asks(Permission.RESPONSE_ACKNOWLEDGE)
def open_(reference: str) -> ResponseReturnValue:
    found = _find(reference, Permission.RESPONSE_ACKNOWLEDGE)
    open_exchange(found, actor=actor_here())
    return _back_to(found)


@blueprint.post("/<reference>/acknowledge")
@asks(Permission.RESPONSE_ACKNOWLEDGE)
def acknowledge_(reference: str) -> ResponseReturnValue:
    found = _find(reference, Permission.RESPONSE_ACKNOWLEDGE)
    must_be_as_seen(found, ChangingForm(), subject=of_case(found.case_id))
    acknowledge(found, actor=actor_here())
    flash(_("受領を確認しました。協会にも伝わっています。次は、最初の対応を記録してください。"), "success")
    return _back_to(found)


@blueprint.post("/<reference>/action")
@asks(Permission.RESPONSE_ACT)
def action(reference: str) -> ResponseReturnValue:
    found = _find(reference, Permission.RESPONSE_ACT)
    form = ActionForm(prefix="action")
    if not asked(form, found, subject=of_case(found.case_id)):
        return _show(found, {"action": form})
    log_action(found, action=form.action.data, note=form.note.data, done_on=form.done_on.data, actor=actor_here())
    flash(_("対応を記録しました。"), "success")
    return _back_to(found)


@blueprint.post("/<reference>/reply")
@asks(Permission.RESPONSE_ACT)
def reply(reference: str) -> ResponseReturnValue:
    found = _find(reference, Permission.RESPONSE_ACT)
    form = ReplyForm(prefix="reply")
    if not asked(form, found, subject=of_case(found.case_id)):
        return _show(found, {"reply": form})
    reply_to_worker(found, form.text.data, actor=actor_here())
    flash(_("返信を届けました。相談した人は、協会の画面で読みます。"), "success")
    return _back_to(found)


@blueprint.post("/<reference>/response")
@asks(Permission.RESPONSE_ACT)
def response(reference: str) -> ResponseReturnValue:
    found = _find(reference, Permission.RESPONSE_ACT)
    form = ResponseForm(prefix="response")
    if not asked(form, found, subject=of_case(found.case_id)):
        return _show(found, {"response": form})
    record_response(found, how=form.how.data, note=form.note.data, done_on=form.done_on.data, actor=actor_here())
    flash(_("本人への対応を記録しました。報告書の提出がまだ残っています。"), "success")
    return _back_to(found)


@blueprint.post("/<reference>/extension")
@asks(Permission.RESPONSE_REPORT)
def extension(reference: str) -> ResponseReturnValue:
    found = _find(reference, Permission.RESPONSE_REPORT)
    form = ExtensionForm(prefix="extension")
    if form.validate_on_submit():
        decision = may_extend(found, working_days=form.working_days.data, reason=form.reason.data)
        if decision:
            must_be_as_seen(found, form, subject=of_case(found.case_id))
            ask_extension(found, working_days=form.working_days.data, reason=form.reason.data, actor=actor_here())
            flash(_("延長をお願いしました。協会の返事は、この画面に出ます。それまでは今の期限のままです。"), "success")
            return _back_to(found)
        if extension_of(found) is not None:
            flash(_why_not(decision.reason), "error")
            return _back_to(found)
        form.refuse(form.working_days, _why_not(decision.reason))
    return _show(found, {"extension": form})


@blueprint.get("/<reference>/report")
@asks(Permission.RESPONSE_READ)
def write_report(reference: str) -> ResponseReturnValue:
    found = _find(reference, Permission.RESPONSE_READ)
    return _show_report(found, None)


@blueprint.post("/<reference>/report")
@asks(Permission.RESPONSE_REPORT)
def report(reference: str) -> ResponseReturnValue:
    found = _find(reference, Permission.RESPONSE_REPORT)
    form = ReportForm(prefix="report")
    if not asked(form, found, subject=of_case(found.case_id)):
        return _show_report(found, form)
    blocks = form.blocks()
    submit_report(found, blocks, actor=actor_here())
    flash(_("報告書を提出しました。協会の事務局が内容を確認し、結果をこの画面でお知らせします。"), "success")
    return _back_to(found)


def _find(reference: str, permission: Permission) -> Exchange:
    found: Exchange = one_or_404(one_exchange(reference, visible_exchanges(actor_here(), permission)))
    return found


def _back_to(found: Exchange) -> ResponseReturnValue:
    return redirect(url_for("responses.exchange", reference=found.reference))


def _show(found: Exchange, answered: dict[str, ChangingForm]) -> ResponseReturnValue:
    """The page of one matter; before it was opened, and after it is closed, nothing of its content."""
    if found.state == "closed":
        return render_template("responses/closed.html", exchange=found)
    if found.opened_at is None:
        return render_template("responses/cover.html", exchange=found)
    actor = actor_here()
    record_reading(of_case(found.case_id), "copy.view", actor=actor, facts=_copy_fact(found))
    view = view_of(found, actor=actor)
    forms = {name: answered.get(name) or _fresh(name, found) for name in FORMS}
    return render_template(
        "responses/exchange.html",
        exchange=found,
        view=view,
        now=now(),
        files_count=count_of(for_the_office(found)),
        forms=forms,
        form_with_errors=list(forms.values()),
        phone=current_app.config["KIKITE"].desk_phone,
        standing_answer=standing_answer(),
    )


def _show_report(found: Exchange, form: ReportForm | None) -> ResponseReturnValue:
    if found.state == "closed" or found.opened_at is None:
        return _show(found, {})
    actor = actor_here()
    record_reading(of_case(found.case_id), "copy.view", actor=actor, facts=_copy_fact(found))
    view = view_of(found, actor=actor)
    if not view.may_report:
        return _back_to(found)
    before = view.reports[-1] if view.reports else None
    return render_template(
        "responses/report.html",
        exchange=found,
        view=view,
        before=before,
        blocks=ReportBlock,
        form=form or ReportForm(prefix="report", data={**(before.blocks if before else {}), "version": found.version}),
    )


def _fresh(name: str, found: Exchange) -> ChangingForm:
    starts = {"version": found.version, "done_on": today()}
    return FORMS[name](formdata=None, prefix=name, data=starts)


def _copy_fact(found: Exchange) -> dict[str, Fact]:
    copy = approved_copy(found)
    return {"copy_id": copy.id.hex if copy else None}


def _why_not(reason: str) -> str:
    if reason == "no_report_due":
        return str(_("いまは報告書の期限がないため、延長はお願いできません。"))
    return label(ExtensionRefusal(reason))
