"""The pages of certifications: the overview, a company's own, and what the mark's end asks of it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, false, select, true

from app.certifications import blueprint, file_routes
from app.certifications.actions import confirm_stop_use, enter_certified
from app.certifications.certificates import issue_certificate, may_be_issued
from app.certifications.forms import CertificationForm, WithdrawForm
from app.certifications.queries import (
    NEVER_HELD,
    certification_numbered,
    certification_of,
    held_certification,
    open_stop_use,
    publications_of,
    scheduled_end,
    states_in_force,
    statuses_of,
    stop_use_tasks,
    waits_until_day,
)
from app.certifications.withdrawing import withdraw
from app.clocks.queries import calendar
from app.letters.queries import file_numbered, newest_certificate
from app.pipeline.access import asks
from app.pipeline.acting import asked
from app.pipeline.audit import of_company
from app.pipeline.clock import now, today
from app.pipeline.identity import Actor, actor_here, person_here
from app.pipeline.rehearsal import makes_first
from app.pipeline.standing import one_or_404
from app.pipeline.transaction import db
from app.presentation.due import TimeLeft, time_left
from app.presentation.pagination import decode_position, forward_page
from app.presentation.pdf import as_download
from app.registry.queries import status_behind
from models.certification import Certification
from models.company import Company
from models.rules.board import StopUsePlace
from models.rules.certification_lifecycle import (
    CertificationState,
    certification_policy_at,
    renewal_opens,
)
from models.rules.membership import may_be_certified
from models.rules.people import COMPANY, SECRETARIAT, Role
from models.rules.permissions import Permission, may_ever
from models.rules.working_days import in_japan
from models.stop_use_task import StopUseTask

__all__ = ["file_routes"]

PAGE = 25
KNOW_OF_PROCEDURES = SECRETARIAT | {Role.AUDITOR}


@dataclass(frozen=True)
class Line:
    """One certification in the overview."""

    certification: Certification
    company: str
    state: CertificationState
    unconfirmed: int
    due_at: datetime | None
    time_left: TimeLeft | None
    renewal_is_near: bool


@blueprint.get("/")
@asks(Permission.CERTIFICATION_READ)
def overview() -> ResponseReturnValue:
    actor = actor_here()
    if actor.role in COMPANY:
        return _own_page()
    after = request.args.get("after")
    found = decode_position(after, str)
    query = select(Certification).where(Certification.state.not_in(NEVER_HELD), _visible(actor))
    if found is not None:
        query = query.where(Certification.number > found[0])
    rows = db().scalars(query.order_by(Certification.number).limit(PAGE + 1)).all()
    page = forward_page(
        _lines(rows, actor), size=PAGE, position_of=lambda line: (line.certification.number or "",), began_after=after
    )
    return render_template(
        "certifications/overview.html",
        page=page,
        may_enter=may_ever(Permission.CERTIFICATION_EFFECT, actor.role),
        may_see_pledges=may_ever(Permission.PLEDGE_READ, actor.role),
        now=now(),
    )


@blueprint.route("/new", methods=["GET", "POST"])
@asks(Permission.CERTIFICATION_EFFECT)
def new() -> ResponseReturnValue:
    form = CertificationForm()
    form.company.options = _candidates()
    valid = form.validate_on_submit()
    if valid and certification_numbered(form.number.data) is not None:
        valid = form.refuse(form.number, _("この番号は、すでに使われています。"))
    if not valid:
        return render_template("certifications/new.html", form=form)
    entered = enter_certified(
        db().get_one(Company, uuid.UUID(form.company.data)),
        number=form.number.data,
        valid_from=form.valid_from.data,
        resolution_reference=form.reference.data,
        actor=actor_here(),
    )
    flash(_("認定を記録しました。初日から一覧に載ります。"), "success")
    return redirect(url_for("certifications.certification", number=entered.number))


@blueprint.get("/<number>")
@asks(Permission.CERTIFICATION_READ)
def certification(number: str) -> ResponseReturnValue:
    actor = actor_here()
    found = _find(number)
    if actor.role in COMPANY:
        return redirect(url_for("certifications.overview"))
    line = _lines([found], actor)[0]
    knows = actor.role in KNOW_OF_PROCEDURES
    return render_template(
        "certifications/certification.html",
        line=line,
        ends_at=scheduled_end(found, now()) if knows else None,
        statuses=[one for one in statuses_of(found) if knows or one.effective_at <= now()],
        publications=[one for one in publications_of(found) if knows or one.published_from <= now()],
        tasks=_tasks(stop_use_tasks(found)),
        certificate=newest_certificate(number, found.company_id),
        may_issue=may_ever(Permission.CERTIFICATION_EFFECT, actor.role) and may_be_issued(found),
        now=now(),
    )


@blueprint.post("/<number>/certificate")
@asks(Permission.CERTIFICATION_EFFECT)
@makes_first
def issue_certificate_(number: str) -> ResponseReturnValue:
    issue_certificate(_find(number), actor=actor_here())
    flash(_("認定証を発行しました。会社の画面からも保存できます。"), "success")
    return redirect(url_for("certifications.certification", number=number))


@blueprint.get("/<number>/certificate/file")
@asks(Permission.CERTIFICATION_READ)
def certificate(number: str) -> ResponseReturnValue:
    found = _find(number)
    issued = newest_certificate(number, found.company_id)
    made = file_numbered(issued.number if issued else None, actor=actor_here())
    return as_download(made, f"certificate-{number}")


@blueprint.post("/<number>/stop-use/<uuid:task_id>")
@asks(Permission.ESCALATION_ANSWER)
def stop_use(number: str, task_id: uuid.UUID) -> ResponseReturnValue:
    task: StopUseTask = one_or_404(
        select(StopUseTask)
        .join(Certification, Certification.id == StopUseTask.certification_id)
        .where(Certification.number == number, StopUseTask.id == task_id, _visible(actor_here()))
    )
    confirm_stop_use(task, actor=actor_here())
    flash(_("使用をやめたことを記録しました。"), "success")
    return redirect(url_for("certifications.overview"))


def _find(number: str) -> Certification:
    found: Certification = one_or_404(
        select(Certification).where(Certification.number == number, _visible(actor_here()))
    )
    return found


@blueprint.post("/withdraw")
@asks(Permission.CERTIFICATION_APPLY)
def withdraw_() -> ResponseReturnValue:
    company_id = person_here().company_id
    found = held_certification(company_id) if company_id else None
    if found is None:
        abort(404)
    form = WithdrawForm(prefix="withdraw")
    if not asked(form, found, subject=of_company(found.company_id)):
        return _own_page(form)
    withdraw(found, actor=actor_here())
    flash(_("認定の辞退を記録しました。一覧から消え、マークは「認定していません」に変わりました。"), "success")
    return redirect(url_for("certifications.overview"))


def _own_page(withdrawing: WithdrawForm | None = None) -> ResponseReturnValue:
    company_id = person_here().company_id
    held = held_certification(company_id) if company_id else None
    withdraws = held is not None and may_ever(Permission.CERTIFICATION_APPLY, actor_here().role)
    if withdraws and held is not None and withdrawing is None:
        withdrawing = WithdrawForm(formdata=None, prefix="withdraw", data={"version": held.version})
    found = certification_of(company_id) if company_id else None
    state = states_in_force([found], now()).get(found.id) if found else None
    settings = current_app.config["KIKITE"]
    return render_template(
        "certifications/own.html",
        certification=found,
        certificate=newest_certificate(found.number, found.company_id) if found and found.number else None,
        state=state,
        is_listed=_is_on_the_list(found),
        service=settings.base_url.rstrip("/"),
        association=settings.association_name,
        tasks=_tasks(stop_use_tasks(found)) if found else [],
        withdrawing=withdrawing if withdraws else None,
        form_with_errors=withdrawing if withdraws else None,
        waiting_months=certification_policy_at(now()).waiting_months_after_revocation,
        now=now(),
    )


def _is_on_the_list(found: Certification | None) -> bool:
    """Whether the public list has it today, and so the company may show the mark."""
    answer = status_behind(found.number) if found and found.number else None
    return answer is not None and answer.entry is not None


def _lines(certifications: Sequence[Certification], actor: Actor) -> list[Line]:
    at = now()
    day = in_japan(at).date()
    states, tasks = states_in_force(certifications, at), open_stop_use(certifications)
    wanted = [one.company_id for one in certifications]
    companies = {one.id: one for one in db().scalars(select(Company).where(Company.id.in_(wanted)))}
    lines = []
    for one in certifications:
        unconfirmed = tasks.get(one.id, [])
        due_at = min((task.due_at for task in unconfirmed), default=None)
        lines.append(
            Line(
                certification=one,
                company=companies[one.company_id].name_on(day).name,
                state=_state_for(one, states.get(one.id, one.state), actor),
                unconfirmed=len(unconfirmed),
                due_at=due_at,
                time_left=time_left(due_at, at=at, calendar=calendar()) if due_at else None,
                renewal_is_near=bool(
                    one.valid_to and renewal_opens(one.valid_to, certification_policy_at(at)) <= day <= one.valid_to
                ),
            )
        )
    return lines


def _state_for(certification: Certification, in_force: CertificationState, actor: Actor) -> CertificationState:
    """A procedure is shown to the secretariat and the auditor alone; everybody else sees what is in force."""
    if certification.state is not CertificationState.REVOCATION_PROC:
        return certification.state
    in_procedure = actor.role in KNOW_OF_PROCEDURES and in_force is not CertificationState.REVOKED
    return CertificationState.REVOCATION_PROC if in_procedure else in_force


def _visible(actor: Actor) -> ColumnElement[bool]:
    if actor.role in COMPANY:
        own = actor.person.company_id if actor.person else None
        return Certification.company_id == own
    return true() if may_ever(Permission.CERTIFICATION_READ, actor.role) else false()


def _tasks(tasks: Sequence[StopUseTask]) -> list[tuple[StopUseTask, StopUsePlace, TimeLeft]]:
    return [(task, StopUsePlace(task.place), time_left(task.due_at, at=now(), calendar=calendar())) for task in tasks]


def _candidates() -> list[tuple[str, str]]:
    """The members that operate contact centers and hold no certification now."""
    day = today()
    companies = [
        company
        for company in db().scalars(select(Company))
        if company.is_member_on(day)
        and may_be_certified(company.member_type, company.operator_type)
        and held_certification(company.id) is None
        and waits_until_day(company.id) is None
    ]
    named = sorted((company.name_on(day).kana, company.id.hex, company.name_on(day).name) for company in companies)
    return [(company_id, name) for _kana, company_id, name in named]
