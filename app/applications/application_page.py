"""What the pages of applications show: the company's own, the lists, and one application with its forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.applications.forms import AgendaForm, DecisionForm, ReviewForm
from app.applications.queries import (
    BEFORE_THE_BOARD,
    IN_REVIEW,
    WRITABLE,
    Written,
    applications_of,
    approval_of,
    certification_of_application,
    compartment_of,
    directors_for,
    marks_of,
    may_begin_first,
    meeting_of,
    open_application,
    renewable,
    sheet_of,
    state_of,
    submitted_within_reach,
    words_of,
)
from app.attachments.queries import evidence_counts
from app.certifications.queries import waits_until_day
from app.pipeline.clock import now, today
from app.pipeline.identity import Actor
from app.pipeline.standing import towards_company
from app.pipeline.transaction import db
from app.presentation.changing_form import ChangingForm
from app.presentation.filters import ja_datetime, label
from app.resolutions.queries import meetings_to_come
from models.approval import Approval
from models.certification_application import CertificationApplication
from models.company import Company
from models.rules.board import MeetingMode
from models.rules.certification_lifecycle import CertificationState
from models.rules.people import COMPANY
from models.rules.permissions import Permission, decide
from models.rules.pledges import SHEETS, Pledge, ReviewMark, may_go_to_board, may_return
from models.sealed import open_from

SHOWN_AT_MOST = 200


@dataclass(frozen=True)
class Line:
    """One application in a list."""

    application: CertificationApplication
    company: str
    state: CertificationState
    approval: Approval | None


def own_page(company: Company, actor: Actor) -> dict[str, Any]:
    """A company's own: what is open, what may be begun, and what was before."""
    standing = towards_company(actor, company.id)
    applies = bool(decide(Permission.CERTIFICATION_APPLY, role=actor.role, standing=standing))
    return {
        "open": _line(found) if (found := open_application(company.id)) else None,
        "before": [_line(one) for one in applications_of(company.id) if one.ended_at is not None],
        "renewal": renewable(company),
        "may_begin": applies and (may_begin_first(company) or renewable(company) is not None),
        "applies": applies,
        "waits_until": waits_until_day(company.id),
    }


def lists(actor: Actor) -> dict[str, Any]:
    """What was submitted: what waits for the secretariat, what is before the board, and what is over."""
    query = submitted_within_reach(actor).order_by(CertificationApplication.submitted_at, CertificationApplication.id)
    going_on = query.where(CertificationApplication.ended_at.is_(None)).limit(SHOWN_AT_MOST)
    over = submitted_within_reach(actor).where(CertificationApplication.ended_at.is_not(None))
    over = over.order_by(CertificationApplication.ended_at.desc(), CertificationApplication.id).limit(SHOWN_AT_MOST)
    return {
        "going_on": _lines(db().scalars(going_on).all()),
        "over": _lines(db().scalars(over).all()),
    }


