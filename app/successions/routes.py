"""The pages of mergers, splits and transfers: the list, the entry, and one with what it changes and its steps."""

from __future__ import annotations

import uuid

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app.companies.queries import name_on, sites_of, standing_companies
from app.pipeline.access import asks
from app.pipeline.acting import asked
from app.pipeline.audit import of_company
from app.pipeline.clock import today
from app.pipeline.identity import actor_here
from app.pipeline.standing import one_or_404
from app.pipeline.transaction import db
from app.presentation.changing_form import ChangingForm
from app.presentation.filters import label
from app.successions import blueprint
from app.successions.actions import (
    SuccessionRefused,
    cancel_succession,
    confirm_scope,
    confirm_succession,
    enter_succession,
    hand_over,
)
from app.successions.forms import CancelForm, ConfirmForm, HandOverForm, ScopeForm, SuccessionForm
from app.successions.preview import preview_of, rule_of
from app.successions.queries import listed_successions, visible_successions
from models.company import Company
from models.rules.membership import may_succeed
from models.rules.permissions import Permission, may_ever
from models.rules.succession import SUCCESSION_LIFECYCLE, After, SuccessionAct, SuccessionRefusal, absorbs
from models.succession import Succession


@blueprint.get("/")
@asks(Permission.SUCCESSION_LIST)
def overview() -> ResponseReturnValue:
    found = listed_successions(actor_here())
    ids = {company_id for one in found for company_id in (one.predecessor_id, one.successor_id)}
    companies = db().scalars(select(Company).where(Company.id.in_(ids)))
    names = {company.id: name_on(company, today()) for company in companies}
    return render_template(
        "successions/overview.html",
        rows_given=[(one, names) for one in found],
        may_enter=may_ever(Permission.SUCCESSION_ENTER, actor_here().role),
    )


@blueprint.get("/new/<uuid:company_id>")
@asks(Permission.SUCCESSION_LIST)
def new(company_id: uuid.UUID) -> ResponseReturnValue:
    if not may_ever(Permission.SUCCESSION_ENTER, actor_here().role):
        abort(404)
    company = _company(company_id)
    return _entry(company, _form(company))


@blueprint.post("/new/<uuid:company_id>")
@asks(Permission.SUCCESSION_ENTER)
def enter(company_id: uuid.UUID) -> ResponseReturnValue:
    company = _company(company_id)
    form = _form(company)
    if not form.validate_on_submit():
        return _entry(company, form)
    chosen = set(form.sites.data)
    try:
        succession = enter_succession(
            form.kind.data,
            predecessor=company,
            successor=_company(uuid.UUID(form.successor.data)),
            effective_on=form.effective_on.data,
            sites=[site for site in sites_of(company) if site.id.hex in chosen],
            actor=actor_here(),
        )
    except SuccessionRefused as refused:
        form.refuse(_field_of(form, refused.refusal), label(refused.refusal))
        return _entry(company, form)
    flash(_("登録しました。別の人が確認するまでは、何も変わりません。"), "success")
    return redirect(url_for("successions.succession", succession_id=succession.id))


@blueprint.get("/<uuid:succession_id>")
@asks(Permission.SUCCESSION_READ)
def succession(succession_id: uuid.UUID) -> ResponseReturnValue:
    return _show(_find(succession_id))


@blueprint.post("/<uuid:succession_id>/confirm")
@asks(Permission.SUCCESSION_CONFIRM)
def confirm(succession_id: uuid.UUID) -> ResponseReturnValue:
    found, form = _find(succession_id), ConfirmForm(prefix="confirm")
    if not asked(form, found, subject=of_company(found.predecessor_id)):
        return _show(found, confirming=form)
    try:
        confirm_succession(found, actor=actor_here())
    except SuccessionRefused as refused:
        form.refuse(form.is_read, label(refused.refusal))
        return _show(found, confirming=form)
    flash(
        _("確認しました。効力が生じる日になると、変わります。日が過ぎているときは、数分のうちに変わります。"), "success"
    )
    return _to(found)


@blueprint.post("/<uuid:succession_id>/cancel")
@asks(Permission.SUCCESSION_ENTER)
def cancel(succession_id: uuid.UUID) -> ResponseReturnValue:
    found, form = _find(succession_id), CancelForm(prefix="cancel")
    if not asked(form, found, subject=of_company(found.predecessor_id)):
        return _show(found, cancelling=form)
    cancel_succession(found, actor=actor_here())
    flash(_("登録を取り消しました。何も変わっていません。"), "success")
    return _to(found)


