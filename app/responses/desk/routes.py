"""The page on which the desk keys what an officer said; each act is the officer's own, marked as keyed."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app.companies.queries import name_on
from app.people.queries import name_of
from app.pipeline.access import asks
from app.pipeline.acting import asked
from app.pipeline.audit import of_case
from app.pipeline.clock import now, today
from app.pipeline.identity import actor_here
from app.pipeline.standing import one_or_404, visible_cases
from app.pipeline.transaction import db
from app.presentation.filters import label
from app.responses.actions import Told, key_acknowledgement, key_extension, key_report
from app.responses.desk import blueprint
from app.responses.desk.forms import KeyedAcknowledgementForm, KeyedExtensionForm, KeyedReportForm, ToldForm
from app.responses.pages import why_not_extended
from app.responses.queries import extension_of, may_extend, stage_now
from app.responses.queries.keyed import keyed_entries, speakers
from app.rulebook.queries import text_in_force
from models.case import Case
from models.company import Company
from models.exchange import Exchange
from models.rules.editable_texts import EditableText
from models.rules.permissions import Permission
from models.rules.proxy import ProxyAct, proxy_acts
from models.rules.report_blocks import Element, ReportBlock

FORMS: dict[ProxyAct, type[ToldForm]] = {
    ProxyAct.ACKNOWLEDGE: KeyedAcknowledgementForm,
    ProxyAct.EXTENSION: KeyedExtensionForm,
    ProxyAct.REPORT: KeyedReportForm,
}


@blueprint.get("/<reference>")
@asks(Permission.RESPONSE_READ)
def desk(reference: str) -> ResponseReturnValue:
    return _show(_find(reference, Permission.RESPONSE_ACKNOWLEDGE), {})


@blueprint.post("/<reference>/acknowledge")
@asks(Permission.RESPONSE_ACKNOWLEDGE)
def acknowledge(reference: str) -> ResponseReturnValue:
    found = _find(reference, Permission.RESPONSE_ACKNOWLEDGE)
    form = _form(ProxyAct.ACKNOWLEDGE, found)
    if not asked(form, found, subject=of_case(found.case_id)):
        return _show(found, {ProxyAct.ACKNOWLEDGE: form})
    key_acknowledgement(found, _told(found, form), actor=actor_here())
    return _kept(found)


@blueprint.post("/<reference>/extension")
@asks(Permission.RESPONSE_REPORT)
def extension(reference: str) -> ResponseReturnValue:
    found = _find(reference, Permission.RESPONSE_REPORT)
    form = _form(ProxyAct.EXTENSION, found)
    if not asked(form, found, subject=of_case(found.case_id)):
        return _show(found, {ProxyAct.EXTENSION: form})
    days, reason = form["working_days"].data, form["reason"].data
    decision = may_extend(found, working_days=days, reason=reason, asked_on=form.told_on.data)
    if not decision:
        form.refuse(form["working_days"], why_not_extended(decision.reason))
        return _show(found, {ProxyAct.EXTENSION: form})
    key_extension(found, _told(found, form), working_days=days, reason=reason, actor=actor_here())
    return _kept(found)


@blueprint.post("/<reference>/report")
@asks(Permission.RESPONSE_REPORT)
def report(reference: str) -> ResponseReturnValue:
    found = _find(reference, Permission.RESPONSE_REPORT)
    form = _form(ProxyAct.REPORT, found)
    if not asked(form, found, subject=of_case(found.case_id)):
        return _show(found, {ProxyAct.REPORT: form})
    key_report(found, _told(found, form), form.blocks(), actor=actor_here())
    return _kept(found)


def _find(reference: str, permission: Permission) -> Exchange:
    """What lies with a company, for the counselor whose case it is; the company's own people have their own page."""
    mine = visible_cases(actor_here(), permission)
    found: Exchange = one_or_404(
        select(Exchange)
        .join(Case, Case.id == Exchange.case_id)
        .where(Exchange.reference == reference, Exchange.state == "routed", mine)
    )
    if not proxy_acts(stage_now(found)):
        abort(404)
    return found


def _form(act: ProxyAct, found: Exchange) -> ToldForm:
    form = FORMS[act](prefix=act.value)
    form.told_by.options = _speakers(found)
    return form


def _fresh(act: ProxyAct, found: Exchange) -> ToldForm:
    form = FORMS[act](formdata=None, prefix=act.value, data={"version": found.version, "told_on": today()})
    form.told_by.options = _speakers(found)
    return form


def _speakers(found: Exchange) -> list[tuple[str, str]]:
    return [(person.id.hex, f"{name_of(person)} ({label(person.role)})") for person in speakers(found)]


def _told(found: Exchange, form: ToldForm) -> Told:
    person = next(one for one in speakers(found) if one.id.hex == form.told_by.data)
    return Told(by=person, on=form.told_on.data, way=form.way.data)


def _kept(found: Exchange) -> ResponseReturnValue:
    flash(_("代理で入力しました。会社の担当者に、確かめていただくようメールでお知らせします。"), "success")
    case = db().get_one(Case, found.case_id)
    return redirect(url_for("cases.case", number=case.number))


def _show(found: Exchange, answered: dict[ProxyAct, ToldForm]) -> ResponseReturnValue:
    case = db().get_one(Case, found.case_id)
    forms = {act.value: answered.get(act) or _fresh(act, found) for act in proxy_acts(stage_now(found))}
    if extension_of(found) is not None:
        forms.pop(ProxyAct.EXTENSION.value, None)
    return render_template(
        "responses/keyed.html",
        case=case,
        exchange=found,
        company=name_on(db().get_one(Company, found.company_id), today()),
        stage=stage_now(found),
        forms=forms,
        form_with_errors=list(answered.values()),
        entries=keyed_entries(found),
        blocks=ReportBlock,
        elements=Element,
        definition=text_in_force(EditableText.LEGAL_DEFINITION),
        now=now(),
    )
