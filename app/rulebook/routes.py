"""The pages of the rulebook: closure days, counting running clocks anew, and the log of every change."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app.pipeline.access import asks
from app.pipeline.clock import today
from app.pipeline.identity import actor_here
from app.pipeline.standing import one_or_404
from app.rulebook import blueprint, code_routes, mail_routes, number_routes, text_routes
from app.rulebook.actions import close_association, open_association, recount_clocks
from app.rulebook.forms import ClosureForm, RecountForm
from app.rulebook.pages import log_lines, move_lines, what_changed
from app.rulebook.queries import closures_from, log, rulebook, with_days
from app.rulebook.recounting import moves
from models.rule_change import RuleChange
from models.rules.permissions import Permission, may_ever
from models.rules.rule_change import ClosureSort, RuleKind, days_to_enter

__all__ = ["code_routes", "mail_routes", "number_routes", "text_routes"]


@blueprint.get("/")
@asks(Permission.RULEBOOK_READ)
def overview() -> ResponseReturnValue:
    lines = log_lines(list(log()))
    return render_template("rulebook/overview.html", lines=lines)


@blueprint.get("/closures")
@asks(Permission.RULEBOOK_READ)
def closures() -> ResponseReturnValue:
    return _show_closures(ClosureForm())


@blueprint.post("/closures")
@asks(Permission.RULEBOOK_CHANGE)
def close() -> ResponseReturnValue:
    form = ClosureForm()
    if not form.validate_on_submit() or not form.was_previewed():
        return _show_closures(form)
    entered = close_association(
        form.first_day.data,
        form.last_day.data,
        sort=form.sort.data,
        ja=form.ja.data,
        en=form.en.data or form.sort.data.en,
        reason=form.reason.data,
        actor=actor_here(),
    )
    flash(_("%(count)s日を登録しました。これから始まる期限に使います。", count=len(entered)), "success")
    return redirect(url_for("rulebook.closures"))


@blueprint.post("/closures/<uuid:change_id>/cancel")
@asks(Permission.RULEBOOK_CHANGE)
def open_(change_id: uuid.UUID) -> ResponseReturnValue:
    wanted = select(RuleChange).where(RuleChange.id == change_id, RuleChange.kind == RuleKind.CLOSURE)
    open_association(one_or_404(wanted), actor=actor_here())
    flash(_("登録を取り消しました。もう動いている期限は変わりません。"), "success")
    return redirect(url_for("rulebook.closures"))


@blueprint.get("/recount")
@asks(Permission.RULEBOOK_READ)
def recount() -> ResponseReturnValue:
    return _show_recount(RecountForm())


@blueprint.post("/recount")
@asks(Permission.RULEBOOK_CHANGE)
def recount_now() -> ResponseReturnValue:
    form = RecountForm()
    form.moving = len(moves(rulebook().calendar))
    if not form.validate_on_submit() or not form.was_previewed():
        return _show_recount(form)
    moved = recount_clocks(reason=form.reason.data, actor=actor_here())
    flash(_("期限を%(count)s件、計算し直しました。", count=moved), "success")
    return redirect(url_for("rulebook.overview"))


def _show_closures(form: ClosureForm) -> ResponseReturnValue:
    calendar = rulebook().calendar
    days: tuple[date, ...] = ()
    then = calendar
    if form.seen.data and not form.errors:
        sort, ja, en = form.sort.data, form.ja.data, form.en.data or ""
        days = days_to_enter(form.first_day.data, form.last_day.data, sort=sort, calendar=calendar)
        then = with_days(replace(calendar, version="preview"), days, sort=sort, ja=ja, en=en)
    return render_template(
        "rulebook/closures.html",
        form=form,
        may_change=may_ever(Permission.RULEBOOK_CHANGE, actor_here().role),
        rows=[(one, what_changed(one)) for one in closures_from(today())],
        days=days,
        opens=bool(days) and form.sort.data is ClosureSort.MOVED_AWAY,
        moving=moves(then) if days else [],
        waiting=len(moves(calendar)),
        move_lines=move_lines,
    )


def _show_recount(form: RecountForm) -> ResponseReturnValue:
    found = moves(rulebook().calendar)
    form.moving = len(found)
    changed = bool(form.is_submitted() and form.seen.data and not form.errors)
    form.seen.data = form.answers()
    return render_template(
        "rulebook/recount.html",
        form=form,
        may_change=may_ever(Permission.RULEBOOK_CHANGE, actor_here().role),
        moving=found,
        lines=move_lines(found),
        changed=changed,
    )
