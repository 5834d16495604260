"""Triage on its pages: begin, weigh, ask, advise."""

from __future__ import annotations

from flask import flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.cases import blueprint
from app.cases.actions import advise, ask_information, open_triage, record_triage, resume_triage
from app.cases.forms import AdviceForm, QuestionForm, TriageForm
from app.cases.opened import codes_of, health_of, narrative_of
from app.cases.queries import is_advice_only, severity_of
from app.cases.referral import referral_words
from app.cases.routes.finding import asked, back_to, find, find_as_seen, note_reading
from app.pipeline.access import asks
from app.pipeline.identity import actor_here
from app.presentation.filters import label
from models.case import Case
from models.rules.case_lifecycle import CaseState
from models.rules.permissions import Permission


@blueprint.post("/<number>/open-triage")
@asks(Permission.CASE_TRIAGE)
def open_triage_(number: str) -> ResponseReturnValue:
    found = find_as_seen(number, Permission.CASE_TRIAGE)
    open_triage(found, actor=actor_here())
    flash(_("受付審査を始めました。"), "success")
    return back_to(found)


@blueprint.route("/<number>/triage", methods=["GET", "POST"])
@asks(Permission.CASE_TRIAGE)
def triage(number: str) -> ResponseReturnValue:
    found = find(number, Permission.CASE_TRIAGE)
    codes = codes_of(found)
    form = TriageForm(
        data={
            "version": found.version,
            "severity": severity_of(found),
            "types": codes["harassment_type"],
            "org_issues": codes["organisational_issue"],
            "is_crisis": found.is_crisis,
        }
    )
    if not asked(form, found):
        note_reading(found, "narrative", "health")
        actor = actor_here()
        return render_template(
            "cases/triage.html",
            case=found,
            form=form,
            narrative=narrative_of(found, actor=actor),
            health=health_of(found, actor=actor),
        )
    grade = record_triage(
        found,
        severity=form.severity.data,
        types=form.types.data,
        org_issues=form.org_issues.data,
        is_crisis=form.is_crisis.data,
        actor=actor_here(),
    )
    if grade is form.severity.data:
        flash(_("審査の内容を記録しました。"), "success")
    else:
        flash(_("選んだ類型の基準により、重大さを「%(grade)s」にしました。", grade=label(grade)), "info")
    return back_to(found)


@blueprint.route("/<number>/ask", methods=["GET", "POST"])
@asks(Permission.CASE_MESSAGE)
def ask(number: str) -> ResponseReturnValue:
    found = find(number, Permission.CASE_MESSAGE)
    form = QuestionForm(data={"version": found.version})
    if not asked(form, found):
        return _beside_the_original(found, form, form.question, _("相談者に追加で尋ねる"), _("尋ねる"))
    ask_information(found, form.question.data, actor=actor_here())
    flash(_("相談者に尋ねました。お返事を待つあいだ、審査の期限は止まります。"), "success")
    return back_to(found, "said")


@blueprint.post("/<number>/resume")
@asks(Permission.CASE_TRIAGE)
def resume(number: str) -> ResponseReturnValue:
    found = find_as_seen(number, Permission.CASE_TRIAGE)
    resume_triage(found, actor=actor_here())
    flash(_("受付審査に戻しました。"), "success")
    return back_to(found)


@blueprint.route("/<number>/advise", methods=["GET", "POST"])
@asks(Permission.CASE_ADVISE)
def advise_(number: str) -> ResponseReturnValue:
    found = find(number, Permission.CASE_ADVISE)
    begun = referral_words() if is_advice_only(found) else ""
    form = AdviceForm(data={"version": found.version, "advice": begun})
    aside = found.state is CaseState.AWAIT_CONSENT
    if not asked(form, found):
        return _beside_the_original(found, form, form.advice, _("助言で対応する"), _("助言を送る"), lays_aside=aside)
    advise(found, form.advice.data, actor=actor_here())
    if aside:
        flash(_("相談者に助言を送り、会社に伝える文章を取り下げました。"), "success")
    else:
        flash(_("相談者に助言を送りました。会社には何も伝えていません。"), "success")
    return back_to(found, "said")


def _beside_the_original(
    case: Case, form: QuestionForm | AdviceForm, field: object, heading: str, button: str, **shown: bool
) -> ResponseReturnValue:
    note_reading(case, "narrative")
    return render_template(
        "cases/write.html",
        case=case,
        form=form,
        fields=[field],
        heading=heading,
        button=button,
        original=narrative_of(case, actor=actor_here())["text"],
        **shown,
    )
