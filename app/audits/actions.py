"""Drawing a sample, whose seed is committed before it is drawn; noting unusual reading, and looking into it."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Sequence
from datetime import date, timedelta

from app.audits.readings import alerts_for
from app.audits.samples import could_be_drawn
from app.custody.actions import ASSOCIATION
from app.people.queries import serving
from app.pipeline.audit import record
from app.pipeline.clock import now, today
from app.pipeline.identity import THE_CLOCK, Actor
from app.pipeline.ids import new_id
from app.pipeline.outbox import queue_mail
from app.pipeline.secrets import ring
from app.pipeline.standing import must_be_allowed
from app.pipeline.transaction import db
from models.person import Person
from models.rules.mail_kinds import MailKind
from models.rules.people import Standing
from models.rules.permissions import POLICY, Permission
from models.rules.readings import Alert, Unusual, is_whole
from models.rules.sampling import SEED_BYTES, SampleOf, digest_of_all
from models.sealed import seal_by_server
from models.unusual_reading import UnusualReading

MAILED = timedelta(days=7)
"""What is found later after its day, such as at the first look ever, stands on the page without a mail."""


class NotByHerself(Exception):
    """Whoever read is not the one who looks into it."""


class DayNotOver(Exception):
    """More may still be read on that day, which the same note would cover."""


class LookedIntoAlready(Exception):
    """Somebody has looked into it, and what she wrote stays."""


def draw_sample(what: SampleOf, first: date, last: date, *, size: int, actor: Actor) -> int:
    """Record the seed of a sample, and from how many it will be drawn. Returns its number in the association's record.

    The sample itself is drawn by whoever opens it, again each time: from the seed that this transaction has committed.
    """
    must_be_allowed(Permission.AUDIT_SAMPLE, actor=actor, standing=Standing.NONE)
    everything = could_be_drawn(what, first, last)
    entry = record(
        ASSOCIATION,
        "sample.draw",
        actor=actor,
        facts={
            "seed": secrets.token_hex(SEED_BYTES),
            "kind": what.code,
            "first_day": first.isoformat(),
            "last_day": last.isoformat(),
            "size": size,
            "population": len(everything),
            "population_digest": digest_of_all(everything),
        },
    )
    return entry.number


def newly_found() -> dict[UnusualReading, list[uuid.UUID]]:
    """The unusual days that are not noted yet, each with all to whom it is shown."""
    found: dict[tuple[str, date, Unusual], UnusualReading] = {}
    shown_to: dict[UnusualReading, list[uuid.UUID]] = {}
    roles = sorted({cell.role for cell in POLICY[Permission.AUDIT_READ_UNUSUAL]})
    for person in serving(now(), *roles):
        shown, _policy = alerts_for(Actor(person.role, person=person))
        for alert in (one.alert for one in shown if one.finding is None):
            finding = found.setdefault((alert.person, alert.day, alert.unusual), _finding(alert))
            shown_to.setdefault(finding, []).append(person.id)
    return shown_to


def _finding(alert: Alert) -> UnusualReading:
    return UnusualReading(
        id=new_id(), person_id=uuid.UUID(hex=alert.person), day=alert.day, unusual=alert.unusual, version=1
    )


def note_unusual(finding: UnusualReading, shown_to: Sequence[uuid.UUID]) -> bool:
    """Note an unusual day, and let those to whom it is shown know once that there is something to look at."""
    finding.found_at = now()
    db().add(finding)
    db().flush()
    record(
        ASSOCIATION,
        "reading.found",
        actor=THE_CLOCK,
        facts={
            "finding_id": finding.id.hex,
            "person_id": finding.person_id.hex,
            "unusual": finding.unusual.value,
            "day": finding.day.isoformat(),
        },
    )
    told = [person_id for person_id in shown_to if person_id != finding.person_id]
    if today() - finding.day <= MAILED:
        for person_id in told:
            person = db().get_one(Person, person_id)
            queue_mail(person, MailKind.UPDATE, actor=THE_CLOCK, key=f"unusual:{finding.id.hex}")
    return True


def look_into(finding: UnusualReading, remark: str, *, actor: Actor) -> None:
    """Note that somebody else than the reader has looked into it, and what she found.

    Raises NotByHerself, DayNotOver and LookedIntoAlready.
    """
    must_be_allowed(Permission.AUDIT_LOOK_INTO, actor=actor, standing=Standing.NONE)
    if actor.id == finding.person_id:
        raise NotByHerself
    if not is_whole(finding.day, today=today()):
        raise DayNotOver
    if finding.looked_into_at is not None:
        raise LookedIntoAlready
    if actor.person is None:
        raise TypeError("a person looks into it, never the clock")
    seal_by_server(finding, "sealed_remark", remark, ring=ring())
    finding.looked_into_at, finding.looked_into_by_id = now(), actor.person.id
    finding.version += 1
    record(
        ASSOCIATION,
        "reading.look_into",
        actor=actor,
        facts={"finding_id": finding.id.hex, "person_id": finding.person_id.hex},
    )
