"""Absences and closure days are entered and taken back; what lies with somebody who is away goes to her deputy."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import Select, and_, or_, select

from app.absences.queries import closures_from, may_say_away
from app.clocks.queries import calendar
from app.pipeline.audit import Fact, of_company, record
from app.pipeline.clock import now, today
from app.pipeline.first_look import Day
from app.pipeline.identity import THE_CLOCK, Actor
from app.pipeline.ids import new_id
from app.pipeline.one_by_one import one_by_one
from app.pipeline.outbox import queue_mail
from app.pipeline.standing import OutOfReach, must_be_allowed, towards_company
from app.pipeline.transaction import db
from app.responses.actions import pass_on
from models.absence import Absence
from models.company import Company
from models.company_closure import CompanyClosure
from models.person import Person
from models.rules.absence import is_away
from models.rules.mail_kinds import MailKind
from models.rules.people import COMPANY
from models.rules.permissions import Permission


def enter_absence(person: Person, *, starts_on: date, ends_on: date, actor: Actor) -> Absence:
    """Say that somebody of a company is away. From the first day on, her deputy has what lies with her."""
    must_be_allowed(Permission.ABSENCE_PLAN, actor=actor, standing=towards_company(actor, person.company_id))
    if person.company_id is None or person.role not in COMPANY or actor.id is None:
        raise ValueError("somebody of a company is away, and a person says so")
    if not may_say_away(person, actor=actor):
        raise OutOfReach("a colleague would read what is not hers by saying that the officer is away")
    absence = Absence(
        id=new_id(),
        person_id=person.id,
        company_id=person.company_id,
        starts_on=starts_on,
        ends_on=ends_on,
        entered_by_id=actor.id,
        entered_at=now(),
    )
    db().add(absence)
    db().flush()
    record(of_company(person.company_id), "absence.enter", actor=actor, facts=_facts(absence))
    if person.id != actor.id:
        queue_mail(person, MailKind.UPDATE, actor=actor, key=f"absence:{absence.id.hex}")
    if is_away(starts_on, ends_on, day=today()):
        _follow(absence, actor=actor)
    return absence


def cancel_absence(absence: Absence, *, actor: Actor) -> None:
    """She is there after all: what lies with her deputy for her sake comes back."""
    must_be_allowed(Permission.ABSENCE_PLAN, actor=actor, standing=towards_company(actor, absence.company_id))
    if absence.cancelled_at is not None:
        return
    absence.cancelled_at = now()
    db().flush()
    record(of_company(absence.company_id), "absence.cancel", actor=actor, facts=_facts(absence))
    if absence.begun_at is not None and absence.over_at is None:
        absence.over_at = now()
        pass_on(absence.company_id, actor=actor)


def due_absences(day: Day) -> Select[Absence]:
    """The absences that have begun or are over, and from which nothing has followed yet."""
    begins = and_(Absence.starts_on <= day, Absence.begun_at.is_(None))
    ends = and_(Absence.ends_on < day, Absence.over_at.is_(None))
    return select(Absence).where(Absence.cancelled_at.is_(None), or_(begins, ends))


def follow_absences() -> int:
    """Pass on what lies with whoever is away, and give it back when she is there again; called by the clock."""
    due = due_absences(today()).order_by(Absence.starts_on, Absence.id).with_for_update(skip_locked=True, of=Absence)
    return one_by_one(db().scalars(due).all(), _follow_by_the_clock, work="follow_absences")


def close_days(company: Company, days: Sequence[date], *, reason: str, actor: Actor) -> list[CompanyClosure]:
    """Enter days on which a company is closed; those on which the association is closed anyway are passed over."""
    must_be_allowed(Permission.ABSENCE_PLAN, actor=actor, standing=towards_company(actor, company.id))
    if actor.id is None:
        raise ValueError("a person enters closure days, never the clock")
    known = {closure.day for closure in closures_from(company.id, min(days))}
    entered = []
    for day in days:
        if day in known or not calendar().is_working_day(day):
            continue
        closure = CompanyClosure(
            id=new_id(), company_id=company.id, day=day, reason=reason, entered_by_id=actor.id, entered_at=now()
        )
        db().add(closure)
        entered.append(closure)
        record(of_company(company), "company.close_day", actor=actor, facts=_of_closure(closure))
    return entered


def open_day(closure: CompanyClosure, *, actor: Actor) -> None:
    """The company works on that day after all; a clock that runs already keeps its day."""
    must_be_allowed(Permission.ABSENCE_PLAN, actor=actor, standing=towards_company(actor, closure.company_id))
    if closure.removed_at is not None:
        return
    closure.removed_at = now()
    record(of_company(closure.company_id), "company.open_day", actor=actor, facts=_of_closure(closure))


def days_between(first: date, last: date) -> list[date]:
    """Every day from the first to the last, both included."""
    return [first + timedelta(days=step) for step in range((last - first).days + 1)]


def _follow_by_the_clock(absence: Absence) -> bool:
    _follow(absence, actor=THE_CLOCK)
    return True


def _follow(absence: Absence, *, actor: Actor) -> None:
    absence.begun_at = absence.begun_at or now()
    if absence.ends_on < today():
        absence.over_at = now()
    db().flush()
    pass_on(absence.company_id, actor=actor)


def _facts(absence: Absence) -> dict[str, Fact]:
    return {"absence_id": absence.id.hex, "person_id": absence.person_id.hex}


def _of_closure(closure: CompanyClosure) -> dict[str, Fact]:
    return {"closure_id": closure.id.hex, "day": closure.day.isoformat()}
