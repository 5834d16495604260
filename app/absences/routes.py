"""The page of a company's absences and closure days, for its own people and for the secretariat."""

from __future__ import annotations

import uuid

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app.absences import blueprint
from app.absences.actions import cancel_absence, close_days, days_between, enter_absence, open_day
from app.absences.forms import AbsenceForm, ClosureForm
from app.absences.queries import absences_from, closures_from, may_say_away
from app.companies.queries import name_on
from app.people.queries import name_of, officers_of
from app.pipeline.access import asks
from app.pipeline.clock import now, today
from app.pipeline.identity import actor_here
from app.pipeline.standing import one_or_404, visible_companies
from app.pipeline.transaction import db
from app.presentation.filters import label
from models.absence import Absence
from models.company import Company
from models.company_closure import CompanyClosure
from models.person import Person
from models.rules.people import COMPANY
from models.rules.permissions import Permission
from models.rules.working_days import COMPANY_CLOSURES_PER_YEAR_END


@blueprint.get("/")
@asks(Permission.RESPONSE_LIST)
def own() -> ResponseReturnValue:
    person = actor_here().person
    if person is None or person.company_id is None:
        abort(404)
    return redirect(url_for("absences.company", company_id=person.company_id))


@blueprint.get("/<uuid:company_id>")
@asks(Permission.ABSENCE_READ)
def company(company_id: uuid.UUID) -> ResponseReturnValue:
    return _show(_find(company_id, Permission.ABSENCE_READ), {})


@blueprint.post("/<uuid:company_id>/away")
@asks(Permission.ABSENCE_PLAN)
def away(company_id: uuid.UUID) -> ResponseReturnValue:
    found = _find(company_id, Permission.ABSENCE_PLAN)
    form = _absence_form(found)
    if not form.validate_on_submit():
        return _show(found, {"absence": form})
    person = db().get_one(Person, uuid.UUID(form.person.data))
    enter_absence(person, starts_on=form.starts_on.data, ends_on=form.ends_on.data, actor=actor_here())
    flash(_("不在を登録しました。その間は副責任者にお届けします。期限は変わりません。"), "success")
    return _back_to(found)


@blueprint.post("/<uuid:company_id>/away/<uuid:absence_id>/cancel")
@asks(Permission.ABSENCE_PLAN)
def back(company_id: uuid.UUID, absence_id: uuid.UUID) -> ResponseReturnValue:
    found = _find(company_id, Permission.ABSENCE_PLAN)
    absence: Absence = one_or_404(select(Absence).where(Absence.id == absence_id, Absence.company_id == found.id))
    cancel_absence(absence, actor=actor_here())
    flash(_("不在を取り消しました。"), "success")
    return _back_to(found)


@blueprint.post("/<uuid:company_id>/closed")
@asks(Permission.ABSENCE_PLAN)
def closed(company_id: uuid.UUID) -> ResponseReturnValue:
    found = _find(company_id, Permission.ABSENCE_PLAN)
    form = ClosureForm(prefix="closure")
    if not form.validate_on_submit():
        return _show(found, {"closure": form})
    days = days_between(form.first_day.data, form.last_day.data)
    entered = close_days(found, days, reason=form.reason.data, actor=actor_here())
    if not entered:
        form.refuse(form.first_day, _("登録済みか、協会も休みの日です。期限は変わらないため、登録はいりません。"))
        return _show(found, {"closure": form})
    flash(_("休業日を%(count)s日登録しました。これから始まる期限に使います。", count=len(entered)), "success")
    return _back_to(found)


@blueprint.post("/<uuid:company_id>/closed/<uuid:closure_id>/cancel")
@asks(Permission.ABSENCE_PLAN)
def opened(company_id: uuid.UUID, closure_id: uuid.UUID) -> ResponseReturnValue:
    found = _find(company_id, Permission.ABSENCE_PLAN)
    wanted = select(CompanyClosure).where(CompanyClosure.id == closure_id, CompanyClosure.company_id == found.id)
    open_day(one_or_404(wanted), actor=actor_here())
    flash(_("休業日を取り消しました。もう始まっている期限は変わりません。"), "success")
    return _back_to(found)


def _find(company_id: uuid.UUID, permission: Permission) -> Company:
    reach = visible_companies(actor_here(), permission)
    found: Company = one_or_404(select(Company).where(Company.id == company_id, reach))
    return found


def _back_to(found: Company) -> ResponseReturnValue:
    return redirect(url_for("absences.company", company_id=found.id))


def _absence_form(found: Company) -> AbsenceForm:
    form = AbsenceForm(prefix="absence")
    form.person.options = [
        (person.id.hex, f"{name_of(person)} ({label(person.role)})")
        for person in officers_of(found.id, at=now())
        if may_say_away(person, actor=actor_here())
    ]
    return form


def _show(found: Company, answered: dict[str, AbsenceForm | ClosureForm]) -> ResponseReturnValue:
    day = today()
    forms = {"absence": answered.get("absence") or _absence_form(found)}
    forms["closure"] = answered.get("closure") or ClosureForm(prefix="closure")
    return render_template(
        "absences/company.html",
        company=found,
        name=name_on(found, day),
        is_own=actor_here().role in COMPANY,
        away=[(one, name_of(db().get_one(Person, one.person_id))) for one in absences_from(found.id, day)],
        closures=closures_from(found.id, day),
        today=day,
        most=COMPANY_CLOSURES_PER_YEAR_END,
        forms=forms,
        form_with_errors=list(answered.values()),
    )
