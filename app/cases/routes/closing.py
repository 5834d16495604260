"""Closing on its pages: by one, by two where the matter is grave, and opening again."""

from __future__ import annotations

import uuid

from flask import abort, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.cases import blueprint
from app.cases.actions import close_case, conclude_without_answer, confirm_close, monitor, refuse_close, reopen
from app.cases.forms import CloseForm, ReopenForm
from app.cases.queries import gravest_of, is_advice_only
from app.cases.routes.finding import asked, back_to, find, find_as_seen
from app.pipeline.access import asks
from app.pipeline.identity import actor_here
from app.pipeline.transaction import db
from app.presentation.buttons import pressed
from models.case import Case
from models.company_file import CompanyFile
from models.rules.case_lifecycle import CaseState, closing_needs_second_person
from models.rules.permissions import Permission
from models.rules.taxonomy.outcome import Outcome

LIKELY = {
    CaseState.TRIAGE: Outcome.OUT_OF_SCOPE,
    CaseState.AWAIT_CONSENT: Outcome.NO_CONSENT,
    CaseState.ADVICE: Outcome.ADVICE,
    CaseState.WITHDRAWN: Outcome.WITHDRAWN,
}


@blueprint.route("/<number>/close", methods=["GET", "POST"])
@asks(Permission.CASE_CLOSE)
def close(number: str) -> ResponseReturnValue:
    found = find(number, Permission.CASE_CLOSE)
    form = CloseForm(data={"version": found.version, "outcome": _likely(found)})
    if not asked(form, found):
        return _close_page(found, form)
    if close_case(found, form.outcome.data, actor=actor_here()):
        flash(_("相談を終結しました。"), "success")
    else:
        flash(_("終結の確認を求めました。管理者が二人目として確認すると終結します。"), "info")
    return back_to(found)


def _likely(case: Case) -> Outcome | None:
    """How a case like this mostly ends, for the counselor to confirm or change."""
    if case.state is CaseState.ADVICE and is_advice_only(case):
        return Outcome.NON_MEMBER
    return LIKELY.get(case.state)


def _close_page(case: Case, form: CloseForm) -> ResponseReturnValue:
    return render_template(
        "cases/write.html",
        case=case,
        form=form,
        fields=[form.outcome],
        heading=_("相談を終結する"),
        button=_("終結する"),
        two_people=closing_needs_second_person(gravest_of(case)),
    )


@blueprint.post("/<number>/confirm-close")
@asks(Permission.CASE_SECOND_CLOSE)
def confirm(number: str) -> ResponseReturnValue:
    found = find_as_seen(number, Permission.CASE_SECOND_CLOSE)
    if pressed("answer", "confirm", "refuse") == "refuse":
        refuse_close(found, actor=actor_here())
        flash(_("終結を見送りました。"), "info")
    else:
        confirm_close(found, actor=actor_here())
        flash(_("二人目として確認し、相談を終結しました。"), "success")
    return back_to(found)


@blueprint.post("/<number>/monitor")
@asks(Permission.CASE_CLOSE)
def monitor_(number: str) -> ResponseReturnValue:
    found = find_as_seen(number, Permission.CASE_CLOSE)
    monitor(found, actor=actor_here())
    flash(_("経過観察にしました。"), "success")
    return back_to(found)


@blueprint.route("/<number>/reopen", methods=["GET", "POST"])
@asks(Permission.CASE_REOPEN)
def reopen_(number: str) -> ResponseReturnValue:
    found = find(number, Permission.CASE_REOPEN)
    form = ReopenForm(data={"version": found.version})
    if not asked(form, found):
        return render_template(
            "cases/write.html",
            case=found,
            form=form,
            fields=[form.reason],
            heading=_("相談を再開する"),
            button=_("再開する"),
        )
    reopen(found, form.reason.data.value, actor=actor_here())
    flash(_("相談を再開しました。"), "success")
    return back_to(found)


@blueprint.post("/<number>/conclude/<file_id>")
@asks(Permission.ESCALATION_CONCLUDE)
def conclude(number: str, file_id: str) -> ResponseReturnValue:
    found = find_as_seen(number, Permission.ESCALATION_CONCLUDE)
    try:
        file = db().get(CompanyFile, uuid.UUID(file_id))
    except ValueError:
        file = None
    if file is None:
        abort(404)
    conclude_without_answer(found, file, actor=actor_here())
    flash(_("会社の回答なしで結論としました。相談者に結果を伝えてください。"), "success")
    return back_to(found)
