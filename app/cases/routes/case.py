"""One case: everything about it on one page, the identity apart from it, and the small acts that need no page."""

from __future__ import annotations

import uuid
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from app.attachments.queries import count_of, for_the_desk
from app.cases import blueprint
from app.cases.actions import (
    NobodyOversees,
    acknowledge_consultation,
    assign,
    exclude,
    let_be_asked,
    note_messages_read,
    write_message,
    write_note,
)
from app.cases.actions.closing import outcome_asked_for
from app.cases.forms import AssignForm, MessageForm, NoteForm
from app.cases.links import linked_to, tell_of_retaliation
from app.cases.offers import offers_for
from app.cases.opened import Opened, codes_of, identity_of, opened_case
from app.cases.queries import (
    asked_before,
    excluded_from,
    named_companies,
    people_of_companies,
    people_of_the_desk,
    road_to,
    severity_of,
    withdrawal_asked_for,
)
from app.cases.reason_form import ReasonForm
from app.cases.routes.finding import asked, back_to, find, find_as_seen, may_read_at_once, must_be_as_seen
from app.cases.timeline import timeline_of
from app.cases.waiting import stands_still, waited_in_vain
from app.clocks.queries import calendar, running_clock, running_clocks
from app.companies.queries import name_on, site_with
from app.consents.queries import consent_in_force
from app.incidents.queries import group_links
from app.leaks.queries import leaks_of_case
from app.people.queries import name_of, serving
from app.phone_desk.queries import keyed_by
from app.pipeline.access import asks
from app.pipeline.audit import of_case, record_reading
from app.pipeline.clock import now, today
from app.pipeline.identity import actor_here
from app.pipeline.standing import towards_case
from app.pipeline.transaction import db
from app.presentation.due import time_left
from app.presentation.filters import label
from app.retention.queries import is_held, kept_in_words
from app.rulebook.queries import text_in_force
from app.watch.queries import watched
from app.watch.queries.telling import told_companies
from crypto import CannotOpen
from models.case import Case
from models.company import Company
from models.person import Person
from models.rules.consent import Party
from models.rules.deadlines import ClockKind
from models.rules.editable_texts import EditableText
from models.rules.people import CompartmentKind, Role
from models.rules.permissions import Permission, decide
from models.rules.readings import ASSIGNED

PARTS = (
    CompartmentKind.NARRATIVE,
    CompartmentKind.HEALTH,
    CompartmentKind.DESK_NOTES,
    CompartmentKind.FORWARDED,
    CompartmentKind.REPORT,
)


@blueprint.get("/<number>")
@asks(Permission.CASE_READ)
def case(number: str) -> ResponseReturnValue:
    found = find(number, Permission.CASE_READ)
    form = ReasonForm(formdata=request.args if "reason" in request.args else None)
    reason = ASSIGNED if may_read_at_once(found) else _reason_given(form)
    if reason is None:
        return render_template("cases/reason.html", case=found, form=form, identity=False)
    actor = actor_here()
    with_health = _may(found, Permission.CASE_READ_HEALTH)
    opens = [part.value for part in PARTS if with_health or part is not CompartmentKind.HEALTH]
    facts = {"compartment": "+".join(opens), "reason_code": reason}
    record_reading(
        of_case(found),
        "case.read",
        actor=actor,
        facts=dict(facts),
        beside=lambda: note_messages_read(found, actor=actor),
    )
    try:
        opened = opened_case(found, with_health=with_health, actor=actor)
    except CannotOpen:
        return render_template("cases/waits_for_keys.html", case=found)
    return render_template("cases/case.html", **_shown(found, opened, reason))


