"""What is asked of absences and closure days: who is away on a day, and by which calendar a company's clocks run."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import Select, or_, select

from app.pipeline.identity import Actor
from app.pipeline.made_once import made_once
from app.pipeline.transaction import db
from models.absence import Absence
from models.company_closure import CompanyClosure
from models.person import Person
from models.rules.people import COMPANY, Role
from models.rules.working_days import Calendar


def away_on(company_id: uuid.UUID, day: date) -> frozenset[uuid.UUID]:
    """Who of a company is registered as away on a day."""
    return frozenset(_away.scalars(company_id, day))


@made_once
def _away(company_id: uuid.UUID, day: date) -> Select[uuid.UUID]:
    return select(Absence.person_id).where(
        Absence.company_id == company_id,
        Absence.ends_on >= day,
        Absence.starts_on <= day,
        Absence.cancelled_at.is_(None),
    )


def may_say_away(person: Person, *, actor: Actor) -> bool:
    """Whether the one present may say that somebody is away: in a company each for herself, its representative for all.

    While the officer is away her deputy reads what was forwarded; so no deputy says it of her officer.
    """
    return actor.role not in COMPANY or actor.role is Role.REPRESENTATIVE or person.id == actor.id


def absences_from(company_id: uuid.UUID, day: date) -> Sequence[Absence]:
    """The absences of a company's people that are not over on a day, the next first."""
    return (
        db()
        .scalars(
            select(Absence)
            .where(Absence.company_id == company_id, Absence.ends_on >= day, Absence.cancelled_at.is_(None))
            .order_by(Absence.starts_on, Absence.id)
        )
        .all()
    )


def closures_from(company_id: uuid.UUID, day: date) -> Sequence[CompanyClosure]:
    """The closure days of a company from a day on."""
    return (
        db()
        .scalars(
            select(CompanyClosure)
            .where(
                CompanyClosure.company_id == company_id,
                CompanyClosure.day >= day,
                CompanyClosure.removed_at.is_(None),
            )
            .order_by(CompanyClosure.day)
        )
        .all()
    )


def company_days(company_id: uuid.UUID, at: datetime) -> tuple[CompanyClosure, ...]:
    """The closure days that a company had registered at a moment, and not taken back."""
    known = select(CompanyClosure).where(
        CompanyClosure.company_id == company_id,
        CompanyClosure.entered_at <= at,
        or_(CompanyClosure.removed_at.is_(None), CompanyClosure.removed_at > at),
    )
    return tuple(db().scalars(known.order_by(CompanyClosure.day)))


def companies_with_closures() -> frozenset[uuid.UUID]:
    """The companies that have ever registered a closure day."""
    return frozenset(db().scalars(select(CompanyClosure.company_id).distinct()))


def calendar_and_days(company_id: uuid.UUID, at: datetime, base: Calendar) -> tuple[Calendar, tuple[date, ...]]:
    """By what an officer's clock that starts at a moment is counted; the version names the company's days."""
    days = company_days(company_id, at)
    if not days:
        return base, ()
    newest = max(day.entered_at for day in days)
    return replace(base, version=f"{base.version}+c{newest:%Y%m%d%H%M%S}"), tuple(day.day for day in days)


def calendars_of_clocks(company_id: uuid.UUID, base: Calendar) -> Callable[[datetime], Calendar]:
    """The calendar of an officer's clock by the moment it started; asked once for all the clocks of a page."""
    every = db().scalars(select(CompanyClosure).where(CompanyClosure.company_id == company_id)).all()

    def of_clock(started_at: datetime) -> Calendar:
        known = [
            one.day
            for one in every
            if one.entered_at <= started_at and (one.removed_at is None or one.removed_at > started_at)
        ]
        return base.with_company_closures(known, after=started_at)

    return of_clock
