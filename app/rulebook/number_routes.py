"""The pages of the numbers that may be changed: how long a deadline is, and how large or many files may be."""

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
from app.rulebook.actions import amend_number, recount_number, take_back_amendment
from app.rulebook.forms import NumberForm, NumberRecountForm
from app.rulebook.number_pages import amount_words, look_at, number_groups, order_words, waiting_of
from app.rulebook.numbers import NUMBERS, amount_on, numbers, pairs_out_of_order
from app.rulebook.pages import move_lines
from models.rule_change import RuleChange
from models.rules.amendable import Amendable
from models.rules.permissions import Permission, may_ever


@blueprint.get("/numbers")
@asks(Permission.RULEBOOK_READ)
def amounts() -> ResponseReturnValue:
    return render_template("rulebook/numbers.html", groups=number_groups(), may_change=_may_change())


@blueprint.get("/numbers/<key>")
@asks(Permission.RULEBOOK_READ)
def amount(key: str) -> ResponseReturnValue:
    return _show(_find(key), NumberForm())


@blueprint.post("/numbers/<key>")
@asks(Permission.RULEBOOK_CHANGE)
def amend(key: str) -> ResponseReturnValue:
    number = _find(key)
    form = NumberForm()
    form.number = number
    if not form.validate_on_submit() or not form.was_previewed():
        return _show(number, form)
    amend_number(number, form.amount.data, valid_from=form.valid_from.data, reason=form.reason.data, actor=actor_here())
    flash(_("変更を登録しました。その日からあとに始まるものに使います。"), "success")
    return redirect(url_for("rulebook.amounts"))


@blueprint.post("/numbers/<uuid:change_id>/cancel")
@asks(Permission.RULEBOOK_CHANGE)
def take_back(change_id: uuid.UUID) -> ResponseReturnValue:
    wanted = select(RuleChange).where(RuleChange.id == change_id, RuleChange.kind.in_(NUMBERS))
    change = one_or_404(wanted)
    if pairs := pairs_out_of_order(without=change):
        flash(_("いま取り消すと、守る順番が合わなくなります。%(pairs)s", pairs=order_words(pairs)), "error")
    elif take_back_amendment(change, actor=actor_here()):
        flash(_("変更を取り消しました。"), "success")
    else:
        flash(_("もう始まっている変更は、取り消せません。新しい変更を登録してください。"), "error")
    return redirect(url_for("rulebook.amounts"))


@blueprint.get("/numbers/<key>/recount")
@asks(Permission.RULEBOOK_READ)
def recount_amount(key: str) -> ResponseReturnValue:
    return _show_recount(_find(key), NumberRecountForm())


@blueprint.post("/numbers/<key>/recount")
@asks(Permission.RULEBOOK_CHANGE)
def recount_amount_now(key: str) -> ResponseReturnValue:
    number = _find(key)
    form = NumberRecountForm()
    form.look(number, waiting_of(number))
    if not form.validate_on_submit() or not form.was_previewed():
        return _show_recount(number, form)
    moved = recount_number(number, reason=form.reason.data, actor=actor_here())
    flash(_("期限を%(count)s件、計算し直しました。", count=moved), "success")
    return redirect(url_for("rulebook.amount", key=number.key))


def _find(key: str) -> Amendable:
    found = numbers().get(key)
    if found is None:
        abort(404)
    return found


def _may_change() -> bool:
    return may_ever(Permission.RULEBOOK_CHANGE, actor_here().role)


def _show(number: Amendable, form: NumberForm) -> ResponseReturnValue:
    looks = bool(form.seen.data and not form.errors and form.amount.data is not None and form.valid_from.data)
    return render_template(
        "rulebook/number.html",
        form=form,
        number=number,
        may_change=_may_change(),
        look=look_at(number, form.amount.data, form.valid_from.data) if looks else None,
        now=amount_words(number, amount_on(number.key, today())),
        bounds=(amount_words(number, number.least), amount_words(number, number.most)),
        order=order_words(number.pairs()),
        waiting=len(waiting_of(number)),
    )


def _show_recount(number: Amendable, form: NumberRecountForm) -> ResponseReturnValue:
    found = waiting_of(number)
    form.look(number, found)
    changed = bool(form.is_submitted() and form.seen.data and not form.errors)
    form.seen.data = form.answers()
    return render_template(
        "rulebook/recount_number.html",
        form=form,
        number=number,
        now=amount_words(number, amount_on(number.key, today())),
        may_change=_may_change(),
        moving=found,
        lines=move_lines(found),
        changed=changed,
    )
