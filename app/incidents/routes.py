"""The page of a group on the desk, and the page on which a consulter sees how she is counted."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app.incidents import blueprint
from app.incidents.actions import (
    TooFew,
    answer_members,
    approve_group_copy,
    draft_group_copy,
    end_together,
    form_by_hand,
    say,
    take_out,
    tell_members,
)
from app.incidents.forms import ApproveForm, EndForm, TellForm
from app.incidents.pages import copy_that_counts, group_page, own_page
from app.incidents.queries import group_of, membership_of, smallest
from app.mailbox.queries import own_case
from app.pipeline.access import asks
from app.pipeline.acting import asked, must_be_as_seen
from app.pipeline.audit import of_case, record_reading
from app.pipeline.identity import actor_here
from app.pipeline.standing import one_or_404, visible_cases
from app.pipeline.transaction import db
from app.presentation.buttons import pressed
from app.presentation.changing_form import ChangingForm
from models.case import Case
from models.incident_group import IncidentGroup
from models.incident_member import IncidentMember
from models.rules.case_lifecycle import CaseState
from models.rules.mass_incident import GroupWord
from models.rules.permissions import Permission


@blueprint.get("/desk/groups/<number>")
@asks(Permission.CASE_LIST)
def group(number: str) -> ResponseReturnValue:
    return _shown(*_find(number, Permission.CASE_LIST))


@blueprint.post("/desk/groups/from/<number>")
@asks(Permission.CASE_TRIAGE)
def form(number: str) -> ResponseReturnValue:
    reach = visible_cases(actor_here(), Permission.CASE_TRIAGE)
    case: Case = one_or_404(select(Case).where(Case.number == number, reach))
    must_be_as_seen(case, ChangingForm(), subject=of_case(case))
    made = form_by_hand(case, actor=actor_here())
    flash(_("同じ会社についての相談を、一つのグループにまとめました。"), "success")
    return _back(made)


@blueprint.post("/desk/groups/<number>/draft")
@asks(Permission.CASE_PREPARE_COPY)
def draft(number: str) -> ResponseReturnValue:
    case, found = _as_seen(number, Permission.CASE_PREPARE_COPY)
    try:
        draft_group_copy(found, actor=actor_here())
    except TooFew:
        words = _(
            "人数に入れてよい方が%(smallest)s人に満たないため、まとめて伝えることはできません。", smallest=smallest()
        )
        flash(words, "warning")
        return redirect(url_for("incidents.group", number=case.number))
    flash(_("まとめの転送版を作りました。もう一人が読んで承認すると、送れるようになります。"), "success")
    return _back(found)


@blueprint.post("/desk/groups/<number>/approve")
@asks(Permission.CASE_APPROVE_COPY)
def approve(number: str) -> ResponseReturnValue:
    case, found = _find(number, Permission.CASE_APPROVE_COPY)
    given = ApproveForm(data={"version": case.version})
    if not asked(given, case, subject=of_case(case)):
        return _shown(case, found, approve_form=given)
    approve_group_copy(found, actor=actor_here())
    flash(_("まとめの転送版を承認しました。人数に入る方は、自分の画面で読めます。"), "success")
    return _back(found)


@blueprint.post("/desk/groups/<number>/tell")
@asks(Permission.CASE_MESSAGE)
def tell(number: str) -> ResponseReturnValue:
    case, found = _find(number, Permission.CASE_MESSAGE)
    given = TellForm(data={"version": case.version})
    if not asked(given, case, subject=of_case(case)):
        return _shown(case, found, tell_form=given)
    # When the company has answered, what everybody is told is the result.
    act: Callable[..., int] = answer_members if case.state is CaseState.FEEDBACK else tell_members
    told = act(found, given.message.data, actor=actor_here())
    flash(_("%(count)s人の画面にメッセージを届けました。", count=told), "success")
    return _back(found)


@blueprint.post("/desk/groups/<number>/take-out/<uuid:member_id>")
@asks(Permission.CASE_TRIAGE)
def take_out_(number: str, member_id: uuid.UUID) -> ResponseReturnValue:
    _case, found = _as_seen(number, Permission.CASE_TRIAGE)
    seen = select(Case.id).where(visible_cases(actor_here(), Permission.CASE_LIST))
    member: IncidentMember = one_or_404(
        select(IncidentMember).where(
            IncidentMember.id == member_id, IncidentMember.group_id == found.id, IncidentMember.case_id.in_(seen)
        )
    )
    take_out(member, actor=actor_here())
    flash(_("グループから外しました。この相談は、個別に進めます。"), "success")
    return _back(found)


@blueprint.post("/desk/groups/<number>/end")
@asks(Permission.CASE_CLOSE)
def end(number: str) -> ResponseReturnValue:
    case, found = _find(number, Permission.CASE_CLOSE)
    given = EndForm(data={"version": case.version})
    if not asked(given, case, subject=of_case(case)):
        return _shown(case, found, end_form=given)
    ended = end_together(found, given.outcome.data, actor=actor_here())
    if case.is_open:
        flash(_("終結の確認を求めました。管理者が二人目として確認すると終結します。"), "info")
    else:
        flash(_("グループと、%(count)s件の相談を終結しました。", count=ended), "success")
    return _back(found)


@blueprint.get("/mailbox/group")
@asks(Permission.MAILBOX_READ)
def own_group() -> ResponseReturnValue:
    actor = actor_here()
    case, member = _own(Permission.MAILBOX_READ)
    copy = copy_that_counts(member)
    if copy is not None:
        record_reading(of_case(case), "copy.view", actor=actor, facts={"copy_id": copy.id.hex})
    return render_template("incidents/own.html", **own_page(case, member, actor=actor))


@blueprint.post("/mailbox/group")
@asks(Permission.MAILBOX_CONSENT)
def decide() -> ResponseReturnValue:
    case, member = _own(Permission.MAILBOX_CONSENT)
    must_be_as_seen(case, ChangingForm(), subject=of_case(case))
    word = GroupWord(pressed("word", GroupWord.COUNT_ME.value, GroupWord.KEEP_OUT.value))
    say(member, word, actor=actor_here())
    kept_out = word is GroupWord.KEEP_OUT
    flash(_("人数に入れないことにしました。") if kept_out else _("人数に入れることにしました。"), "success")
    return redirect(url_for("incidents.own_group"))


def _own(permission: Permission) -> tuple[Case, IncidentMember]:
    case = own_case(actor_here(), permission)
    member = membership_of(case)
    if member is None:
        abort(404)
    return case, member


def _find(number: str, permission: Permission) -> tuple[Case, IncidentGroup]:
    reach = visible_cases(actor_here(), permission)
    case: Case = one_or_404(select(Case).where(Case.number == number, reach))
    found = group_of(case)
    if found is None:
        abort(404)
    return case, found


def _as_seen(number: str, permission: Permission) -> tuple[Case, IncidentGroup]:
    case, found = _find(number, permission)
    must_be_as_seen(case, ChangingForm(), subject=of_case(case))
    return case, found


def _shown(case: Case, found: IncidentGroup, **forms: Any) -> ResponseReturnValue:
    return render_template("incidents/group.html", **group_page(case, found, actor=actor_here(), **forms))


def _back(found: IncidentGroup) -> ResponseReturnValue:
    return redirect(url_for("incidents.group", number=db().get_one(Case, found.case_id).number))
