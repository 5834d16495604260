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
from app.pipeline.access import asks
from app.pipeline.identity import actor_here
from models.rules.permissions import Permission


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
    link_cases(found, other, form.kind.data, reason=form.reason.data, actor=actor_here())
    flash(_("二つの相談の関係を記録しました。"), "success")
    return back_to(found, "links")


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
