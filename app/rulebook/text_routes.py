"""The pages of the texts: as they read, what a new wording changes in them, and each that there was."""

from __future__ import annotations

import uuid

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app.pipeline.access import asks
from app.pipeline.clock import today
from app.pipeline.identity import actor_here
from app.pipeline.standing import one_or_404
from app.rulebook import blueprint
from app.rulebook.actions import reword, take_back_wording
from app.rulebook.queries import wording_of
from app.rulebook.text_form import TextForm
from app.rulebook.text_pages import text_lines, version_lines
from models.rule_change import RuleChange
from models.rules.editable_texts import EditableText
from models.rules.permissions import Permission, may_ever
from models.rules.rule_change import RuleKind
from models.rules.text_difference import differences


@blueprint.get("/texts")
@asks(Permission.RULEBOOK_READ)
def texts() -> ResponseReturnValue:
    return render_template("rulebook/texts.html", lines=text_lines())


@blueprint.get("/texts/<key>")
@asks(Permission.RULEBOOK_READ)
def text(key: str) -> ResponseReturnValue:
    found = _find(key)
    now = wording_of(found, today())
    return _show(found, TextForm(data={"ja": now.ja, "en": now.en}))


@blueprint.post("/texts/<key>")
@asks(Permission.RULEBOOK_CHANGE)
def rewrite(key: str) -> ResponseReturnValue:
    found = _find(key)
    form = TextForm()
    form.text = found
    if not form.validate_on_submit() or not form.was_previewed():
        return _show(found, form)
    reword(form.wording(), reason=form.reason.data, actor=actor_here())
    flash(_("新しい文章を登録しました。その日から使います。"), "success")
    return redirect(url_for("rulebook.text", key=found.code))


@blueprint.post("/texts/<uuid:change_id>/cancel")
@asks(Permission.RULEBOOK_CHANGE)
def take_back_text(change_id: uuid.UUID) -> ResponseReturnValue:
    change = one_or_404(select(RuleChange).where(RuleChange.id == change_id, RuleChange.kind == RuleKind.TEXT))
    if take_back_wording(change, actor=actor_here()):
        flash(_("変更を取り消しました。"), "success")
    else:
        flash(_("もう始まっている変更は、取り消せません。新しい変更を登録してください。"), "error")
    return redirect(url_for("rulebook.text", key=change.key))


def _find(key: str) -> EditableText:
    if key not in {one.code for one in EditableText}:
        abort(404)
    return EditableText(key)


def _show(found: EditableText, form: TextForm) -> ResponseReturnValue:
    looks = bool(form.seen.data and not form.errors and form.valid_from.data)
    before = wording_of(found, form.valid_from.data if looks else today())
    return render_template(
        "rulebook/text.html",
        form=form,
        text=found,
        now=wording_of(found, today()),
        may_change=may_ever(Permission.RULEBOOK_CHANGE, actor_here().role),
        looks=looks,
        changes=[differences(before.ja, form.ja.data), differences(before.en, form.en.data)] if looks else [],
        versions=version_lines(found),
    )
