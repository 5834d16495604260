"""The ledger of a case on one page, and the record of what was provided: to look at, to print, and as a file."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.cases import blueprint
from app.cases.queries import may_draft, named_companies, party_of
from app.cases.reason_form import ReasonForm
from app.cases.routes.finding import find, may_read_at_once, note_reading
from app.consents.queries import companies_in_question, consent_in_force
from app.consents.queries.emergency import tellings_of
from app.consents.queries.shown import in_force_for, shown_history, shown_provisions
from app.people.queries import name_of
from app.pipeline.access import asks
from app.pipeline.clock import now
from app.pipeline.identity import actor_here
from app.pipeline.standing import towards_case
from app.pipeline.transaction import db
from app.presentation.filters import ja_datetime, label
from app.presentation.spreadsheet import spreadsheet
from models.case import Case
from models.emergency_telling import EmergencyTelling
from models.person import Person
from models.rules.consent import ConsentOption, Party
from models.rules.permissions import Permission, decide
from models.rules.readings import ASSIGNED

PART = "consents"


@blueprint.get("/<number>/consents")
@asks(Permission.CASE_READ)
def consents(number: str) -> ResponseReturnValue:
    found = find(number, Permission.CASE_READ)
    reason = _reason_for(found)
    if reason is None:
        return _reason_page(found)
    companies = companies_in_question(found, named_companies(found).values())
    return render_template(
        "cases/consents.html",
        case=found,
        reason=_passed_on(reason),
        consent=consent_in_force(found),
        options=tuple(ConsentOption),
        companies=[
            (one, party_of(found, one.company), may_draft(found, one.company, one.consent.level))
            for one in in_force_for(found, companies)
        ],
        client=Party.CLIENT,
        history=shown_history(found, for_the_desk=True),
        provisions=shown_provisions(found, for_the_desk=True),
        **_emergencies(found),
    )


def _emergencies(case: Case) -> dict[str, Any]:
    actor = actor_here()
    tellings = tellings_of(case, actor=actor)
    people = {one for telling in tellings for one in _who(telling.row) if one}
    standing = towards_case(actor, case)
    return {
        "tellings": tellings,
        "names": {one: name_of(db().get(Person, one)) for one in people},
        "me": actor.id,
        "may_ask": bool(decide(Permission.CASE_EMERGENCY, role=actor.role, standing=standing))
        and all(one.row.answer for one in tellings),
        "may_key": case.is_open and bool(decide(Permission.CASE_KEY_CONSENT, role=actor.role, standing=standing)),
        "may_note": bool(decide(Permission.CASE_NOTE_EMERGENCY, role=actor.role, standing=standing)),
        "may_answer": bool(decide(Permission.CASE_SECOND_EMERGENCY, role=actor.role, standing=standing)),
    }


def _who(row: EmergencyTelling) -> tuple[uuid.UUID | None, ...]:
    return (row.asked_by_id, row.answered_by_id, row.done_by_id)


@blueprint.get("/<number>/provisions")
@asks(Permission.CASE_READ)
def provisions(number: str) -> ResponseReturnValue:
    found = find(number, Permission.CASE_READ)
    reason = _reason_for(found)
    if reason is None:
        return _reason_page(found)
    return render_template(
        "cases/provisions.html",
        case=found,
        reason=_passed_on(reason),
        at=now(),
        provisions=shown_provisions(found, for_the_desk=True),
    )


@blueprint.get("/<number>/provisions/file")
@asks(Permission.CASE_READ)
def provisions_file(number: str) -> ResponseReturnValue:
    found = find(number, Permission.CASE_READ)
    reason = _reason_for(found)
    return _file(found) if reason is not None else _reason_page(found)


def _file(case: Case) -> Response:
    header = [
        _("番号"),
        _("提供した日時"),
        _("提供したもの"),
        _("会社"),
        _("宛先の方"),
        _("伝えた範囲"),
        _("同意の記録の番号"),
        _("提供した人"),
    ]
    rows = [
        (
            one.number,
            ja_datetime(one.at),
            one.what,
            one.company,
            one.person,
            label(one.level),
            one.consent or "",
            one.by,
        )
        for one in shown_provisions(case, for_the_desk=True)
    ]
    return spreadsheet(f"provisions-{case.number}.csv", header, rows)


def _reason_for(case: Case) -> str | None:
    """Why this is read, recorded before anything is shown; None while a reason is still to be given."""
    reason: str | None = ASSIGNED
    if not may_read_at_once(case):
        form = ReasonForm(formdata=request.args)
        reason = str(form.reason.data.value) if "reason" in request.args and form.validate() else None
    if reason is not None:
        note_reading(case, PART, reason=reason)
    return reason


def _reason_page(case: Case) -> str:
    form = ReasonForm(formdata=request.args if "reason" in request.args else None)
    return render_template("cases/reason.html", case=case, form=form, identity=False)


def _passed_on(reason: str) -> str | None:
    return None if reason == ASSIGNED else reason
