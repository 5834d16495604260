"""Unusual reading, counted from the record: by whom, on which day, in what way; no case is named, nothing opened."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from app.operations.queries import within_reach
from app.people.queries import name_of
from app.pipeline.clock import now, today
from app.pipeline.identity import Actor
from app.pipeline.secrets import ring
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
    Unusual,
    reading_policy_at,
    unusual_readings,
)
from models.sealed import open_by_server
from models.unusual_reading import UnusualReading

SHOWN_DAYS = 30


@dataclass(frozen=True)
class ShownAlert:
    """One alert with the name of the person."""

    alert: Alert
    name: str
    role: Role
    finding: UnusualReading | None
    """Where the clock has noted it, and whoever looked into it as well."""
    looked_into_by: str = ""

    @property
    def day(self) -> date:
        return self.alert.day


def alerts_for(actor: Actor) -> tuple[list[ShownAlert], ReadingPolicy]:
    """The unusual days of the last month among what this person may see of the record, and the rule that named them."""
    policy, since = reading_policy_at(now()), today() - timedelta(days=SHOWN_DAYS)
    readings = list(_readings(actor, since - timedelta(days=policy.days_back)))
    found = unusual_readings(readings, since=since, policy=policy)
    ids = {uuid.UUID(hex=one.person) for one in found}
    noted = {
        (one.person_id.hex, one.day, one.unusual): one
        for one in db().scalars(
            select(UnusualReading).where(UnusualReading.person_id.in_(ids), UnusualReading.day >= since)
        )
    }
    ids |= {one.looked_into_by_id for one in noted.values() if one.looked_into_by_id is not None}
    people = {person.id.hex: person for person in db().scalars(select(Person).where(Person.id.in_(ids)))}
    return [_shown(one, noted.get(_key(one)), people) for one in found if one.person in people], policy


def finding_for(finding_id: uuid.UUID, actor: Actor) -> ShownAlert | None:
    """One of them, as long as it is shown to this person."""
    shown, _policy = alerts_for(actor)
    return next((one for one in shown if one.finding is not None and one.finding.id == finding_id), None)


def remark_on(finding: UnusualReading) -> str:
    """What whoever looked into it has found."""
    return open_by_server(finding, "sealed_remark", ring=ring()) if finding.looked_into_at is not None else ""


def _key(alert: Alert) -> tuple[str, date, Unusual]:
    return alert.person, alert.day, alert.unusual


def _shown(alert: Alert, finding: UnusualReading | None, people: dict[str, Person]) -> ShownAlert:
    reader = people[alert.person]
    by = people.get(finding.looked_into_by_id.hex) if finding is not None and finding.looked_into_by_id else None
    return ShownAlert(alert, name_of(reader), reader.role, finding, name_of(by) if by is not None else "")


def _readings(actor: Actor, since: date) -> Iterator[Reading]:
    columns = (AuditRecord.actor_id, AuditRecord.subject_id, AuditRecord.name, AuditRecord.facts, AuditRecord.at)
    rows = select(*columns).where(
        AuditRecord.at >= start_of_day(since),
        AuditRecord.actor_id.in_(select(Person.id)),
        AuditRecord.name.in_(READINGS | {SEARCHES}),
        within_reach(actor),
    )
    with closing(db().execute(rows.execution_options(yield_per=500))) as found:
        for person_id, subject_id, name, facts, at in found:
            told = json.loads(facts)
            searched = told["cases"] if name == SEARCHES else 0
            # Whoever reads what is not hers gives a reason, and so the record itself says which was not.
            is_own = told.get("reason_code") in (None, ASSIGNED) or name != "case.read"
            case = "" if name == SEARCHES else subject_id.hex
            yield Reading(uuid.UUID(str(person_id)).hex, case, name, at, is_own, searched)
