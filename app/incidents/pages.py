"""What the two pages of a group show: the desk's, where nothing sealed is opened, and a consulter's own."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import url_for
from sqlalchemy import select

from app.cases.queries import latest_copy
from app.clocks.queries import calendar, running_clocks
from app.companies.queries import name_on
from app.custody.queries import compartment_of_exchange
from app.incidents.actions import acknowledgement
from app.incidents.actions.telling import may_end_with_it, read_since
from app.incidents.forms import ApproveForm, EndForm, TellForm
from app.incidents.queries import (
    Belonging,
    belonging,
    belonging_to,
    case_of,
    company_of,
    copy_still_holds,
    copy_text,
    countable,
    exchange_of,
    smallest,
    was_told,
)
from app.mailbox.queries import Said, group_replies
from app.pipeline.clock import now, today
from app.pipeline.identity import Actor
from app.pipeline.standing import towards_case, visible_cases
from app.pipeline.transaction import db
from app.presentation.due import time_left
from app.presentation.filters import label
from crypto import CannotOpen
from models.case import Case
from models.compartment import Compartment
from models.forwarded_copy import ForwardedCopy
from models.incident_group import IncidentGroup
from models.incident_member import IncidentMember
from models.rules.case_lifecycle import CaseState
from models.rules.mass_incident import GroupWord
from models.rules.people import CompartmentKind
from models.rules.permissions import Permission, decide
from models.sealed import open_from

MOST_SHOWN = 300


def group_page(
    case: Case,
    group: IncidentGroup,
    *,
    actor: Actor,
    approve_form: ApproveForm | None = None,
    tell_form: TellForm | None = None,
    end_form: EndForm | None = None,
) -> dict[str, Any]:
    """The desk's page. Who is kept from one of them does not see that one in the list."""
    people = belonging_to(group)
    ids = [one.case.id for one in people]
    seen = set(db().scalars(select(Case.id).where(Case.id.in_(ids), visible_cases(actor, Permission.CASE_LIST))))
    visible = [one for one in people if one.case.id in seen]
    company, exchange = company_of(group), exchange_of(group)
    copy = latest_copy(exchange) if exchange else None
    version = {"version": str(case.version)}
    return {
        "case": case,
        "group": group,
        "company": name_on(company, today()) if company else "",
        "members": visible[:MOST_SHOWN],
        "not_shown": len(people) - len(visible[:MOST_SHOWN]),
        "how_many": len(people),
        "singles": sum(one.is_single for one in people),
        "counted": len(countable(people)),
        "out": _why_out(people),
        "smallest": smallest(),
        "text": copy_text(countable(people)),
        "copy": copy,
        "exchange": exchange,
        "still_holds": copy is None or copy.approved_at is None or copy_still_holds(case),
        "was_told": was_told(group),
        "made_by_me": copy is not None and copy.drafted_by_id == actor.id,
        "ends_with_it": sum(may_end_with_it(one) for one in people) + len(read_since(group, people)),
        "unread": sum(one.case.is_open and not one.is_weighed for one in people),
        "clocks": [
            (clock, time_left(clock.due_at, at=now(), calendar=calendar())) for clock in running_clocks(case.id)
        ],
        "now": now(),
        "may": _may(case, actor),
        "is_result": case.state is CaseState.FEEDBACK,
        "tell_form": tell_form or TellForm(formdata=None, data={**version, "message": _proposed(case)}),
        "approve_form": approve_form or ApproveForm(formdata=None, data=version),
        "end_form": end_form or EndForm(formdata=None, data=version),
        "form": tell_form or approve_form or end_form,
        "send_url": url_for("cases.send", number=case.number, reference=exchange.reference) if exchange else "",
    }


def _proposed(case: Case) -> str:
    """The first word is proposed; what comes later is the counsellor's own."""
    return acknowledgement() if case.state in {CaseState.RECEIVED, CaseState.TRIAGE} else ""


def _why_out(people: list[Belonging]) -> Counter[str]:
    return Counter(one.may_be_counted.reason for one in people if not one.may_be_counted)


def _may(case: Case, actor: Actor) -> dict[str, bool]:
    standing = towards_case(actor, case)

    def holds(permission: Permission) -> bool:
        return bool(decide(permission, role=actor.role, standing=standing))

    return {
        "draft": holds(Permission.CASE_PREPARE_COPY)
        and case.state in {CaseState.RECEIVED, CaseState.TRIAGE, CaseState.READY},
        "approve": holds(Permission.CASE_APPROVE_COPY) and case.state is CaseState.TRIAGE,
        "route": holds(Permission.CASE_ROUTE) and case.state is CaseState.READY,
        "tell": holds(Permission.CASE_MESSAGE) and case.is_open,
        "take_out": holds(Permission.CASE_TRIAGE) and case.is_open,
        "end": holds(Permission.CASE_CLOSE) and case.state is CaseState.FEEDBACK,
        "read": holds(Permission.CASE_READ),
    }


def own_page(case: Case, member: IncidentMember, *, actor: Actor) -> dict[str, Any]:
    """A consulter's page: whether she is one of the numbers, the copy itself, what was answered, and her choice."""
    group = db().get_one(IncidentGroup, member.group_id)
    company, told = company_of(group), was_told(group)
    seen = belonging(member)
    exchange = exchange_of(group)
    return {
        "case": case,
        "company": name_on(company, today()) if company else "",
        "is_counted": member.is_counted and (told or bool(seen.may_be_counted)),
        "would_be_counted": bool(seen.may_be_counted),
        "why_not": seen.may_be_counted.reason,
        "told": told,
        "smallest": smallest(),
        "told_at": exchange.routed_at if exchange else None,
        "hold_until": exchange.hold_until if exchange else None,
        "text": own_copy(member, actor=actor),
        "replies": own_replies(group, member, actor=actor),
        "KEEP_OUT": GroupWord.KEEP_OUT.value,
        "COUNT_ME": GroupWord.COUNT_ME.value,
        "word": label(member.word) if member.word else "",
        "may_choose": not told and case.is_open,
        "session_ends_at": actor.visit.ends_at if actor.visit else None,
    }


def copy_that_counts(member: IncidentMember) -> ForwardedCopy | None:
    """The approved copy in which a consulter is one of the numbers; none before it was approved."""
    exchange = exchange_of(db().get_one(IncidentGroup, member.group_id))
    copy = latest_copy(exchange) if exchange else None
    return copy if copy is not None and copy.approved_at is not None and member.is_counted else None


def own_copy(member: IncidentMember, *, actor: Actor) -> str:
    """The grouped copy as the company reads it, for one whom it counts; empty before it was approved."""
    copy = copy_that_counts(member)
    if copy is None:
        return ""
    try:
        key = actor.held.compartment_key(db().get_one(Compartment, copy.compartment_id))
        return open_from(copy, "sealed_text", key=key)
    except CannotOpen:
        return ""


def own_replies(group: IncidentGroup, member: IncidentMember, *, actor: Actor) -> list[Said]:
    """What the company's officer wrote to everybody who is counted."""
    exchange = exchange_of(group)
    forwarded = compartment_of_exchange(exchange, CompartmentKind.FORWARDED) if exchange else None
    if forwarded is None or not member.is_counted or not was_told(group):
        return []
    try:
        return group_replies(case_of(group), forwarded, actor=actor)
    except CannotOpen:
        return []
