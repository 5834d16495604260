"""Turns of duty are planned and cancelled; an alarm is raised, repeats by the clock, and ends when it was heard."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Select, select

from app.custody.actions import ASSOCIATION
from app.duty.queries import alarm_of, on_duty
from app.people.queries import serving
from app.pipeline.audit import Fact, of_case, record
from app.pipeline.clock import now
from app.pipeline.first_look import Moment
from app.pipeline.identity import THE_CLOCK, Actor
from app.pipeline.ids import new_id
from app.pipeline.one_by_one import one_by_one
from app.pipeline.outbox import queue_mail
from app.pipeline.standing import must_be_allowed, towards_case
from app.pipeline.transaction import db
from models.case import Case
from models.crisis_alarm import CrisisAlarm
from models.duty_shift import DutyShift
from models.exclusion import Exclusion
from models.person import Person
from models.rules.crisis_alarm import alarm_policy_at, goes_to_the_manager
from models.rules.duty import LONGEST_SHIFT
from models.rules.mail_kinds import MailKind
from models.rules.people import Role, Standing
from models.rules.permissions import Permission

AT_A_TIME = 50


def plan_shift(person: Person, *, starts_at: datetime, ends_at: datetime, actor: Actor) -> DutyShift:
    """Put somebody of the desk on duty; turns may overlap, and then both are woken."""
    must_be_allowed(Permission.DUTY_PLAN, actor=actor, standing=Standing.NONE)
    if person.role not in {Role.COUNSELOR, Role.MANAGER} or not starts_at < ends_at <= starts_at + LONGEST_SHIFT:
        raise ValueError("a turn of duty is somebody's of the desk, and ends after it starts")
    if actor.id is None:
        raise ValueError("a person plans the rota, never the clock")
    shift = DutyShift(
        id=new_id(),
        person_id=person.id,
        starts_at=starts_at,
        ends_at=ends_at,
        planned_by_id=actor.id,
        planned_at=now(),
    )
    db().add(shift)
    record(ASSOCIATION, "duty.plan", actor=actor, facts=_of_shift(shift))
    return shift


def cancel_shift(shift: DutyShift, *, actor: Actor) -> None:
    """Take somebody off the rota again; what was, stays in the record."""
    must_be_allowed(Permission.DUTY_PLAN, actor=actor, standing=Standing.NONE)
    if shift.cancelled_at is not None:
        return
    shift.cancelled_at = now()
    record(ASSOCIATION, "duty.cancel", actor=actor, facts=_of_shift(shift))


def alarm_the_desk(case: Case, *, actor: Actor) -> None:
    """Wake whoever is on duty, or every counselor when nobody is; the mail says nothing of what or of whom.

    One alarm sounds for a case at a time: what is written while it does adds nothing to it.
    """
    if alarm_of(case) is not None:
        return
    at = now()
    alarm = CrisisAlarm(
        id=new_id(), case_id=case.id, raised_at=at, rounds=1, next_at=at + alarm_policy_at(at).repeat_every
    )
    db().add(alarm)
    db().flush()
    people = _free_to_see(case.id, on_duty(at))
    facts: dict[str, Fact] = {"alarm_id": alarm.id.hex, "is_on_duty": bool(people)}
    record(of_case(case), "alarm.raise", actor=actor, facts=facts)
    _wake(alarm, people or serving(at, Role.COUNSELOR), actor=actor)


def acknowledge_alarm(case: Case, *, actor: Actor) -> None:
    """Say that an alarm was heard: it sounds no more. Heard twice, it stays with whoever heard it first."""
    must_be_allowed(Permission.CASE_HEAR_ALARM, actor=actor, standing=towards_case(actor, case))
    alarm = alarm_of(case)
    if alarm is None or actor.id is None:
        return
    alarm.next_at, alarm.acknowledged_at, alarm.acknowledged_by_id = None, now(), actor.id
    record(of_case(case), "alarm.acknowledge", actor=actor, facts={"alarm_id": alarm.id.hex})


def due_alarms(at: Moment) -> Select[CrisisAlarm]:
    """The alarms that nobody has heard, and that it is time to repeat."""
    return select(CrisisAlarm).where(CrisisAlarm.next_at <= at)


def repeat_alarms() -> int:
    """Sound again what nobody has heard, and wake the managers too when it is late; called by the clock."""
    due = (
        db()
        .scalars(due_alarms(now()).order_by(CrisisAlarm.next_at).limit(AT_A_TIME).with_for_update(skip_locked=True))
        .all()
    )
    return one_by_one(due, _sound_again, work="repeat_alarms")


def _sound_again(alarm: CrisisAlarm) -> bool:
    at = now()
    policy = alarm_policy_at(at)
    people = _free_to_see(alarm.case_id, on_duty(at)) or list(serving(at, Role.COUNSELOR))
    # After a standstill it sounds once, and not once for every time that it should have.
    alarm.rounds, alarm.next_at = alarm.rounds + 1, at + policy.repeat_every
    if goes_to_the_manager(raised_at=alarm.raised_at, now=at, policy=policy):
        people += serving(at, Role.MANAGER)
        if alarm.escalated_at is None:
            alarm.escalated_at = at
            record(of_case(alarm.case_id), "alarm.escalate", actor=THE_CLOCK, facts={"alarm_id": alarm.id.hex})
    _wake(alarm, people, actor=THE_CLOCK)
    return True


def _free_to_see(case_id: uuid.UUID, people: Iterable[Person]) -> list[Person]:
    """Those who are not kept away from a case; who must not see it is not called to it."""
    excluded = set(db().scalars(select(Exclusion.person_id).where(Exclusion.case_id == case_id)))
    return [person for person in people if person.id not in excluded]


def _wake(alarm: CrisisAlarm, people: Iterable[Person], *, actor: Actor) -> None:
    wanted = {person.id: person for person in people}
    for person in _free_to_see(alarm.case_id, wanted.values()):
        queue_mail(person, MailKind.ALARM, actor=actor, key=f"{alarm.id.hex}:{alarm.rounds}")


def _of_shift(shift: DutyShift) -> dict[str, Fact]:
    return {"shift_id": shift.id.hex, "person_id": shift.person_id.hex}
