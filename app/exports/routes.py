"""The pages of a bulk export: asking for one, and making the file that another person approved."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.exports import blueprint
from app.exports.actions import ask_for_export, make_export
from app.exports.forms import AskForm, MakeForm
from app.exports.queries import exports_of, header, how_many
from app.joint_acts.actions import JointRefused
from app.joint_acts.queries import approval_for
from app.pipeline.access import asks
from app.pipeline.clock import now
from app.pipeline.identity import actor_here
from app.presentation.filters import label
from app.presentation.spreadsheet import spreadsheet, workbook
from models.joint_act import JointAct
from models.rules.bulk_export import ExportFormat, ExportScope
from models.rules.joint_acts import JointKind
from models.rules.permissions import Permission


@blueprint.route("/ask", methods=["GET", "POST"])
@asks(Permission.KEYS_FIRST_SHARE)
def ask() -> ResponseReturnValue:
    form = AskForm()
    if form.validate_on_submit():
        try:
            act = ask_for_export(form.scope(), reason=form.reason.data, actor=actor_here())
        except JointRefused as refused:
            form.refuse(form.reason, label(refused.refusal))
        else:
            flash(_("申し出ました。二人目が認めると、一度だけ書き出せます。"), "success")
            return redirect(url_for("joint_acts.act", joint_id=act.id))
    return render_template("exports/ask.html", form=form, columns=header())


@blueprint.route("/make", methods=["GET", "POST"])
@asks(Permission.KEYS_FIRST_SHARE)
def make() -> ResponseReturnValue:
    form = MakeForm()
    if form.validate_on_submit():
        try:
            scope, rows = make_export(actor=actor_here())
        except JointRefused as refused:
            # What is used up or not approved has no form any more: the page says what to do.
            if _approved() is not None:
                form.refuse(form.is_ready, label(refused.refusal))
        else:
            return _file(form.kind.data, scope, rows)
    approved = _approved()
    scope_now = ExportScope.read(approved.code) if approved is not None and approved.code else None
    return render_template(
        "exports/make.html",
        form=form,
        act=approved,
        scope=scope_now,
        count=how_many(scope_now, actor_here()) if scope_now is not None else 0,
        columns=header(),
    )


def _approved() -> JointAct | None:
    return approval_for(JointKind.BULK_EXPORT, subject=exports_of(actor_here()), actor=actor_here())


def _file(kind: ExportFormat, scope: ExportScope, rows: list[list[object]]) -> ResponseReturnValue:
    name = f"cases-{scope.first:%Y%m%d}-{scope.last:%Y%m%d}.{kind.value}"
    if kind is ExportFormat.WORKBOOK:
        return workbook(name, str(_("相談の一覧")), header(), rows, made_at=now())
    return spreadsheet(name, header(), rows)
