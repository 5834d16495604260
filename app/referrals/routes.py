"""The places to turn to: as a consulter reads them, and as the secretariat keeps them."""

from __future__ import annotations

import uuid

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app.pipeline.access import asks, public
from app.pipeline.clock import today
from app.pipeline.identity import actor_here
from app.pipeline.standing import one_or_404
from app.presentation.filters import label
from app.referrals import blueprint
from app.referrals.actions import enter_place, take_back
from app.referrals.forms import PlaceForm, form_of
from app.referrals.pages import log_lines, preview_of, regions_for_the_desk
from app.referrals.queries import (
    amendments,
    crisis_lines,
    every_place,
    line_now,
    log,
    national_places,
    places_by_region,
    rows_of,
)
from models.referral_row import ReferralRow
from models.rules.permissions import Permission, may_ever
from models.rules.referral import NEVER_CHANGED, ReferralRefusal, is_to_be_checked, leaves_nobody_to_call

NEW = "new"


@blueprint.get("/places")
@public()
def places() -> ResponseReturnValue:
    # Every prefecture stands on the one page, so that nothing that is sent tells which of them somebody looked at.
    return render_template(
        "referrals/places.html", crisis=crisis_lines(), national=national_places(), regions=places_by_region()
    )


@blueprint.get("/desk/referrals")
@asks(Permission.RULEBOOK_READ)
def overview() -> ResponseReturnValue:
    places = every_place()
    to_check = {line.key for line in places if is_to_be_checked(line, today=today())}
    return render_template(
        "referrals/overview.html",
        lines=sorted((line for line in places if not line.prefecture), key=lambda line: line.key not in to_check),
        to_check=to_check,
        waiting=sum(line.key in to_check and bool(line.number) for line in places),
        regions=regions_for_the_desk(),
        log=log_lines(log()),
        fixed=NEVER_CHANGED,
        may_change=_may_change(),
    )


@blueprint.get("/desk/referrals/<key>")
@asks(Permission.RULEBOOK_READ)
def edit(key: str) -> ResponseReturnValue:
    return _show(key, form_of(None if key == NEW else line_now(key)))


@blueprint.post("/desk/referrals/<key>")
@asks(Permission.RULEBOOK_CHANGE)
def enter(key: str) -> ResponseReturnValue:
    form = PlaceForm()
    _must_be_open(key)
    if not form.validate_on_submit() or not form.was_previewed():
        return _show(key, form)
    if form.is_hidden.data and leaves_nobody_to_call(key, amendments(), day=form.valid_from.data):
        form.refuse(form.is_hidden, label(ReferralRefusal.LAST_LINE))
        return _show(key, form)
    enter_place(
        form.words(),
        key=None if key == NEW else key,
        valid_from=form.valid_from.data,
        reason=form.reason.data,
        actor=actor_here(),
    )
    flash(_("登録しました。使い始める日から、相談する方の画面に出ます。"), "success")
    return redirect(url_for("referrals.overview"))


@blueprint.post("/desk/referrals/rows/<uuid:row_id>/cancel")
@asks(Permission.RULEBOOK_CHANGE)
def cancel(row_id: uuid.UUID) -> ResponseReturnValue:
    take_back(one_or_404(select(ReferralRow).where(ReferralRow.id == row_id)), actor=actor_here())
    flash(_("登録を取り消しました。前の内容に戻ります。"), "success")
    return redirect(url_for("referrals.overview"))


def _may_change() -> bool:
    return may_ever(Permission.RULEBOOK_CHANGE, actor_here().role)


def _must_be_open(key: str) -> None:
    """There is such a place, and it may be changed."""
    if key in NEVER_CHANGED or (key != NEW and line_now(key) is None):
        abort(404)


def _show(key: str, form: PlaceForm) -> ResponseReturnValue:
    _must_be_open(key)
    return render_template(
        "referrals/edit.html",
        key=key,
        form=form,
        line=None if key == NEW else line_now(key),
        preview=preview_of(form) if form.seen.data and not form.errors else None,
        rows=() if key == NEW else log_lines(rows_of(key)),
        may_change=_may_change(),
    )
