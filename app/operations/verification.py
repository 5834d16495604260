"""Verifying the record: every chain from its first link, the newest link each was known to have, and the last head."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import select

from app.operations.head_exports import Stamped, verify_timestamps
from app.operations.heads import heads_ahead, newest_head, not_reached, read_head
from app.pipeline.audit import AUDIT, Subject, body_of
from app.pipeline.secrets import ring
from app.pipeline.transaction import db
from crypto import CannotOpen, Head, Record, verify_chain
from models.audit_chain import AuditChain
from models.audit_record import AuditRecord

ROWS_AT_ONCE = 500
COLUMNS = (
    AuditRecord.subject_kind,
    AuditRecord.subject_id,
    AuditRecord.number,
    AuditRecord.name,
    AuditRecord.facts,
    AuditRecord.actor_role,
    AuditRecord.actor_id,
    AuditRecord.at,
    AuditRecord.key_id,
    AuditRecord.link,
)
"""Read as they are: a record that is only verified need not be followed by the session."""
ChainedRow = Any
"""A record, or a row of these columns."""
_subject_of = attrgetter("subject_kind", "subject_id")


@dataclass(frozen=True)
class Fault:
    """What is wrong with one chain, at which record, and the sentence for it in each language."""

    subject: str
    at: int
    ja: str
    en: str


@dataclass(frozen=True)
class Verification:
    """What came of verifying everything."""

    chains: int
    records: int
    faults: tuple[Fault, ...]
    stamped: Stamped | None = None

    @property
    def ok(self) -> bool:
        return not self.faults


WORDS = {
    "number": ("記録が抜けているか、順序が変わっています。", "A record is missing, moved or inserted."),
    "key": ("知らない鍵の記録です。", "The record names a key that is not known."),
    "link": ("記録の内容か位置が書き換えられています。", "The record or its place was changed."),
    "tail": ("新しい方の記録が消されています。", "The newest records were removed."),
    "head": (
        "署名した時点にあった記録がありません。",
        "A record that was there when the last head was signed is gone or another.",
    ),
    "timestamp": (
        "外部の時刻の証明が、署名のファイルと合いません。",
        "A time-stamp of another does not prove the file of its signed head.",
    ),
    "old_backup": (
        "より新しい署名のときにあった記録がありません。古いバックアップが戻されています。",
        "A record of a newer signed head is not there: an old backup was put back.",
    ),
    "head_file": (
        "最後の署名のファイルがないか、書き換えられています。",
        "The file of the last signed head is missing, changed or signed by another key.",
    ),
}


def verify_all(*, against: Head | None = None) -> Verification:
    """Check every chain whole, in constant memory, and against the last signed head or one kept elsewhere."""
    # Read before the records: whoever adds a record meanwhile only makes a chain reach further than it must.
    reached = {
        Subject(chain.subject_kind, chain.subject_id): (chain.number, chain.link)
        for chain in db().scalars(select(AuditChain))
    }
    faults: list[Fault] = []
    records = 0
    seen: set[Subject] = set()
    for (kind, subject_id), rows in groupby(_records(), key=_subject_of):
        subject = Subject(kind, subject_id)
        seen.add(subject)
        count, fault = check_chain(subject, rows, reached.get(subject, (0, b"")))
        records += count
        faults += [fault] if fault else []
    faults += [_fault(subject.name, 1, "tail") for subject in reached.keys() - seen if reached[subject][0]]
    faults += _check_head(against)
    faults += [_fault(subject, 0, "old_backup") for subject in heads_ahead()] if against is None else []
    stamped = verify_timestamps()
    faults += [_fault("head", 0, "timestamp") for _head in stamped.unproved] if stamped is not None else []
    return Verification(len(reached.keys() | seen), records, tuple(faults), stamped)


def _records() -> Iterator[ChainedRow]:
    query = (
        select(*COLUMNS)
        .order_by(AuditRecord.subject_kind, AuditRecord.subject_id, AuditRecord.number)
        .execution_options(yield_per=ROWS_AT_ONCE)
    )
    # Whoever stops in the middle leaves no cursor open in the database.
    with closing(db().execute(query)) as rows:
        yield from rows


def check_chain(subject: Subject, rows: Iterator[ChainedRow], known: tuple[int, bytes]) -> tuple[int, Fault | None]:
    """How many records a chain has, and the first thing that is wrong with it; ``known`` is how far it must reach."""
    count, at_known = 0, b""
    keys: dict[bytes, bytes] = {}

    def key_for(key_id: bytes) -> bytes:
        if key_id not in keys:
            keys[key_id] = ring().derived(AUDIT, key_id)
        return keys[key_id]

    def passing() -> Iterator[Record]:
        nonlocal count, at_known
        for row in rows:
            count += 1
            if row.number == known[0]:
                at_known = row.link
            yield Record(row.number, _body(row), row.key_id, row.link)

    verdict = verify_chain(subject.name, passing(), key_for=key_for)
    # The rest of a broken chain is passed over, so that the next chain begins where it should.
    for _ in rows:
        count += 1
    if verdict.broken_at is not None and verdict.why is not None:
        return count, _fault(subject.name, verdict.broken_at, verdict.why.value)
    if verdict.reached[0] < known[0] or at_known != known[1]:
        return count, _fault(subject.name, verdict.reached[0] + 1, "tail")
    return count, None


def _body(row: ChainedRow) -> bytes:
    try:
        return body_of(row)
    except ValueError:
        # Whoever spoilt a column so that it cannot even be written down has changed the record, and its link shows it.
        return b""


def _check_head(against: Head | None) -> list[Fault]:
    head = against
    if head is None:
        newest = newest_head()
        if newest is None:
            return []
        try:
            head = read_head(newest)
        except CannotOpen:
            return [_fault("head", 0, "head_file")]
    return [_fault(subject, head.heads[subject][0], "head") for subject in not_reached(head)]


def _fault(subject: str, at: int, why: str) -> Fault:
    ja, en = WORDS[why]
    return Fault(subject, at, ja, en)
