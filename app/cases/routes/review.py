"""Review on its pages: the report block by block beside what was forwarded, its return, its acceptance, the result."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.cases import blueprint
from app.cases.actions import accept_report, begin_review, decide_extension, give_feedback, return_report
from app.cases.actions.reviewing import report_to_review
from app.cases.forms import FeedbackForm, ReviewForm
from app.cases.opened import WithCompany, codes_of, with_company
from app.cases.queries import reports_of
from app.cases.routes.finding import asked, back_to, find, find_as_seen, must_be_as_seen, part_of
from app.pipeline.access import asks
from app.pipeline.audit import of_case, record_reading
from app.pipeline.clock import now
from app.pipeline.identity import actor_here
from app.pipeline.transaction import db
from app.presentation.buttons import pressed
from app.presentation.filters import label
from models.case import Case
from models.exchange import Exchange
from models.extension import Extension
from models.report import Report
from models.rules.escalation_ladder import ladder_policy_at, returns_lead_to_request
from models.rules.permissions import Permission
from models.rules.report_blocks import ReportBlock, thin_blocks
from models.rules.taxonomy.company_action import CompanyAction, needs_a_second_look
from models.rules.taxonomy.requested_help import RequestedHelp


@blueprint.post("/<number>/begin-review")
@asks(Permission.REPORT_REVIEW)
def begin_review_(number: str) -> ResponseReturnValue:
    found = find_as_seen(number, Permission.REPORT_REVIEW)
    begin_review(found, actor=actor_here())
    return redirect(url_for("cases.review", number=number))


@blueprint.route("/<number>/review", methods=["GET", "POST"])
@asks(Permission.REPORT_REVIEW)
def review(number: str) -> ResponseReturnValue:
    found = find(number, Permission.REPORT_REVIEW)
    report = report_to_review(found)
    if report is None:
        return back_to(found, "copies")
    if request.form.get("accept"):
        return _accept(found, report)
    form = ReviewForm(data={"version": found.version})
    if not asked(form, found):
        return _review_page(found, report, form)
    return_report(found, report, _with_missing(form), actor=actor_here())
    flash(_("報告を差し戻しました。会社の責任者に、足りないところが届きます。"), "success")
    return back_to(found, "copies")


def _accept(case: Case, report: Report) -> ResponseReturnValue:
    must_be_as_seen(case)
    accept_report(case, report, actor=actor_here())
    flash(_("報告を受理しました。次は、相談者に結果を伝えてください。"), "success")
    return back_to(case)


def _with_missing(form: ReviewForm) -> str:
    missing = "\n".join(f"・{label(block)}" for block in form.missing.data)
    return f"{missing}\n\n{form.reason.data}" if missing else str(form.reason.data)


def _review_page(case: Case, report: Report, form: ReviewForm) -> ResponseReturnValue:
    actor = actor_here()
    record_reading(of_case(case), "report.read", actor=actor, facts={"report_id": report.id.hex})
    part = with_company(db().get_one(Exchange, report.exchange_id), actor=actor)
    opened = part.reports[-1]
    actions = [CompanyAction(code) for code in opened.blocks.get("actions", [])]
    asked_for = [one for one in codes_of(case)["requested_help"] if isinstance(one, RequestedHelp)]
    returned = sum(one.returned_at is not None for one in reports_of(part.exchange))
    return render_template(
        "cases/review.html",
        case=case,
        part=part,
        report=opened,
        blocks=[(block, str(opened.blocks.get(block.value, ""))) for block in ReportBlock],
        before=_before(part),
        actions=actions,
        asked_for=asked_for,
        flagged=needs_a_second_look(actions, requested=asked_for),
        thin=thin_blocks(opened.blocks),
        returned=returned,
        next_leads_to_request=returns_lead_to_request(returned + 1, ladder_policy_at(now())),
        form=form,
    )


def _before(part: WithCompany) -> str:
    """Why the version before was sent back."""
    return part.reports[-2].return_reason if len(part.reports) > 1 else ""


@blueprint.post("/<number>/extension/<extension_id>")
@asks(Permission.REPORT_REVIEW)
def extension(number: str, extension_id: str) -> ResponseReturnValue:
    found = find(number, Permission.REPORT_REVIEW)
    asked_for: Extension = part_of(Extension, extension_id, found)
    must_be_as_seen(found)
    granted = pressed("answer", "grant", "refuse") == "grant"
    decide_extension(found, asked_for, granted, actor=actor_here())
    flash(_("延長を認めました。") if granted else _("延長を認めませんでした。"), "success")
    return back_to(found, "copies")


@blueprint.route("/<number>/feedback", methods=["GET", "POST"])
@asks(Permission.CASE_MESSAGE)
def feedback(number: str) -> ResponseReturnValue:
    found = find(number, Permission.CASE_MESSAGE)
    form = FeedbackForm(data={"version": found.version})
    if not asked(form, found):
        return render_template(
            "cases/write.html",
            case=found,
            form=form,
            fields=[form.feedback],
            heading=_("結果を相談者に伝える"),
            button=_("結果を伝える"),
        )
    give_feedback(found, form.feedback.data, actor=actor_here())
    flash(_("相談者に結果を伝えました。"), "success")
    return back_to(found, "said")