def _shown(case: Case, opened: Opened, reason: str) -> dict[str, Any]:
    actor = actor_here()
    return {
        "case": case,
        "opened": opened,
        "reason": "" if reason == ASSIGNED else reason,
        "severity": severity_of(case),
        "kept": "" if case.is_open else kept_in_words(case, actor=actor),
        "is_held": is_held(case),
        "group": group_links(case),
        "codes": codes_of(case),
        "consent": consent_in_force(case),
        "clocks": [
            (clock, time_left(clock.due_at, at=now(), calendar=calendar())) for clock in running_clocks(case.id)
        ],
        "stands_still": stands_still(case),
        "in_vain": waited_in_vain(case),
        "now": now(),
        "offers": offers_for(case, actor),
        "may": {permission.name: _may(case, permission) for permission in Permission if permission.resource == "case"},
        "is_handler": actor.person is not None and actor.person.is_handler,
        "files_count": count_of(for_the_desk(case)),
        "assignee": name_of(db().get(Person, case.assignee_id)) if case.assignee_id else "",
        "companies": _companies(case, opened),
        "conflicts": _conflicts(case, opened),
        "forms": {
            "note": NoteForm(data={"version": case.version}),
            "message": MessageForm(data={"version": case.version}),
            "assign": _assign_form(case),
        },
        "tells_of_retaliation": bool(tell_of_retaliation([case.id])),
        "links": linked_to(case, actor=actor),
        "unacknowledged": running_clock(case.id, ClockKind.ACKNOWLEDGE_CONSULTER) is not None,
        "closing": outcome_asked_for(case),
        "withdrawing": withdrawal_asked_for(case),
        "asked_to_close_by_me": case.closing_asked_by_id == actor.id,
        "me": actor.id,
        "keyed": keyed_by(case),
        "watched": watched(case),
        "leaks": leaks_of_case(case, actor=actor),
        "timeline_entries": timeline_of(case, actor=actor),
        "told": told_companies(case.id),
        "may_key_for_company": _may(case, Permission.RESPONSE_REPORT),
        "may_see_advisers": _may(case, Permission.ADVISER_READ_ASKED),
        "may_see_keeping": _may(case, Permission.RETENTION_READ),
        "may_review": _may(case, Permission.REPORT_REVIEW),
        "authors": {"consulter": _("相談者"), "desk": _("相談窓口"), "officer": _("会社の責任者")},
        "purposes": _purposes(),
        "refusal_text": text_in_force(EditableText.STANDING_ANSWER),
    }


def _purposes() -> dict[str, str]:
    return {
        "note": "",
        "question": _("お尋ね"),
        "answer": _("お返事"),
        "advice": _("助言"),
        "feedback": _("結果のご案内"),
        "reply": _("会社からの返信"),
        "dissatisfied": _("納得できないとのお申し出"),
        "consent": _("転送版についてのご意見"),
    }


@blueprint.get("/<number>/identity")
@asks(Permission.CASE_READ_IDENTITY)
def identity(number: str) -> ResponseReturnValue:
    found = find(number, Permission.CASE_READ_IDENTITY)
    actor = actor_here()
    if actor.person is None or not actor.person.is_handler:
        abort(404)
    form = ReasonForm(formdata=request.args if "reason" in request.args else None)
    reason = _reason_given(form)
    if reason is None:
        return render_template("cases/reason.html", case=found, form=form, identity=True)
    record_reading(of_case(found), "case.read_identity", actor=actor, facts={"reason_code": reason})
    return render_template("cases/identity.html", case=found, identity=identity_of(found, actor=actor), reason=reason)


@blueprint.post("/<number>/acknowledge")
@asks(Permission.CASE_MESSAGE)
def acknowledge(number: str) -> ResponseReturnValue:
    found = find_as_seen(number, Permission.CASE_MESSAGE)
    acknowledge_consultation(found, actor=actor_here())
    flash(_("受け取ったことを相談者に伝えました。"), "success")
    return back_to(found, "said")


@blueprint.post("/<number>/note")
@asks(Permission.CASE_NOTE)
def note(number: str) -> ResponseReturnValue:
    found, form = find(number, Permission.CASE_NOTE), NoteForm()
    if not form.validate_on_submit():
        return write_page(found, form, form.note, _("窓口のメモ"), _("メモを残す"))
    write_note(found, form.note.data, actor=actor_here())
    flash(_("メモを残しました。"), "success")
    return back_to(found, "notes")


@blueprint.post("/<number>/message")
@asks(Permission.CASE_MESSAGE)
def message(number: str) -> ResponseReturnValue:
    found = find(number, Permission.CASE_MESSAGE)
    form = MessageForm(data={"version": found.version})
    if not asked(form, found):
        return write_page(found, form, form.message, _("相談者へのメッセージ"), _("送る"))
    write_message(found, form.message.data, actor=actor_here())
    flash(_("相談者にメッセージを送りました。"), "success")
    return back_to(found, "said")


