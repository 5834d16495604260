"""The proof of single chains: whole from the first link, as far as it was known, and as the last signed head saw it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from app.operations.heads import newest_head, read_head
from app.operations.verification import Fault, check_chain
from app.pipeline.audit import Subject
from app.pipeline.transaction import db
from crypto import CannotOpen, Head
from models.audit_chain import AuditChain
from models.audit_record import AuditRecord


@dataclass(frozen=True)
class Proof:
    """What is proven of one chain."""

    records: int
    link: str
    """The newest link, in hexadecimal, for comparing it with a head that is kept elsewhere."""
    keys: tuple[str, ...]
    """The identifiers of the keys with which its records were made."""
    fault: Fault | None
    signed: int | None
    """How many of its records the last signed head saw; None where it did not know the chain, or is missing."""
    holds_what_was_signed: bool

    @property
    def is_whole(self) -> bool:
        return self.fault is None and self.holds_what_was_signed


def prove(subjects: Iterable[Subject]) -> dict[Subject, Proof]:
    """The proof of each of these chains."""
    head = _last_head()
    return {subject: _proof(subject, head) for subject in subjects}


def _last_head() -> Head | None:
    newest = newest_head()
    if newest is None:
        return None
    try:
        return read_head(newest)
    except CannotOpen:
        return None


def _proof(subject: Subject, head: Head | None) -> Proof:
    of_subject = (AuditRecord.subject_kind == subject.kind, AuditRecord.subject_id == subject.id)
    known = db().execute(
        select(AuditChain.number, AuditChain.link).where(
            AuditChain.subject_kind == subject.kind, AuditChain.subject_id == subject.id
        )
    ).one_or_none() or (0, b"")
    rows = db().scalars(select(AuditRecord).where(*of_subject).order_by(AuditRecord.number)).all()
    count, fault = check_chain(subject, iter(rows), (known[0], known[1]))
    number, link = head.heads.get(subject.name, (None, b"")) if head is not None else (None, b"")
    holds = not number or (len(rows) >= number and rows[number - 1].link == link)
    return Proof(
        records=count,
        link=rows[-1].link.hex() if rows else "",
        keys=tuple(sorted({row.key_id.hex() for row in rows})),
        fault=fault,
        signed=number,
        holds_what_was_signed=holds,
    )
