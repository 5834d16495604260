"""What another case is to this one: said, and taken back."""

from __future__ import annotations

import uuid

from flask import abort, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.cases import blueprint
from app.cases.actions.linking import end_link, link_cases
from app.cases.link_form import LinkForm
from app.cases.links import link_of, openable_case
from app.cases.routes.finding import back_to, find
from app.merging.queries import can_be_one
from app.pipeline.access import asks
from app.pipeline.identity import Actor, actor_here
from app.pipeline.standing import towards_case
from models.case import Case
from models.rules.case_links import CaseLinkKind
from models.rules.permissions import Permission, decide


@blueprint.route("/<number>/link", methods=["GET", "POST"])
@asks(Permission.CASE_NOTE)
def link(number: str) -> ResponseReturnValue:
    found, form = find(number, Permission.CASE_NOTE), LinkForm()
    if not form.validate_on_submit():
        return render_template("cases/link.html", case=found, form=form)
    other = openable_case(form.number.data, actor=actor_here())
    if other is None or other.id == found.id:
        form.refuse(form.number, _("この番号の相談を開けませんでした。番号を確かめて、もう一度入力してください。"))
        return render_template("cases/link.html", case=found, form=form)
    if form.kind.data is CaseLinkKind.SAME_MATTER and (why := why_not_one(found, other, actor=actor_here())):
        form.refuse(form.kind, why)
        return render_template("cases/link.html", case=found, form=form)
    link_cases(found, other, form.kind.data, reason=form.reason.data, actor=actor_here())
    flash(_("二つの相談の関係を記録しました。"), "success")
    return back_to(found, "links")


def why_not_one(case: Case, other: Case, *, actor: Actor) -> str:
    """Why the consulter cannot be asked whether the two are one; nothing where she can."""
    if not all(
        decide(Permission.CASE_TRIAGE, role=actor.role, standing=towards_case(actor, one)) for one in (case, other)
    ):
        return str(_("両方の相談を担当している人だけが、まとめてよいかを尋ねられます。"))
    decision = can_be_one(case, other)
    words = {
        "over": _("どちらかの相談が終わっているため、まとめられません。"),
        "both_told": _("どちらの相談も会社に伝えているため、まとめられません。"),
        "not_in_triage": _(
            "受付審査・追加確認中・助言のみの相談だけを、もう一つにまとめられます。先に受付審査を始めるか、転送版の準備を取りやめてください。"
        ),
    }
    return "" if decision else str(words[decision.reason])


@blueprint.post("/<number>/link/<uuid:link_id>/end")
@asks(Permission.CASE_NOTE)
def unlink(number: str, link_id: uuid.UUID) -> ResponseReturnValue:
    found = find(number, Permission.CASE_NOTE)
    linked = link_of(found, link_id, actor=actor_here())
    if linked is None:
        abort(404)
    end_link(found, linked, actor=actor_here())
    flash(_("二つの相談の関係を取り消しました。"), "success")
    return back_to(found, "links")