def shown(
    found: CertificationApplication,
    actor: Actor,
    *,
    reviewed: Mapping[Pledge, ReviewForm] | None = None,
    refused: ReviewForm | None = None,
    agenda: AgendaForm | None = None,
    decision: DecisionForm | None = None,
) -> dict[str, Any]:
    """One application as this reader sees it; the words only for whoever holds a key to them."""
    state, standing = state_of(found), towards_company(actor, found.company_id)

    def may(permission: Permission) -> bool:
        return bool(decide(permission, role=actor.role, standing=standing))

    opens = actor.held.opens(compartment_of(found))
    sheet = sheet_of(found, actor=actor) if opens else []
    approval, marks = approval_of(found), marks_of(found)
    is_open = found.ended_at is None
    reviews = is_open and state in IN_REVIEW and may(Permission.CERTIFICATION_REVIEW) and opens
    writes = is_open and state in WRITABLE and may(Permission.CERTIFICATION_APPLY)
    decides = is_open and state in BEFORE_THE_BOARD and may(Permission.RESOLUTION_RECORD)
    return {
        "application": found,
        "line": _line(found),
        "is_company": actor.role in COMPANY,
        "certification": certification_of_application(found),
        "sheet": [(written, _answers(written)) for written in sheet],
        "evidence": evidence_counts(found) if opens else None,
        "confirmed": sum(mark is ReviewMark.MET for mark in marks.values()),
        "writes": writes,
        "may_submit": writes and not any(written.lacks for written in sheet),
        "may_take_back": is_open and state is CertificationState.SUBMITTED and may(Permission.CERTIFICATION_APPLY),
        "may_begin_review": is_open and state is CertificationState.SUBMITTED and may(Permission.CERTIFICATION_REVIEW),
        "review_forms": _review_forms(sheet, reviewed or {}) if reviews else {},
        "reviewing": ChangingForm(formdata=None, data={"version": found.version}),
        "form_with_errors": [one for one in (refused, agenda, decision) if one is not None],
        "may_return": reviews and may_return(marks),
        "agenda": (agenda or agenda_form(found.version))
        if is_open
        and state in IN_REVIEW | BEFORE_THE_BOARD
        and may_go_to_board(marks)
        and may(Permission.CERTIFICATION_PROPOSE)
        else None,
        "meeting": meeting_of(found),
        "decision": _decision_form(found, decision) if decides and found.meeting_id else None,
        "eligible": len(directors_for(found.company_id)),
        "approval": approval,
        "reasons": open_from(approval, "sealed_reasons", key=actor.held.compartment_key(compartment_of(found)))
        if approval and approval.sealed_reasons and opens
        else "",
    }


def agenda_form(version: int | None = None) -> AgendaForm:
    """Before which of the meetings to come."""
    form = AgendaForm(prefix="agenda-", data={"version": version} if version is not None else None)
    form.meeting.options = [
        (one.id.hex, f"{ja_datetime(one.held_at, weekday=True)} {label(MeetingMode(one.mode))}")
        for one in meetings_to_come(now())
    ]
    return form


def _decision_form(found: CertificationApplication, posted: DecisionForm | None) -> DecisionForm:
    if posted is not None:
        return posted
    form = DecisionForm(formdata=None, data={"version": found.version, "valid_from": today()})
    form.names_first_day = found.kind == "first"
    return form


def begun_on_others(
    found: CertificationApplication, forms: Mapping[Pledge, ReviewForm], recorded: Pledge, *, actor: Actor
) -> dict[Pledge, ReviewForm]:
    """What a reviewer has begun on other pledges than the recorded one: whatever differs from what is kept."""
    return {
        written.pledge: form
        for written in sheet_of(found, actor=actor)
        for form in (forms[written.pledge],)
        if written.pledge is not recorded and (form.mark.data, form.note.data) != (written.mark, written.note)
    }


def _review_forms(sheet: Sequence[Written], posted: Mapping[Pledge, ReviewForm]) -> dict[Pledge, ReviewForm]:
    forms = {}
    for written in sheet:
        data = {"mark": written.mark.value if written.mark else None, "note": written.note}
        forms[written.pledge] = ReviewForm(formdata=None, prefix=f"{written.pledge.value}-", data=data)
    return {**forms, **posted}


def _answers(written: Written) -> list[tuple[str, str]]:
    return [
        (str(label(one.question)), words_of(one, written.answers.get(one.question.code, "")))
        for one in SHEETS[written.pledge].asks
    ]


def _line(found: CertificationApplication) -> Line:
    return _lines([found])[0]


def _lines(found: Sequence[CertificationApplication]) -> list[Line]:
    day = today()
    companies = {
        one.id: one.name_on(day).name
        for one in db().scalars(select(Company).where(Company.id.in_({each.company_id for each in found})))
    }
    return [
        Line(
            one,
            companies[one.company_id],
            state_of(one),
            approval_of(one) if one.ended_at is not None else None,
        )
        for one in found
    ]
