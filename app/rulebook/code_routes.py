"""The pages of the codes: how each is called, whether forms offer it, what a change does, and each there was."""

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
from app.presentation.filters import current_language, label
from app.rulebook import blueprint
from app.rulebook.actions import call_code, offer_code, take_back_words
from app.rulebook.word_forms import CodeForm, OfferForm
from app.rulebook.word_pages import (
    OF_CODES,
    change_lines,
    code_lines,
    count_words,
    list_lines,
    state_of,
    word_changes,
)
from app.rulebook.words import called_on, is_offered_on, open_cases_with, why_not_back
from models.rule_change import RuleChange
from models.rules.editable_codes import HELD, MEMBERS, CodeList, list_of
from models.rules.labelled import Labelled
from models.rules.permissions import Permission, may_ever


@blueprint.get("/codes")
@asks(Permission.RULEBOOK_READ)
def code_lists() -> ResponseReturnValue:
    return render_template("rulebook/code_lists.html", lines=list_lines())


@blueprint.get("/codes/<key>")
@asks(Permission.RULEBOOK_READ)
def code_list(key: str) -> ResponseReturnValue:
    if key not in {one.code for one in CodeList}:
        abort(404)
    found = CodeList(key)
    return render_template(
        "rulebook/code_list.html", codes=found, place=found.place(current_language()), lines=code_lines(found)
    )


@blueprint.get("/code/<code>")
@asks(Permission.RULEBOOK_READ)
def code(code: str) -> ResponseReturnValue:
    found = _find(code)
    now = called_on(found, today())
    own = {"worker_ja": now.worker_ja, "worker_en": now.worker_en}
    form = CodeForm(data={"ja": now.ja, "en": now.en, **own})
    form.about(found)
    return _show(found, form)


@blueprint.post("/code/<code>")
@asks(Permission.RULEBOOK_CHANGE)
def call(code: str) -> ResponseReturnValue:
    found = _find(code)
    form = CodeForm()
    form.about(found)
    if not form.validate_on_submit() or not form.was_previewed():
        return _show(found, form)
    call_code(form.wording(), reason=form.reason.data, actor=actor_here())
    flash(_("新しい言葉を登録しました。その日から使います。"), "success")
    return redirect(url_for("rulebook.code", code=found.code))


@blueprint.get("/code/<code>/offer")
@asks(Permission.RULEBOOK_READ)
def offer(code: str) -> ResponseReturnValue:
    return _show_offer(_find(code), _offer_form(_find(code)))


@blueprint.post("/code/<code>/offer")
@asks(Permission.RULEBOOK_CHANGE)
def change_offer(code: str) -> ResponseReturnValue:
    found = _find(code)
    form = _offer_form(found)
    if not form.validate_on_submit() or not form.was_previewed():
        return _show_offer(found, form)
    offer_code(form.offer(), reason=form.reason.data, actor=actor_here())
    flash(_("変更を登録しました。その日から、入力の画面が変わります。"), "success")
    return redirect(url_for("rulebook.code", code=found.code))


@blueprint.post("/code/<uuid:change_id>/cancel")
@asks(Permission.RULEBOOK_CHANGE)
def take_back_code(change_id: uuid.UUID) -> ResponseReturnValue:
    change = one_or_404(select(RuleChange).where(RuleChange.id == change_id, RuleChange.kind.in_(OF_CODES)))
    if refusal := why_not_back(change):
        flash(_("いま取り消すと、次のようになります。%(why)s", why=label(refusal)), "error")
    elif take_back_words(change, actor=actor_here()):
        flash(_("変更を取り消しました。"), "success")
    else:
        flash(_("もう始まっている変更は、取り消せません。新しい変更を登録してください。"), "error")
    return redirect(url_for("rulebook.code", code=change.key))


def _find(code: str) -> Labelled:
    if code not in MEMBERS:
        abort(404)
    return MEMBERS[code]


def _may_change() -> bool:
    return may_ever(Permission.RULEBOOK_CHANGE, actor_here().role)


def _show(found: Labelled, form: CodeForm) -> ResponseReturnValue:
    codes = list_of(found)
    looks = bool(form.seen.data and not form.errors and form.valid_from.data)
    asks_her = codes.asks_the_consulter
    changes = []
    if looks:
        changes = word_changes(called_on(found, form.valid_from.data), form.wording(), asks_the_consulter=asks_her)
    return render_template(
        "rulebook/code.html",
        form=form,
        code=found,
        codes=codes,
        place=codes.place(current_language()),
        now=called_on(found, today()),
        asks_her=asks_her,
        state=state_of(found, withdrawn=not is_offered_on(found, today())),
        held=HELD.get(found),
        may_change=_may_change(),
        looks=looks,
        changes=changes,
        carried=count_words(open_cases_with(found, actor_here())) if looks else "",
        history=change_lines(OF_CODES, found.code),
    )


def _offer_form(found: Labelled) -> OfferForm:
    """What would be changed: a code that is on offer when the change begins is taken out, another comes back."""
    form = OfferForm()
    form.code = found
    form.offers = not is_offered_on(found, form.valid_from.data or today())
    return form


def _show_offer(found: Labelled, form: OfferForm) -> ResponseReturnValue:
    looks = bool(form.seen.data and not form.errors and form.valid_from.data)
    codes = list_of(found)
    return render_template(
        "rulebook/code_offer.html",
        form=form,
        code=found,
        codes=codes,
        place=codes.place(current_language()),
        offers=form.offers,
        held=HELD.get(found),
        may_change=_may_change(),
        looks=looks,
        carried=count_words(open_cases_with(found, actor_here())) if looks else "",
    )
