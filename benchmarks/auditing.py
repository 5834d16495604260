"""Verifying a chain of a hundred thousand records beside the least that any verification does, and what it finds.

The floor reads the same rows with the same driver and makes one HMAC over as many bytes for each: whatever is verified,
so much must be done. Both are measured in turns, in processor time, so that neither profits from a quieter minute.
"""

from __future__ import annotations

import hashlib
import hmac
import random
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, select, text, update

from app.operations.verification import verify_all
from app.pipeline.audit import AUDIT, Subject, body_of
from app.pipeline.clock import now
from app.pipeline.secrets import ring
from app.pipeline.transaction import db, transaction
from benchmarks.installation import Databases, let_go
from crypto import GENESIS, link
from models.audit_chain import AuditChain
from models.audit_record import AuditRecord

RECORDS = 100_000
AT_A_TIME = 5_000
ROUNDS = 3
SEED = 20_261_128
COLUMNS = ("name", "facts", "actor_role", "actor_id", "at", "key_id", "link", "number", "subject_id")


Way = Callable[[Subject, int], None]


class _Undone(Exception):
    """Nothing of it is kept."""


@dataclass(frozen=True)
class Audited:
    """What verifying costs, and what of the spoiling was found."""

    records: int
    per_second: float
    """Of wall-clock time, which is what somebody waits for."""
    per_cpu_second: float
    times_floor: float
    spoilt: int
    found: int


def audits(databases: Databases, *, told: Callable[[int], None]) -> Audited:
    """One long chain, verified whole, and then spoilt in every way at the beginning, somewhere, and at its end."""
    installation = databases.make("audit")
    app = installation.app()
    with app.app_context():
        subject = write_chain(told)
        whole, walls, costs, floors = verify_all(), [], [], []
        assert whole.ok, whole.faults[:1]
        for _round in range(ROUNDS):
            began, started = time.perf_counter(), time.process_time()
            verify_all()
            walls.append(time.perf_counter() - began)
            costs.append(time.process_time() - started)
            started = time.process_time()
            _floor()
            floors.append(time.process_time() - started)
        spoilt, found = spoil_and_find(subject)
    let_go(app)
    databases.remove(installation)
    return Audited(
        records=whole.records,
        per_second=whole.records / median(walls),
        per_cpu_second=whole.records / median(costs),
        times_floor=median(costs) / median(floors),
        spoilt=spoilt,
        found=found,
    )


def write_chain(told: Callable[[int], None]) -> Subject:
    """One subject with so many records, all of which hold."""
    subject, key, key_id = Subject("case", uuid.uuid4()), ring().derived(AUDIT), ring().active_id
    last, reader = GENESIS, uuid.uuid4()
    for begun in range(0, RECORDS, AT_A_TIME):
        rows = []
        for number in range(begun + 1, begun + AT_A_TIME + 1):
            entry = AuditRecord(
                id=uuid.uuid4(),
                subject_kind=subject.kind,
                subject_id=subject.id,
                number=number,
                name="case.read",
                facts='{"compartment":"narrative","reason_code":"assigned"}',
                actor_role="counselor",
                actor_id=reader,
                at=now(),
                key_id=key_id,
            )
            last = entry.link = link(previous=last, number=number, subject=subject.name, body=body_of(entry), key=key)
            rows.append({name: value for name, value in vars(entry).items() if name != "_sa_instance_state"})
        with transaction():
            db().execute(insert(AuditRecord), rows)
        told(begun + AT_A_TIME)
    with transaction():
        db().add(AuditChain(subject_kind=subject.kind, subject_id=subject.id, number=RECORDS, link=last))
    return subject


def _floor() -> None:
    """Every row, read by the driver, and one HMAC over its columns."""
    query = "SELECT * FROM audit_record ORDER BY subject_kind, subject_id, number"
    key = bytes(32)
    cursor = db().connection().exec_driver_sql(query)
    while rows := cursor.fetchmany(500):
        for row in rows:
            hmac.digest(key, repr(tuple(row)).encode(), hashlib.sha256)


def spoil_and_find(subject: Subject) -> tuple[int, int]:
    """Every way of spoiling somewhere, each undone before the next; what may hide at an end is tried at both."""
    dice = random.Random(SEED)  # noqa: S311 - places to spoil, and no secret
    ways = [(_changed(column), dice.randint(1, RECORDS)) for column in COLUMNS]
    ways += [(_removed, place) for place in (1, dice.randint(2, RECORDS - 1), RECORDS)]
    ways += [(_swapped, place) for place in (1, dice.randint(2, RECORDS - 2), RECORDS - 1)]
    ways += [(_added, RECORDS)]
    return len(ways), sum(_is_found(way, subject, place) for way, place in ways)


def _is_found(way: Way, subject: Subject, place: int) -> bool:
    found = False
    with suppress(_Undone), transaction() as session:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("ALTER TABLE audit_record DISABLE TRIGGER USER"))
        else:
            for act in ("update", "delete"):
                session.execute(text(f"DROP TRIGGER IF EXISTS audit_record_no_{act}"))
        way(subject, place)
        session.expire_all()
        found = not verify_all().ok
        raise _Undone
    return found


def _changed(column: str) -> Way:
    def change(subject: Subject, place: int) -> None:
        value = db().scalars(select(getattr(AuditRecord, column)).where(*_at(subject, place))).one()
        db().execute(update(AuditRecord).where(*_at(subject, place)).values({column: _another(value)}))

    return change


def _another(value: Any) -> Any:
    """The least that can be otherwise in a value: one byte, one step, one bit."""
    if isinstance(value, bytes):
        return bytes([value[0] ^ 1]) + value[1:]
    if isinstance(value, str):
        middle = len(value) // 2
        return value[:middle] + chr(ord(value[middle]) ^ 1) + value[middle + 1 :]
    if isinstance(value, int):
        return value + RECORDS
    if isinstance(value, uuid.UUID):
        return uuid.UUID(int=value.int ^ 1)
    return value + timedelta(microseconds=1)


def _removed(subject: Subject, place: int) -> None:
    db().execute(delete(AuditRecord).where(*_at(subject, place)))


def _swapped(subject: Subject, place: int) -> None:
    for before, after in ((place, -1), (place + 1, place), (-1, place + 1)):
        db().execute(update(AuditRecord).where(*_at(subject, before)).values(number=after))


def _added(subject: Subject, place: int) -> None:
    last = db().scalars(select(AuditRecord).where(*_at(subject, place))).one()
    values = {name: value for name, value in vars(last).items() if name != "_sa_instance_state"}
    db().execute(insert(AuditRecord).values(values | {"id": uuid.uuid4(), "number": place + 1}))


def _at(subject: Subject, place: int) -> tuple[ColumnElement[bool], ...]:
    return (
        AuditRecord.subject_kind == subject.kind,
        AuditRecord.subject_id == subject.id,
        AuditRecord.number == place,
    )
