"""The pages of company files: the list, one file, its counter sheet, the draft of what is due, and the proposal."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.clocks.queries import calendar
from app.escalations import blueprint, comparison_routes, letter_routes, two_person_routes
from app.escalations.actions import (
    draft_request,
    issue_request,
    propose,
    record_compliance,
    revise_draft,
    thaw_file,
)
from app.escalations.counter_page import counter_page
from app.escalations.drafting import text_for
from app.escalations.file_page import TONES, view_of
from app.escalations.forms import LetterForm, ProposalForm
from app.escalations.letter_page import open_letter
from app.escalations.queries import draft_of, file_numbered, letters_to, no_longer_owed
from app.escalations.queries.files import PAGE, ListedFile, listed_files
from app.pipeline.access import asks
from app.pipeline.acting import ChangedMeanwhile, asked, must_be_as_seen
from app.pipeline.audit import of_company_file
from app.pipeline.clock import now
from app.pipeline.identity import actor_here
from app.pipeline.rehearsal import makes_first
from app.presentation.changing_form import ChangingForm
from app.presentation.due import time_left
from app.presentation.pagination import Page, backward_page, decode_position, forward_page
from models.company_file import CompanyFile
from models.formal_request import FormalRequest
from models.rules.escalation_ladder import Step
from models.rules.people import COMPANY
from models.rules.permissions import Permission

__all__ = ["comparison_routes", "letter_routes", "two_person_routes"]


@blueprint.get("/")
@asks(Permission.ESCALATION_LIST)
def files() -> ResponseReturnValue:
    actor = actor_here()
    if actor.role in COMPANY:
        return render_template("escalations/letters.html", letters=letters_to(actor), tones=TONES, step=Step)
    ended = request.args.get("show") == "ended"
    page = _page_of_files(ended=ended, after=request.args.get("after"), before=request.args.get("before"))
    left = {
        row.file.id: time_left(row.file.next_due_at, at=now(), calendar=calendar())
        for row in page.rows
        if row.file.next_due_at
    }
    return render_template(
        "escalations/files.html", page=page, ended=ended, left=left, tones=TONES, now=now(), step=Step
    )


def _page_of_files(*, ended: bool, after: str | None, before: str | None) -> Page[ListedFile]:
    back = decode_position(before, str, str)
    if back is not None:
        rows = listed_files(actor_here(), ended=ended, before=(str(back[0]), str(back[1])))
        return backward_page(rows, size=PAGE, position_of=lambda row: row.position)
    on = decode_position(after, str, str)
    rows = listed_files(actor_here(), ended=ended, after=(str(on[0]), str(on[1])) if on else None)
    return forward_page(rows, size=PAGE, position_of=lambda row: row.position, began_after=after if on else None)


@blueprint.get("/<number>")
@asks(Permission.ESCALATION_READ)
def file(number: str) -> ResponseReturnValue:
    found = _find(number, Permission.ESCALATION_READ)
    return render_template("escalations/file.html", view=view_of(found, actor_here()), now=now(), tones=TONES)


@blueprint.get("/<number>/counter")
@asks(Permission.ESCALATION_READ)
def counter(number: str) -> ResponseReturnValue:
    found = _find(number, Permission.ESCALATION_READ)
    return counter_page(found)


@blueprint.get("/<number>/draft")
@asks(Permission.ESCALATION_READ)
def draft(number: str) -> ResponseReturnValue:
    found = _find(number, Permission.ESCALATION_READ)
    written = draft_of(found)
    if written is None:
        step = Step(found.next_step) if found.next_step else abort(404)
        form = LetterForm(data={"text": text_for(found, step), "version": found.version})
        return _draft_page(found, form, None)
    text = open_letter(written, actor_here()).text
    return _draft_page(found, LetterForm(data={"text": text, "version": written.version}), written)


@blueprint.post("/<number>/draft")
@asks(Permission.ESCALATION_DRAFT)
def save_draft(number: str) -> ResponseReturnValue:
    found = _find(number, Permission.ESCALATION_DRAFT)
    written, form = draft_of(found), LetterForm()
    if not asked(form, written or found, subject=of_company_file(found)):
        return _draft_page(found, form, written)
    if written is not None:
        revise_draft(written, text=form.text.data, actor=actor_here())
    elif found.next_step:
        draft_request(found, Step(found.next_step), text=form.text.data, actor=actor_here())
    else:
        raise ChangedMeanwhile(of_company_file(found))
    flash(_("文面を保存しました。まだ会社には届いていません。"), "success")
    return redirect(url_for("escalations.draft", number=found.number))


def _draft_page(found: CompanyFile, form: LetterForm, written: FormalRequest | None) -> ResponseReturnValue:
    return render_template(
        "escalations/draft.html",
        view=view_of(found, actor_here()),
        form=form,
        written=written,
        is_outdated=written is not None and no_longer_owed(written),
    )


@blueprint.post("/<number>/issue-e1")
@asks(Permission.ESCALATION_ISSUE_E1)
@makes_first
def issue_e1(number: str) -> ResponseReturnValue:
    return _issue(number, Step.E1, Permission.ESCALATION_ISSUE_E1)


@blueprint.post("/<number>/issue-e2")
@asks(Permission.ESCALATION_ISSUE_E2)
@makes_first
def issue_e2(number: str) -> ResponseReturnValue:
    return _issue(number, Step.E2, Permission.ESCALATION_ISSUE_E2)


@blueprint.post("/<number>/issue-e3")
@asks(Permission.ESCALATION_ISSUE_E3)
@makes_first
def issue_e3(number: str) -> ResponseReturnValue:
    return _issue(number, Step.E3, Permission.ESCALATION_ISSUE_E3)


@blueprint.post("/<number>/issue-e4")
@asks(Permission.ESCALATION_ISSUE_E4)
@makes_first
def issue_e4(number: str) -> ResponseReturnValue:
    return _issue(number, Step.E4, Permission.ESCALATION_ISSUE_E4)


def _issue(number: str, step: Step, permission: Permission) -> ResponseReturnValue:
    found = _find(number, permission)
    written = draft_of(found)
    if written is None or written.step != step.code:
        raise ChangedMeanwhile(of_company_file(found))
    must_be_as_seen(written, ChangingForm(), subject=of_company_file(found))
    issue_request(written, actor=actor_here())
    if written.served_at is None:
        flash(_("発出しました。画面で届けられる相手がいないため、郵送し、送達を記録してください。"), "warning")
    else:
        flash(_("発出し、会社に届けました。"), "success")
    return redirect(url_for("escalations.letter", number=written.number))


@blueprint.route("/<number>/proposal", methods=["GET"])
@asks(Permission.ESCALATION_READ)
def proposal(number: str) -> ResponseReturnValue:
    found = _find(number, Permission.ESCALATION_READ)
    return _proposal_page(found, ProposalForm(data={"version": found.version}))


@blueprint.post("/<number>/proposal")
@asks(Permission.ESCALATION_PROPOSE)
def put_to_the_board(number: str) -> ResponseReturnValue:
    found, form = _find(number, Permission.ESCALATION_PROPOSE), ProposalForm()
    if not asked(form, found, subject=of_company_file(found)):
        return _proposal_page(found, form)
    item = propose(found, grounds=form.grounds.data, actor=actor_here())
    flash(_("理事会に付議しました。次に、会社に弁明の機会を通知してください。"), "success")
    return redirect(url_for("resolutions.item", item_id=item.id))


def _proposal_page(found: CompanyFile, form: ProposalForm) -> ResponseReturnValue:
    view = view_of(found, actor_here())
    if not view.may_propose:
        abort(404)
    return render_template("escalations/proposal.html", view=view, form=form)


@blueprint.post("/<number>/compliance")
@asks(Permission.ESCALATION_CONCLUDE)
def compliance(number: str) -> ResponseReturnValue:
    found = _find_as_seen(number, Permission.ESCALATION_CONCLUDE)
    record_compliance(found, actor=actor_here())
    flash(_("会社が応じたことを記録しました。"), "success")
    return redirect(url_for("escalations.file", number=found.number))


@blueprint.post("/<number>/thaw")
@asks(Permission.ESCALATION_PROPOSE)
def thaw(number: str) -> ResponseReturnValue:
    found = _find_as_seen(number, Permission.ESCALATION_PROPOSE)
    thaw_file(found, reason_code="rejoined", actor=actor_here())
    flash(_("凍結を解きました。回答を待っていた要請の期限は、あらためて数えます。"), "success")
    return redirect(url_for("escalations.file", number=found.number))


def _find_as_seen(number: str, permission: Permission) -> CompanyFile:
    """The file for an act that needs nothing but its button, while it is as the button's page showed it."""
    found = _find(number, permission)
    must_be_as_seen(found, ChangingForm(), subject=of_company_file(found))
    return found


def _find(number: str, permission: Permission) -> CompanyFile:
    return file_numbered(number, actor_here(), permission) or abort(404)