@blueprint.post("/<number>/assign")
@asks(Permission.CASE_ASSIGN)
def assign_(number: str) -> ResponseReturnValue:
    found = find(number, Permission.CASE_ASSIGN)
    form = _assign_form(found)
    if not asked(form, found):
        return write_page(found, form, form.person, _("担当を決める"), _("担当にする"))
    person = db().get_one(Person, uuid.UUID(form.person.data))
    assign(found, person, actor=actor_here())
    flash(_("担当を決めました。"), "success")
    return back_to(found) if _may(found, Permission.CASE_READ) else redirect(url_for("cases.board"))


@blueprint.post("/<number>/exclude/<person_id>")
@asks(Permission.CASE_TRIAGE)
def exclude_(number: str, person_id: str) -> ResponseReturnValue:
    found = find(number, Permission.CASE_TRIAGE)
    person = _person(person_id)
    must_be_as_seen(found)
    by_consulter = request.form.get("declared_by") == "consulter"
    try:
        exclude(found, person, "consulter" if by_consulter else "desk", actor=actor_here())
    except NobodyOversees:
        flash(
            _(
                "この方まで除外すると、この相談を見られる管理者や事務局長が、事務局に一人もいなくなります。"
                "先に、この相談に関わりのない管理者を登録してください。"
            ),
            "error",
        )
        return back_to(found, "conflicts")
    flash(_("この方には、この相談を見せません。"), "success")
    still_mine = person.id != actor_here().id
    return back_to(found, "conflicts") if still_mine else redirect(url_for("cases.board"))


@blueprint.post("/<number>/let-be-asked/<person_id>")
@asks(Permission.CASE_TRIAGE)
def let_be_asked_(number: str, person_id: str) -> ResponseReturnValue:
    found = find_as_seen(number, Permission.CASE_TRIAGE)
    let_be_asked(found, _person(person_id), actor=actor_here())
    flash(_("相談者の了承により、この方にも伝えられるようにしました。"), "success")
    return back_to(found, "conflicts")


def write_page(case: Case, form: FlaskForm, field: Any, heading: str, button: str, **shown: Any) -> ResponseReturnValue:
    """A page with one form and nothing else of the case, such as the one that says what is wrong with a message."""
    return render_template(
        "cases/write.html", case=case, form=form, fields=[field], heading=heading, button=button, **shown
    )


def _person(person_id: str) -> Person:
    try:
        found = db().get(Person, uuid.UUID(person_id))
    except ValueError:
        found = None
    if found is None:
        abort(404)
    return found


def _reason_given(form: ReasonForm) -> str | None:
    return str(form.reason.data.value) if "reason" in request.args and form.validate() else None


def _may(case: Case, permission: Permission) -> bool:
    actor = actor_here()
    return bool(decide(permission, role=actor.role, standing=towards_case(actor, case)))


def _assign_form(case: Case) -> AssignForm:
    form = AssignForm(data={"version": case.version})
    gone = excluded_from(case)
    form.person.options = [
        (person.id.hex, f"{name_of(person)} ({label(person.role)})")
        for person in people_of_the_desk()
        if person.id not in gone and person.id != case.assignee_id
    ]
    return form


def _companies(case: Case, opened: Opened) -> list[dict[str, Any]]:
    """The companies that the consulter named and the registered one each is, or the words she typed."""
    known, day = named_companies(case), today()
    poster = site_with(str(opened.narrative.get("site_code", "")))
    rows = []
    for party in Party:
        typed, company = str(opened.narrative.get(party.value, "")), known.get(party)
        if typed or company:
            registered = name_on(company, day) if company else ""
            road = road_to(company) if company else None
            site = poster[0].name if poster and company and poster[1].id == company.id else ""
            rows.append({"party": party, "typed": typed, "registered": registered, "road": road, "site": site})
    return rows


def _conflicts(case: Case, opened: Opened) -> list[dict[str, Any]]:
    """Everybody who might have to be kept away: of the companies concerned, of the desk itself, and from outside."""
    companies = [company.id for company in named_companies(case).values()]
    companies += [one.company.id for one in opened.with_companies]
    gone, told = excluded_from(case), asked_before(case)
    day = today()
    people = [*people_of_companies(companies), *people_of_the_desk(), *serving(now(), Role.ADVISER)]
    return [
        {
            "person": person,
            "name": name_of(person),
            "where": name_on(db().get_one(Company, person.company_id), day) if person.company_id else "",
            "is_excluded": person.id in gone,
            "was_told": person.id in told,
        }
        for person in people
    ]
