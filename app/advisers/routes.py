"""The pages about external advisers: the desk asks and ends, the consulter says yes or no, the adviser reads."""

from __future__ import annotations

import uuid
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app.advisers import blueprint
from app.advisers.actions import (
    acknowledge_secrecy,
    agree_to_access,
    ask_access,
    call_off_access,
    refuse_access,
    step_back,
    write_advice,
)
from app.advisers.forms import AdviceForm, AskForm, PromiseForm, WordForm
from app.advisers.pages import ask_form, ask_page, her_page, part_page
from app.advisers.queries import own_accesses
from app.mailbox.queries import own_case
from app.pipeline.access import asks
from app.pipeline.acting import asked, must_be_as_seen
from app.pipeline.audit import of_case
from app.pipeline.identity import actor_here
from app.pipeline.standing import one_or_404, visible_accesses, visible_cases
from app.pipeline.transaction import db
from app.presentation.changing_form import ChangingForm
from models.adviser_access import AdviserAccess
from models.case import Case
from models.compartment import Compartment
from models.person import Person
from models.rules.permissions import Permission


@blueprint.get("/desk/<number>/advisers")
@asks(Permission.ADVISER_READ_ASKED)
def of_case_(number: str) -> ResponseReturnValue:
    found = _case(number, Permission.ADVISER_READ_ASKED)
    return ask_page(found, ask_form(found))


@blueprint.post("/desk/<number>/advisers")
@asks(Permission.ADVISER_GRANT)
def ask(number: str) -> ResponseReturnValue:
    found = _case(number, Permission.ADVISER_GRANT)
    form: AskForm = ask_form(found)
    if not asked(form, found, subject=of_case(found)):
        return ask_page(found, form)
    ask_access(
        found,
        db().get_one(Person, uuid.UUID(form.adviser.data)),
        db().get_one(Compartment, uuid.UUID(form.part.data)),
        sought=form.sought.data,
        question=form.question.data,
        last_day=form.last_day.data,
        actor=actor_here(),
    )
    flash(_("見せてよいかを、相談者に尋ねました。同意があるまで、何も見せません。"), "info")
    return _back(found)


@blueprint.post("/desk/<number>/advisers/<uuid:access_id>/end")
@asks(Permission.ADVISER_END)
def call_off(number: str, access_id: uuid.UUID) -> ResponseReturnValue:
    found = _case(number, Permission.ADVISER_END)
    access = _of_case(found, access_id)
    must_be_as_seen(found, ChangingForm(), subject=of_case(found))
    call_off_access(access, actor=actor_here())
    flash(_("見せるのを終わらせました。助言者は、いまから開けません。"), "success")
    return _back(found)


@blueprint.get("/mailbox/advisers")
@asks(Permission.MAILBOX_READ)
def own() -> ResponseReturnValue:
    return her_page(own_case(actor_here(), Permission.MAILBOX_READ))


@blueprint.post("/mailbox/advisers")
@asks(Permission.MAILBOX_CONSENT)
def decide() -> ResponseReturnValue:
    actor, form = actor_here(), WordForm()
    case = own_case(actor, Permission.MAILBOX_CONSENT)
    if not asked(form, case, subject=of_case(case)):
        return her_page(case)
    access = _of_case(case, form.access_id.data or "")
    if form.decision.data == "agree":
        agree_to_access(access, actor=actor)
        flash(_("見せることを承りました。いつでも、この画面でやめられます。"), "success")
    else:
        refuse_access(access, actor=actor)
        flash(_("この助言者には見せません。"), "success")
    return redirect(url_for("advisers.own"))


@blueprint.get("/adviser/")
@asks(Permission.ADVISER_LIST)
def shown() -> ResponseReturnValue:
    return render_template("advisers/shown.html", rows=own_accesses(actor_here()))


@blueprint.get("/adviser/<uuid:access_id>")
@asks(Permission.ADVISER_READ)
def part(access_id: uuid.UUID) -> ResponseReturnValue:
    return part_page(_own(access_id, Permission.ADVISER_READ))


@blueprint.post("/adviser/<uuid:access_id>/promise")
@asks(Permission.ADVISER_ADVISE)
def promise(access_id: uuid.UUID) -> ResponseReturnValue:
    access, form = _own(access_id, Permission.ADVISER_ADVISE), PromiseForm()
    if not form.validate_on_submit():
        return part_page(access, promise=form)
    acknowledge_secrecy(access, actor=actor_here())
    return redirect(url_for("advisers.part", access_id=access.id))


@blueprint.post("/adviser/<uuid:access_id>/advice")
@asks(Permission.ADVISER_ADVISE)
def advise(access_id: uuid.UUID) -> ResponseReturnValue:
    access, form = _own(access_id, Permission.ADVISER_ADVISE), AdviceForm()
    if not form.validate_on_submit():
        return part_page(access, advice=form)
    write_advice(access, form.advice.data, actor=actor_here())
    flash(_("助言を相談窓口に送りました。"), "success")
    return redirect(url_for("advisers.shown"))


@blueprint.post("/adviser/<uuid:access_id>/step-back")
@asks(Permission.ADVISER_ADVISE)
def recuse(access_id: uuid.UUID) -> ResponseReturnValue:
    step_back(_own(access_id, Permission.ADVISER_ADVISE), actor=actor_here())
    flash(_("辞退しました。この相談は、もう開けません。"), "success")
    return redirect(url_for("advisers.shown"))


def _case(number: str, permission: Permission) -> Case:
    found: Case = one_or_404(select(Case).where(Case.number == number, visible_cases(actor_here(), permission)))
    return found


def _own(access_id: uuid.UUID, permission: Permission) -> AdviserAccess:
    reach = visible_accesses(actor_here(), permission)
    found: AdviserAccess = one_or_404(select(AdviserAccess).where(AdviserAccess.id == access_id, reach))
    return found


def _of_case(case: Case, access_id: Any) -> AdviserAccess:
    try:
        wanted = access_id if isinstance(access_id, uuid.UUID) else uuid.UUID(hex=access_id)
    except ValueError:
        abort(404)
    found: AdviserAccess = one_or_404(
        select(AdviserAccess).where(AdviserAccess.id == wanted, AdviserAccess.case_id == case.id)
    )
    return found


def _back(case: Case) -> ResponseReturnValue:
    return redirect(url_for("advisers.of_case_", number=case.number))
