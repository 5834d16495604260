"""The pages of pledges: the list of companies, how one company stands, and its yearly confirmation."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app.pipeline.access import asks
from app.pipeline.acting import asked
from app.pipeline.audit import Fact, of_company, record_reading
from app.pipeline.clock import now
from app.pipeline.identity import Actor, actor_here, person_here
from app.pipeline.standing import one_or_404, visible_companies
from app.pipeline.transaction import db
from app.pledges import blueprint
from app.pledges.actions import confirm, note_page
from app.pledges.forms import PolicyPageForm, confirmation_form
from app.pledges.overview import page_of_standings
from app.pledges.queries import (
    ShownCompanies,
    compartment_of,
    last_confirmed,
    opened,
    present_confirmation,
    readable_application,
)
from app.pledges.standing_page import shown_answers, standing_page
from models.company import Company
from models.pledge_confirmation import PledgeConfirmation
from models.rules.people import COMPANY
from models.rules.permissions import Permission, may_ever


@blueprint.get("/")
@asks(Permission.PLEDGE_READ)
def overview() -> ResponseReturnValue:
    if actor_here().role in COMPANY:
        return redirect(url_for("pledges.company", company_id=person_here().company_id))
    which = ShownCompanies.of(request.args.get("show"))
    return render_template(
        "pledges/overview.html",
        which=which,
        kinds=list(ShownCompanies),
        page=page_of_standings(which, request.args),
        may_see_surveys=may_ever(Permission.SURVEY_READ, actor_here().role),
        at=now(),
    )


@blueprint.get("/<uuid:company_id>")
@asks(Permission.PLEDGE_READ)
def company(company_id: uuid.UUID) -> ResponseReturnValue:
    actor = actor_here()
    found: Company = one_or_404(
        select(Company).where(Company.id == company_id, visible_companies(actor, Permission.PLEDGE_READ))
    )
    return _show(found, actor)


@blueprint.post("/<uuid:company_id>/page")
@asks(Permission.COMPANY_MANAGE)
def page(company_id: uuid.UUID) -> ResponseReturnValue:
    actor, form = actor_here(), PolicyPageForm()
    found: Company = one_or_404(
        select(Company).where(Company.id == company_id, visible_companies(actor, Permission.COMPANY_MANAGE))
    )
    if not form.validate_on_submit():
        return _show(found, actor, page_form=form)
    note_page(found, address=form.address.data, planned_on=form.planned_on.data, actor=actor)
    flash(_("基本方針のページを登録しました。"), "success")
    return redirect(url_for("pledges.company", company_id=company_id, _anchor="policy"))


@blueprint.route("/confirm", methods=["GET", "POST"])
@asks(Permission.PLEDGE_CONFIRM)
def confirm_() -> ResponseReturnValue:
    actor, own = actor_here(), db().get_one(Company, person_here().company_id)
    found = present_confirmation(own.id)
    if found is None:
        flash(_("いまは、誓約の確認をお願いしていません。時期が来たら、お知らせします。"), "info")
        return redirect(url_for("pledges.company", company_id=own.id))
    form = confirmation_form({}, version=found.version)
    if not asked(form, found, subject=of_company(own)):
        _note_reading(found, actor)
        if request.method == "GET":
            said = opened(found, actor=actor)
            before = {pledge: (one.row.keeping, one.note or "") for pledge, one in said.items()}
            form = confirmation_form(before, version=found.version)
        written = readable_application(own.id, actor=actor)
        if written is not None:
            facts: dict[str, Fact] = {"application_id": written.id.hex}
            record_reading(of_company(own), "application.read", actor=actor, facts=facts)
        pledged = shown_answers(written, actor=actor)
        return render_template("pledges/confirm.html", form=form, pledged=pledged)
    confirm(found, form.said(), actor=actor)
    flash(_("九つの誓約の確認を受け取りました。ありがとうございます。"), "success")
    return redirect(url_for("pledges.company", company_id=own.id))


def _show(found: Company, actor: Actor, *, page_form: PolicyPageForm | None = None) -> ResponseReturnValue:
    """The company's page; that its words were read is recorded before they are opened."""
    said_last = last_confirmed(found.id)
    if said_last is not None:
        _note_reading(said_last, actor)
    return render_template("pledges/company.html", **standing_page(found, actor, page_form=page_form))


def _note_reading(confirmation: PledgeConfirmation, actor: Actor) -> None:
    """Reading a company's words is recorded; a year without words, or a reader without the key, reads none."""
    compartment = compartment_of(confirmation)
    if compartment is not None and actor.held.opens(compartment):
        facts: dict[str, Fact] = {"confirmation_id": confirmation.id.hex}
        record_reading(of_company(confirmation.company_id), "confirmation.read", actor=actor, facts=facts)
