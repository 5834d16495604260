"""Unusual reading, counted from the record: by whom, on which day, in what way; no case is named, nothing opened."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from app.operations.queries import within_reach
from app.people.queries import name_of
from app.pipeline.clock import now, today
from app.pipeline.identity import Actor
from app.pipeline.transaction import db
from models.audit_record import AuditRecord
from models.person import Person
from models.rules.board import start_of_day
from models.rules.people import Role
from models.rules.readings import (
    ASSIGNED,
    READINGS,
    SEARCHES,
    Alert,
    Reading,
    ReadingPolicy,
    reading_policy_at,
    unusual_readings,
)

SHOWN_DAYS = 30


@dataclass(frozen=True)
class ShownAlert:
    """One alert with the name of the person."""

    alert: Alert
    name: str
    role: Role

    @property
    def day(self) -> date:
        return self.alert.day


def alerts_for(actor: Actor) -> tuple[list[ShownAlert], ReadingPolicy]:
    """The unusual days of the last month among what this person may see of the record, and the rule that named them."""
    policy, since = reading_policy_at(now()), today() - timedelta(days=SHOWN_DAYS)
    readings = list(_readings(actor, since - timedelta(days=policy.days_back)))
    found = unusual_readings(readings, since=since, policy=policy)
    people = {
        person.id.hex: person
        for person in db().scalars(select(Person).where(Person.id.in_({uuid.UUID(hex=one.person) for one in found})))
    }
    shown = [
        ShownAlert(one, name_of(people[one.person]), people[one.person].role) for one in found if one.person in people
    ]
    return shown, policy


def _readings(actor: Actor, since: date) -> Iterator[Reading]:
    columns = (AuditRecord.actor_id, AuditRecord.subject_id, AuditRecord.name, AuditRecord.facts, AuditRecord.at)
    rows = select(*columns).where(
        AuditRecord.at >= start_of_day(since),
        AuditRecord.actor_id.in_(select(Person.id)),
        AuditRecord.name.in_(READINGS | {SEARCHES}),
        within_reach(actor),
    )
    for person_id, subject_id, name, facts, at in db().execute(rows.execution_options(yield_per=500)):
        told = json.loads(facts)
        searched = told["cases"] if name == SEARCHES else 0
        # Whoever reads what is not hers gives a reason, and so the record itself says which was not.
        is_own = told.get("reason_code") in (None, ASSIGNED) or name != "case.read"
        case = "" if name == SEARCHES else subject_id.hex
        yield Reading(uuid.UUID(str(person_id)).hex, case, name, at, is_own, searched)