@blueprint.post("/<uuid:succession_id>/hand-over")
@asks(Permission.SUCCESSION_ENTER)
def hand_over_(succession_id: uuid.UUID) -> ResponseReturnValue:
    found, form = _find(succession_id), HandOverForm(prefix="hand-over")
    if not asked(form, found, subject=of_company(found.predecessor_id)):
        return _show(found, handing=form)
    try:
        went, stayed = hand_over(found, actor=actor_here())
    except SuccessionRefused as refused:
        form.refuse(form.is_verified, label(refused.refusal))
        return _show(found, handing=form)
    flash(_("%(count)s件の相談を引き継ぎました。", count=went), "success")
    if stayed:
        words = _(
            "%(count)s件は、先に相談者に尋ねる必要があるため、引き継いでいません。担当の相談員に知らせました。",
            count=stayed,
        )
        flash(words, "warning")
    return _to(found)


@blueprint.post("/<uuid:succession_id>/scope")
@asks(Permission.SUCCESSION_ENTER)
def scope(succession_id: uuid.UUID) -> ResponseReturnValue:
    found, form = _find(succession_id), ScopeForm(prefix="scope")
    if not asked(form, found, subject=of_company(found.predecessor_id)):
        return _show(found, scoping=form)
    confirm_scope(found, actor=actor_here())
    flash(_("認定の範囲の更新を記録しました。"), "success")
    return _to(found)


def _find(succession_id: uuid.UUID) -> Succession:
    reach = visible_successions(actor_here())
    found: Succession = one_or_404(select(Succession).where(Succession.id == succession_id, reach))
    return found


def _company(company_id: uuid.UUID) -> Company:
    found: Company = one_or_404(select(Company).where(Company.id == company_id))
    return found


def _to(found: Succession) -> ResponseReturnValue:
    return redirect(url_for("successions.succession", succession_id=found.id))


def _form(company: Company) -> SuccessionForm:
    form = SuccessionForm()
    form.successor.options = [
        (one.id.hex, name)
        for one, name in standing_companies()
        if one.id != company.id and may_succeed(one.member_type)
    ]
    form.sites.options = [(site.id.hex, site.name) for site in sites_of(company)]
    return form


def _entry(company: Company, form: SuccessionForm) -> ResponseReturnValue:
    return render_template("successions/new.html", form=form, company=company, name=name_on(company, today()))


def _field_of(form: SuccessionForm, refusal: SuccessionRefusal) -> object:
    """Where on the form a refusal belongs."""
    of_day = {SuccessionRefusal.TOO_FAR, SuccessionRefusal.BEFORE_JOINING, SuccessionRefusal.TWICE}
    if refusal in of_day:
        return form.effective_on
    return form.kind if refusal is SuccessionRefusal.ABSORBED_BEFORE else form.successor


def _show(
    found: Succession,
    *,
    confirming: ConfirmForm | None = None,
    cancelling: CancelForm | None = None,
    handing: HandOverForm | None = None,
    scoping: ScopeForm | None = None,
) -> ResponseReturnValue:
    forms: dict[str, ChangingForm] = {
        "confirming": confirming or _fresh(ConfirmForm, found, "confirm"),
        "cancelling": cancelling or _fresh(CancelForm, found, "cancel"),
        "handing": handing or _fresh(HandOverForm, found, "hand-over"),
        "scoping": scoping or _fresh(ScopeForm, found, "scope"),
    }
    return render_template(
        "successions/succession.html",
        succession=found,
        preview=preview_of(found),
        may=_steps(found),
        entered_by_me=found.entered_by_id == actor_here().id,
        form_with_errors=list(forms.values()),
        **forms,
    )


def _steps(found: Succession) -> frozenset[str]:
    """The acts that are offered to the one who looks, by their codes."""
    role = actor_here().role
    acts = {row.act for row in SUCCESSION_LIFECYCLE.acts_from(found.state) if may_ever(Permission(row.by), role)}
    if not absorbs(found.kind):
        acts.discard(SuccessionAct.HAND_OVER)
    if rule_of(found).after is not After.SCOPE or found.scope_confirmed_at is not None:
        acts.discard(SuccessionAct.CONFIRM_SCOPE)
    return frozenset(act.value for act in acts)


def _fresh(form: type[ChangingForm], found: Succession, prefix: str) -> ChangingForm:
    return form(formdata=None, prefix=prefix, data={"version": found.version})
