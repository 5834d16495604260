"""What the officer's pages show: one matter before and after it was opened, and the form of its report."""

from __future__ import annotations

from typing import Any

from flask import current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.attachments.queries import count_of, for_the_office
from app.pipeline.audit import Fact, of_case, record_reading
from app.pipeline.clock import now, today
from app.pipeline.identity import actor_here
from app.pipeline.standing import one_or_404, visible_exchanges
from app.presentation.changing_form import ChangingForm
from app.presentation.filters import label
from app.responses.drafts import OpenedDraft, opened_draft
from app.responses.forms import ActionForm, DraftedForm, ExtensionForm, ReplyForm, ReportForm, ResponseForm
from app.responses.queries import approved_copy, one_exchange, view_of
from app.responses.queries.keyed import keyed_entries
from app.responses.queries.printed import copies_on_paper
from app.rulebook.queries import text_in_force
from app.watch.queries.telling import reminded_month
from models.exchange import Exchange
from models.rules.deadlines import ExtensionRefusal
from models.rules.drafts import DraftKind
from models.rules.editable_texts import EditableText
from models.rules.permissions import Permission
from models.rules.report_blocks import Element, ReportBlock

FORMS: dict[str, type[ChangingForm]] = {
    "action": ActionForm,
    "reply": ReplyForm,
    "response": ResponseForm,
    "extension": ExtensionForm,
}


def find(reference: str, permission: Permission) -> Exchange:
    found: Exchange = one_or_404(one_exchange(reference, visible_exchanges(actor_here(), permission)))
    return found


def back_to(found: Exchange) -> ResponseReturnValue:
    return redirect(url_for("responses.exchange", reference=found.reference))


def show(found: Exchange, answered: dict[str, ChangingForm]) -> ResponseReturnValue:
    """The page of one matter; before it was opened, and after it is closed, nothing of its content."""
    if found.state == "closed":
        return render_template("responses/closed.html", exchange=found, reminded_month=reminded_month(found))
    if found.opened_at is None:
        return render_template("responses/cover.html", exchange=found)
    actor = actor_here()
    record_reading(of_case(found.case_id), "copy.view", actor=actor, facts=copy_fact(found))
    view = view_of(found, actor=actor)
    forms = {name: answered.get(name) or _fresh(name, found) for name in FORMS}
    drafts = {kind.value: opened_draft(found, kind, actor=actor) for kind in DraftKind}
    forms["reply"] = answered.get("reply") or _with_draft(ReplyForm, drafts["reply"], {"version": found.version})
    return render_template(
        "responses/exchange.html",
        exchange=found,
        view=view,
        drafts=drafts,
        keyed=keyed_entries(found),
        papers=copies_on_paper(found),
        now=now(),
        files_count=count_of(for_the_office(found)),
        forms=forms,
        form_with_errors=list(forms.values()),
        phone=current_app.config["KIKITE"].desk_phone,
        standing_answer=text_in_force(EditableText.STANDING_ANSWER),
        reminded_month=reminded_month(found),
    )


def show_report(found: Exchange, form: DraftedForm | None) -> ResponseReturnValue:
    if found.state == "closed" or found.opened_at is None:
        return show(found, {})
    actor = actor_here()
    record_reading(of_case(found.case_id), "copy.view", actor=actor, facts=copy_fact(found))
    view = view_of(found, actor=actor)
    if not view.may_report:
        return back_to(found)
    before = view.reports[-1] if view.reports else None
    draft = opened_draft(found, DraftKind.REPORT, actor=actor)
    starts = {**(before.blocks if before else {}), "version": found.version}
    return render_template(
        "responses/report.html",
        exchange=found,
        view=view,
        before=before,
        blocks=ReportBlock,
        elements=Element,
        definition=text_in_force(EditableText.LEGAL_DEFINITION),
        draft=draft,
        form=form or _with_draft(ReportForm, draft, starts),
    )


def _with_draft(made: type[DraftedForm], draft: OpenedDraft | None, starts: dict[str, Any]) -> DraftedForm:
    """A form as its draft left it, else as it starts; what was typed comes back even where it would be refused."""
    prefix = made.KIND.value
    if draft is None or draft.posted is None:
        return made(formdata=None, prefix=prefix, data={**starts, "draft_version": draft.version if draft else 0})
    return made(
        formdata=draft.posted, prefix=prefix, data={"version": starts["version"], "draft_version": draft.version}
    )


def _fresh(name: str, found: Exchange) -> ChangingForm:
    starts = {"version": found.version, "done_on": today()}
    return FORMS[name](formdata=None, prefix=name, data=starts)


def copy_fact(found: Exchange) -> dict[str, Fact]:
    """Which copy is read, for the record."""
    copy = approved_copy(found)
    return {"copy_id": copy.id.hex if copy else None}


def why_not_extended(reason: str) -> str:
    """Why more time is not given, in words for whoever asked."""
    if reason == "no_report_due":
        return str(_("いまは報告書の期限がないため、延長はお願いできません。"))
    return label(ExtensionRefusal(reason))
