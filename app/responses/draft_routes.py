"""The officer's drafts: kept by a button or when the page is left, and thrown away on purpose."""

from __future__ import annotations

from http import HTTPStatus

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.pipeline.access import asks
from app.pipeline.identity import actor_here
from app.responses import blueprint
from app.responses.actions import discard_draft, save_draft
from app.responses.forms import DraftedForm, ReplyForm, ReportForm
from app.responses.pages import back_to, find, show, show_report
from models.exchange import Exchange
from models.rules.drafts import LONGEST_DRAFT, DraftKind
from models.rules.permissions import Permission

FIRST = {DraftKind.REPORT: "fact_check", DraftKind.REPLY: "text"}
FORMS: dict[DraftKind, type[DraftedForm]] = {DraftKind.REPORT: ReportForm, DraftKind.REPLY: ReplyForm}


@blueprint.post("/<reference>/draft/<kind>")
@asks(Permission.RESPONSE_DRAFT)
def keep(reference: str, kind: str) -> ResponseReturnValue:
    found, draft_kind = find(reference, Permission.RESPONSE_DRAFT), _kind(kind)
    form = FORMS[draft_kind](prefix=kind)
    written = form.written()
    if sum(len(value) for values in written.values() for value in values) > LONGEST_DRAFT:
        return _too_long(found, form)
    if written:
        save_draft(found, draft_kind, written, seen=form.seen_draft(), actor=actor_here())
    else:
        discard_draft(found, draft_kind, actor=actor_here())
    if "leaving" in request.args:
        return "", HTTPStatus.NO_CONTENT
    if written:
        flash(_("書きかけを保存しました。送るまで、協会にも相談した人にも見えません。"), "success")
    else:
        flash(_("何も書かれていないため、保存する書きかけはありません。"), "info")
    if draft_kind is DraftKind.REPORT:
        return redirect(url_for("responses.write_report", reference=found.reference))
    return back_to(found)


@blueprint.post("/<reference>/draft/<kind>/discard")
@asks(Permission.RESPONSE_DRAFT)
def discard(reference: str, kind: str) -> ResponseReturnValue:
    found, draft_kind = find(reference, Permission.RESPONSE_DRAFT), _kind(kind)
    discard_draft(found, draft_kind, actor=actor_here())
    flash(_("書きかけを捨てました。"), "success")
    return back_to(found)


def _kind(typed: str) -> DraftKind:
    if typed not in {kind.value for kind in DraftKind}:
        abort(404)
    return DraftKind(typed)


def _too_long(found: Exchange, form: DraftedForm) -> ResponseReturnValue:
    words = _(
        "書きかけが長すぎるため、保存できません。全部で%(limit)s文字までです。減らしてから、もう一度保存してください。",
        limit=f"{LONGEST_DRAFT:,}",
    )
    form.refuse(form[FIRST[form.KIND]], words)
    if form.KIND is DraftKind.REPORT:
        return show_report(found, form)
    return show(found, {"reply": form})
