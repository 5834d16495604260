"""What a company owes now: overdue clocks of what was lawfully forwarded, a vacant post, poor reports."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import ColumnElement, Select, and_, func, select

from app.clocks.queries import calendar
from app.consents.queries import may_be_told_now
from app.pipeline.first_look import AT
from app.pipeline.transaction import db
from models.certification import Certification
from models.clock import Clock
from models.company import Company
from models.exchange import Exchange
from models.report import Report
from models.rules.certification_lifecycle import HELD
from models.rules.company_duties import CLOCK_OF_COMPANY, DUTY_OF_CLOCK, Duty
from models.rules.escalation_ladder import ladder_policy_at, returns_lead_to_request
from models.rules.membership import Route, eligibility
from models.rules.reminders import reminders_for
from models.rules.working_days import in_japan

RUNNING = and_(Clock.met_at.is_(None), Clock.stopped_at.is_(None))


@dataclass(frozen=True)
class OwedDuty:
    """One thing that a company owes, and since when; what it owes by itself belongs to no exchange."""

    duty: Duty
    owed_since: datetime
    exchange: Exchange | None = None

    @property
    def key(self) -> tuple[uuid.UUID | None, Duty]:
        return (self.exchange.id if self.exchange else None, self.duty)

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
    certified = db().scalar(
        select(Certification.id).where(Certification.company_id == company.id, Certification.state.in_(HELD)).limit(1)
    )
    member = company.is_member_on(in_japan(at).date())
    return eligibility(member=member, certified=certified is not None) is Route.LADDER


def companies_that_owe(at: datetime) -> set[uuid.UUID]:
    """The companies with a duty from which a step of the ladder may follow; one that is only reminded is left out."""
    by_itself, of_exchanges = _overdue_at_all()
    found = set(db().scalars(by_itself, {"at": at}))
    rows = db().execute(of_exchanges, {"at": at})
    found |= {company_id for company_id, oldest in rows if at > reminders_for(oldest, calendar())[-1].at}
    found |= {exchange.company_id for exchange, _since in _poor_reports(at)}
    return found


@cache
def _overdue_at_all() -> tuple[Select[uuid.UUID], Select[uuid.UUID, datetime]]:
    """Who is late with what it owes by itself, and who with an exchange, since when. Asked at each turn: made once."""
    by_itself = select(Clock.subject_id).where(
        Clock.subject_kind == "company", Clock.kind.in_(CLOCK_OF_COMPANY.values()), RUNNING, Clock.due_at < AT
    )
    of_exchanges = (
        select(Exchange.company_id, func.min(Clock.due_at))
        .join(Exchange, Exchange.id == Clock.subject_id)
        .where(Clock.kind.in_(DUTY_OF_CLOCK), RUNNING, Clock.due_at < AT, feeds_the_ladder())
        .group_by(Exchange.company_id)
    )
    return by_itself, of_exchanges


def owed_by(company: Company, *, at: datetime) -> tuple[OwedDuty, ...]:
    """Everything a company owes at this moment, the oldest first; nothing where no pledge binds it."""
    if not has_ladder(company, at):
        return ()
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
    own = db().scalars(
        select(Clock).where(
            Clock.subject_id == company_id, Clock.kind.in_(CLOCK_OF_COMPANY.values()), RUNNING, Clock.due_at < at
        )
    )
    due = {clock.kind: clock.due_at for clock in own}
    return [OwedDuty(duty, due[kind]) for duty, kind in CLOCK_OF_COMPANY.items() if kind in due]


def _overdue(company_id: uuid.UUID, at: datetime) -> list[OwedDuty]:
    rows = db().execute(
        select(Clock, Exchange)
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
    return [OwedDuty(DUTY_OF_CLOCK[clock.kind], clock.due_at, exchange) for clock, exchange in rows]


@cache
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


def _poor_reports(at: datetime, company_id: uuid.UUID | None = None) -> Sequence[tuple[Exchange, datetime]]:
    """Exchanges, of one company or of all, whose report was returned so often that a request follows; since when."""
    needed = ladder_policy_at(at)
    returned_last = _returned_last()
    rows = db().execute(returned_last if company_id is None else returned_last.where(Exchange.company_id == company_id))
    return [
        (exchange, since)
        for exchange, returned, since in rows
        if since is not None and since < at and returns_lead_to_request(returned, needed)
    ]
