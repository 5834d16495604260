"""The desk's list of all cases, narrowed by what is known of each without opening anything, newest first.

What the board shows anyway narrows among all listed cases. What tells of the inside of a case, such as the kind of
conduct or the company, narrows only among cases that the person may open, or the list would answer for the others.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select

from app.cases.recalls import cases_with_a_recall
from app.pipeline.clock import TOKYO
from app.pipeline.identity import Actor
from app.pipeline.secrets import facets
from app.pipeline.standing import visible_cases
from app.pipeline.transaction import db
from app.presentation.pagination import Page, backward_page, forward_page, moment_and_row
from models.attachment import Attachment
from models.case import Case
from models.case_facet import CaseFacet
from models.exchange import Exchange
from models.message import Message
from models.request_matter import RequestMatter
from models.rules.case_lifecycle import CaseState
from models.rules.labelled import Labelled
from models.rules.narrowing import CaseMark
from models.rules.permissions import Permission, needs_reason, standings_allowing
from models.rules.taxonomy.channel import Channel
from models.rules.taxonomy.outcome import Outcome
from models.rules.taxonomy.severity import Severity

SIZE = 25
NOBODY = "nobody"
FACETS = {
    "conduct": "harassment_type",
    "actor": "actor_relation",
    "issue": "organisational_issue",
    "wish": "requested_help",
    "employment": "employment",
    "route": "intake_route",
}
"""What is asked on the page, and the facet of a case that answers it."""


@dataclass(frozen=True)
class Wanted:
    """What the list is narrowed by; what is empty narrows nothing."""

    state: CaseState | None = None
    severity: Severity | None = None
    mark: tuple[CaseMark, ...] = ()
    counselor: str | None = None
    received_from: date | None = None
    received_to: date | None = None
    due_from: date | None = None
    due_to: date | None = None
    closed_from: date | None = None
    closed_to: date | None = None
    channel: Channel | None = None
    conduct: Labelled | None = None
    actor: Labelled | None = None
    issue: Labelled | None = None
    wish: Labelled | None = None
    employment: Labelled | None = None
    route: Labelled | None = None
    outcome: Outcome | None = None
    company: str | None = None
    site: str | None = None

    @property
    def looks_inside(self) -> bool:
        """Whether an answer would tell something of what was written."""
        coded = (self.channel, self.outcome, self.company, self.site, *(getattr(self, name) for name in FACETS))
        return any(coded) or any(mark.inside for mark in self.mark)

    @property
    def is_empty(self) -> bool:
        return not any(getattr(self, field.name) for field in fields(self))


def page_of_cases(
    actor: Actor, wanted: Wanted, *, with_reason: bool, after: str | None, before: str | None
) -> Page[Case]:
    """One page of the narrowed list; ``with_reason`` when one was given and recorded."""
    query = select(Case).where(narrowed(actor, wanted, with_reason=with_reason)).limit(SIZE + 1)
    end = moment_and_row(before)
    if end is not None:
        query = query.where(_beside(end, older=False)).order_by(Case.received_at, Case.id)
        return backward_page(db().scalars(query).all(), size=SIZE, position_of=position_of)
    start = moment_and_row(after)
    if start is not None:
        query = query.where(beyond(start))
    fetched = db().scalars(query.order_by(Case.received_at.desc(), Case.id.desc())).all()
    return forward_page(fetched, size=SIZE, position_of=position_of, began_after=after if start else None)


def needs_a_reason(actor: Actor) -> bool:
    """Whether there are cases that this person may open only with a reason."""
    allowed = standings_allowing(Permission.CASE_SEARCH, actor.role)
    return any(needs_reason(Permission.CASE_SEARCH, role=actor.role, standing=standing) for standing in allowed)


def opens_without_reason(actor: Actor) -> bool:
    """Whether there are cases that this person may open without one."""
    allowed = standings_allowing(Permission.CASE_SEARCH, actor.role)
    return any(not needs_reason(Permission.CASE_SEARCH, role=actor.role, standing=standing) for standing in allowed)


def narrowed(actor: Actor, wanted: Wanted, *, with_reason: bool, opens: bool = False) -> ColumnElement[bool]:
    """The cases that are shown; with ``opens``, or where an answer tells of the inside, only those one may open."""
    reach = [visible_cases(actor, Permission.CASE_LIST)]
    if opens or wanted.looks_inside:
        reach.append(visible_cases(actor, Permission.CASE_SEARCH, at_once=not with_reason))
    return and_(*reach, *_conditions(wanted))


def _conditions(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.state:
        yield Case.state == wanted.state
    if wanted.severity:
        yield Case.severity_token.in_(facets("severity", wanted.severity.value))
    if wanted.counselor:
        nobody = wanted.counselor == NOBODY
        yield Case.assignee_id.is_(None) if nobody else Case.assignee_id == uuid.UUID(wanted.counselor)
    yield from _within(Case.received_at, wanted.received_from, wanted.received_to)
    yield from _within(Case.next_due_at, wanted.due_from, wanted.due_to)
    yield from _within(Case.closed_at, wanted.closed_from, wanted.closed_to)
    yield from (_mark(mark) for mark in wanted.mark)
    if wanted.channel:
        yield Case.channel_token.in_(facets("channel", wanted.channel.value))
    if wanted.outcome:
        yield Case.outcome_token.in_(facets("outcome", wanted.outcome.value))
    for name, field in FACETS.items():
        if member := getattr(wanted, name):
            yield _has_facet(field, member.value)
    if wanted.company:
        yield _concerns(uuid.UUID(wanted.company))
    if wanted.site:
        yield _has_facet("site", wanted.site)


def _within(column: Any, first: date | None, last: date | None) -> Iterator[ColumnElement[bool]]:
    if first:
        yield column >= _midnight(first)
    if last:
        yield column < _midnight(last + timedelta(days=1))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=TOKYO)


def _has_facet(field: str, value: str) -> ColumnElement[bool]:
    return exists().where(
        CaseFacet.case_id == Case.id, CaseFacet.field == field, CaseFacet.token.in_(facets(field, value))
    )


def _concerns(company_id: uuid.UUID) -> ColumnElement[bool]:
    """Named by the consulter in whatever part, or addressed by the desk."""
    tokens = facets("company", company_id.hex)
    return or_(
        Case.workplace_token.in_(tokens),
        Case.employer_token.in_(tokens),
        Case.client_token.in_(tokens),
        exists().where(Exchange.case_id == Case.id, Exchange.company_id == company_id),
    )


def _mark(mark: CaseMark) -> ColumnElement[bool]:
    conditions: dict[CaseMark, ColumnElement[bool]] = {
        CaseMark.CRISIS: Case.is_crisis.is_(True),
        CaseMark.UNREAD: exists().where(
            Message.case_id == Case.id, Message.author == "consulter", Message.read_at.is_(None)
        ),
        CaseMark.CLOSING: Case.closing_asked_by_id.is_not(None),
        CaseMark.RECALLING: cases_with_a_recall(),
        CaseMark.FILES: exists().where(Attachment.case_id == Case.id, Attachment.removed_at.is_(None)),
        CaseMark.ESCALATED: exists(
            select(RequestMatter.id)
            .join(Exchange, Exchange.id == RequestMatter.exchange_id)
            .where(Exchange.case_id == Case.id)
        ),
    }
    return conditions[mark]


def position_of(case: Case) -> tuple[str, str]:
    """Where a case stands in the list."""
    return case.received_at.isoformat(), case.id.hex


def beyond(position: tuple[datetime, uuid.UUID]) -> ColumnElement[bool]:
    """The cases that come after a position, which are the older ones."""
    return _beside(position, older=True)


def _beside(position: tuple[datetime, uuid.UUID], *, older: bool) -> ColumnElement[bool]:
    at, row = position
    # The first half bounds the run along the index; the second only parts what was received at one moment.
    if older:
        return and_(Case.received_at <= at, or_(Case.received_at < at, Case.id < row))
    return and_(Case.received_at >= at, or_(Case.received_at > at, Case.id > row))
