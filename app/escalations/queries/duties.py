"""What a company owes now: overdue clocks of what was lawfully forwarded, a vacant post, a survey, poor reports."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVarTuple

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    Uuid,
    and_,
    exists,
    func,
    null,
    select,
    type_coerce,
    union,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute

from app.clocks.queries import calendar
from app.consents.queries import may_be_told_now
from app.pipeline.made_once import made_once
from models.certification import Certification
from models.clock import Clock
from models.company import Company
from models.exchange import Exchange
from models.report import Report
from models.rules.certification_lifecycle import HELD
from models.rules.company_duties import CLOCK_OF_COMPANY, DUTY_OF_CLOCK, Duty
from models.rules.deadlines import ClockKind
from models.rules.escalation_ladder import ladder_policy_at, returns_lead_to_request
from models.rules.membership import Route, eligibility
from models.rules.reminders import reminders_for
from models.rules.working_days import in_japan
from models.survey import SurveyRound
from models.survey_invitation import SurveyInvitation

Selected = TypeVarTuple("Selected")
RUNNING = and_(Clock.met_at.is_(None), Clock.stopped_at.is_(None))


@dataclass(frozen=True)
class OwedDuty:
    """One thing that a company owes, and since when; what it owes by itself belongs to no exchange."""

    duty: Duty
    owed_since: datetime
    exchange: Exchange | None = None
    survey_invitation_id: uuid.UUID | None = None

    @property
    def key(self) -> tuple[uuid.UUID | None, Duty]:
        return (self.exchange.id if self.exchange else self.survey_invitation_id, self.duty)

    @property
    def reference(self) -> str:
        return self.exchange.reference if self.exchange else ""


def feeds_the_ladder() -> ColumnElement[bool]:
    """Exchanges whose neglect counts: lawfully routed to a certified company, and never without consent (CN-0)."""
    return and_(
        Exchange.feeds_ladder,
        Exchange.state == "routed",
        may_be_told_now(),
    )


def has_ladder(company: Company, at: datetime) -> bool:
    """Whether the pledges bind the company at this moment: a member that holds a certification."""
    member = company.is_member_on(in_japan(at).date())
    certified = _certified.scalar(company.id)
    return eligibility(member=member, certified=bool(certified)) is Route.LADDER


@made_once
def _certified(company_id: uuid.UUID) -> Select[bool]:
    return select(_is_certified(company_id))


def _is_certified(company_id: uuid.UUID | InstrumentedAttribute[uuid.UUID]) -> ColumnElement[bool]:
    return exists().where(Certification.company_id == company_id, Certification.state.in_(HELD))


def invitations_that_bind() -> Select[uuid.UUID]:
    """Which invitations to surveys were to a company under the certification that it holds now.

    Whoever left and was certified anew owes nothing of the time before.
    """
    return (
        select(SurveyInvitation.id)
        .join(SurveyRound, SurveyRound.id == SurveyInvitation.survey_id)
        .where(
            exists().where(
                Certification.company_id == SurveyInvitation.company_id,
                Certification.state.in_(HELD),
                Certification.valid_from <= SurveyRound.closes_on,
            )
        )
    )


def companies_that_owe(at: datetime) -> set[uuid.UUID]:
    """The companies with a duty from which a step of the ladder may follow; one that is only reminded is left out.

    So are those that hold no certification: no pledge binds them.
    """
    found = set(_late_by_themselves.scalars(at))
    rows = _late_with_exchanges.rows(at)
    found |= {company_id for company_id, oldest in rows if at > reminders_for(oldest, calendar())[-1].at}
    found |= {exchange.company_id for exchange, _since in _poor_reports(at)}
    return found


@made_once
def _late_by_themselves(at: datetime) -> CompoundSelect[uuid.UUID]:
    """Who is late with what it owes by itself."""
    by_itself = select(Clock.subject_id).where(
        Clock.subject_kind == "company",
        Clock.kind.in_(CLOCK_OF_COMPANY.values()),
        RUNNING,
        Clock.due_at < at,
        _is_certified(Clock.subject_id),
    )
    of_surveys = _unanswered(select(SurveyInvitation.company_id)).where(Clock.due_at < at)
    return union(by_itself, of_surveys)


@made_once
def _late_with_exchanges(at: datetime) -> Select[uuid.UUID, datetime]:
    """Who is late with an exchange, and since when."""
    return (
        select(Exchange.company_id, func.min(Clock.due_at))
        .join(Exchange, Exchange.id == Clock.subject_id)
        .where(
            Clock.kind.in_(DUTY_OF_CLOCK),
            RUNNING,
            Clock.due_at < at,
            _is_certified(Exchange.company_id),
            feeds_the_ladder(),
        )
        .group_by(Exchange.company_id)
    )


def _unanswered(query: Select[*Selected]) -> Select[*Selected]:
    """The invitations of which an answer is still waited for, each with its clock."""
    return (
        query.select_from(Clock)
        .join(SurveyInvitation, SurveyInvitation.id == Clock.subject_id)
        .where(Clock.kind == ClockKind.SURVEY_ANSWER, RUNNING, SurveyInvitation.id.in_(invitations_that_bind()))
    )


def owed_by(company: Company, *, at: datetime) -> tuple[OwedDuty, ...]:
    """Everything a company owes at this moment, the oldest first; nothing where no pledge binds it."""
    return owed_while_bound(company, at=at) if has_ladder(company, at) else ()


def owed_while_bound(company: Company, *, at: datetime) -> tuple[OwedDuty, ...]:
    """The same of a company of which it is known already that the pledges bind it."""
    owed = _overdue(company.id, at)
    late_reports = {one.exchange.id for one in owed if one.exchange and one.duty is Duty.REPORT}
    # A report says all that the initial report would have said: only the report is asked for.
    owed = [
        one
        for one in owed
        if one.duty is not Duty.INITIAL_REPORT or one.exchange is None or one.exchange.id not in late_reports
    ]
    owed += [OwedDuty(Duty.POOR_REPORT, since, exchange) for exchange, since in _poor_reports(at, company.id)]
    owed += _owed_by_itself(company.id, at)
    return tuple(sorted(owed, key=lambda one: (one.owed_since, one.reference)))


def _owed_by_itself(company_id: uuid.UUID, at: datetime) -> list[OwedDuty]:
    own = _own_overdue.rows(company_id, at).all()
    due: dict[ClockKind, datetime] = {kind: due_at for kind, due_at, survey in own if survey is None}
    found = [OwedDuty(duty, due[kind]) for duty, kind in CLOCK_OF_COMPANY.items() if kind in due]
    surveys = sorted((due_at, survey) for _kind, due_at, survey in own if survey is not None)
    return found + [OwedDuty(Duty.SURVEY, due_at, survey_invitation_id=survey) for due_at, survey in surveys]


@made_once
def _own_overdue(company_id: uuid.UUID, at: datetime) -> CompoundSelect[ClockKind, datetime, uuid.UUID | None]:
    by_itself = select(Clock.kind, Clock.due_at, type_coerce(null(), Uuid()).label("survey")).where(
        Clock.subject_id == company_id, Clock.kind.in_(CLOCK_OF_COMPANY.values()), RUNNING, Clock.due_at < at
    )
    of_surveys = _unanswered(select(Clock.kind, Clock.due_at, SurveyInvitation.id)).where(
        SurveyInvitation.company_id == company_id, Clock.due_at < at
    )
    return union_all(by_itself, of_surveys)


def _overdue(company_id: uuid.UUID, at: datetime) -> list[OwedDuty]:
    rows = _overdue_with_exchange.rows(company_id, at)
    return [OwedDuty(DUTY_OF_CLOCK[kind], due_at, exchange) for kind, due_at, exchange in rows]


@made_once
def _overdue_with_exchange(company_id: uuid.UUID, at: datetime) -> Select[ClockKind, datetime, Exchange]:
    return (
        select(Clock.kind, Clock.due_at, Exchange)
        .join(Exchange, Exchange.id == Clock.subject_id)
        .where(
            Exchange.company_id == company_id,
            Clock.kind.in_(DUTY_OF_CLOCK),
            RUNNING,
            Clock.due_at < at,
            feeds_the_ladder(),
        )
        .order_by(Clock.due_at)
    )


@made_once
def _returned_last() -> Select[Exchange, int, datetime | None]:
    """The exchanges of which the newest report was returned, how many were, and when the last of them was."""
    return (
        select(Exchange, func.count(Report.returned_at), func.max(Report.returned_at))
        .join(Report, Report.exchange_id == Exchange.id)
        .where(feeds_the_ladder(), Exchange.accepted_at.is_(None))
        .group_by(*Exchange.__table__.columns)
        # The newest report lies with the company again: it was returned as well.
        .having(func.max(Report.submitted_at) <= func.max(Report.returned_at))
    )


@made_once
def _returned_last_of_company(company_id: uuid.UUID) -> Select[Exchange, int, datetime | None]:
    return _returned_last.statement.where(Exchange.company_id == company_id)


def _poor_reports(at: datetime, company_id: uuid.UUID | None = None) -> Sequence[tuple[Exchange, datetime]]:
    """Exchanges, of one company or of all, whose report was returned so often that a request follows; since when."""
    needed = ladder_policy_at(at)
    rows = _returned_last.rows() if company_id is None else _returned_last_of_company.rows(company_id)
    return [
        (exchange, since)
        for exchange, returned, since in rows
        if since is not None and since < at and returns_lead_to_request(returned, needed)
    ]
