"""What is asked of the rota and the alarms: who is on duty, where nobody is, and what still sounds."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from app.people.queries import name_of, serving
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.standing import visible_cases
from app.pipeline.transaction import db
from models.case import Case
from models.crisis_alarm import CrisisAlarm
from models.duty_shift import DutyShift
from models.person import Person
from models.rules.duty import Span, gaps_between
from models.rules.people import Role
from models.rules.permissions import Permission

SHOWN_AHEAD = timedelta(days=14)
MOST_SHOWN = 200


@dataclass(frozen=True)
class RotaLine:
    """One stretch of the rota: somebody's turn, or a gap that has no shift."""

    starts_at: datetime
    ends_at: datetime
    shift: DutyShift | None
    name: str
    is_now: bool


def on_duty(at: datetime) -> list[Person]:
    """Who is on duty at a moment and still serves."""
    turns = select(DutyShift.person_id).where(
        DutyShift.ends_at > at, DutyShift.starts_at <= at, DutyShift.cancelled_at.is_(None)
    )
    people = db().scalars(select(Person).where(Person.id.in_(turns)).order_by(Person.id))
    return [person for person in people if person.serves_at(at)]


def who_may_be_on_duty() -> list[Person]:
    """The counselors and managers who serve now."""
    return list(serving(now(), Role.COUNSELOR, Role.MANAGER))


def rota() -> list[RotaLine]:
    """The coming fortnight in order of time, the gaps among the turns."""
    at = now()
    until = at + SHOWN_AHEAD
    shifts = (
        db()
        .scalars(
            select(DutyShift)
            .where(DutyShift.ends_at > at, DutyShift.cancelled_at.is_(None))
            .order_by(DutyShift.starts_at, DutyShift.id)
            .limit(MOST_SHOWN)
        )
        .all()
    )
    names = {person.id: name_of(person) for person in _people(shift.person_id for shift in shifts)}
    lines = [
        RotaLine(shift.starts_at, shift.ends_at, shift, names[shift.person_id], is_now=shift.starts_at <= at)
        for shift in shifts
    ]
    spans = [Span(shift.starts_at, shift.ends_at) for shift in shifts]
    lines += [
        RotaLine(gap.starts_at, gap.ends_at, None, "", is_now=gap.starts_at <= at)
        for gap in gaps_between(spans, from_=at, to=until)
    ]
    return sorted(lines, key=lambda line: line.starts_at)


def alarm_of(case: Case) -> CrisisAlarm | None:
    """The alarm that sounds for a case, if there is one."""
    return db().scalar(select(CrisisAlarm).where(CrisisAlarm.case_id == case.id, CrisisAlarm.next_at.is_not(None)))


def sounding(actor: Actor) -> list[tuple[CrisisAlarm, Case]]:
    """The alarms that nobody has heard, of the cases that one may see on the list; the oldest first."""
    rows = db().execute(
        select(CrisisAlarm, Case)
        .join(Case, Case.id == CrisisAlarm.case_id)
        .where(CrisisAlarm.next_at.is_not(None), visible_cases(actor, Permission.CASE_HEAR_ALARM))
        .order_by(CrisisAlarm.raised_at)
        .limit(MOST_SHOWN)
    )
    return [(alarm, case) for alarm, case in rows]


def _people(ids: Iterable[uuid.UUID]) -> list[Person]:
    return list(db().scalars(select(Person).where(Person.id.in_(set(ids)))))
