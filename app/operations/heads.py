"""Signed heads: how far every chain of the record had reached at a moment, in a file that belongs elsewhere too."""

from __future__ import annotations

import os
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from flask import current_app
from sqlalchemy import select

from app.pipeline.clock import now
from app.pipeline.secrets import ring
from app.pipeline.transaction import db, transaction
from crypto import CannotOpen, Head, sign_head, verify_head, verifying_key
from models.audit_chain import AuditChain
from models.audit_head import AuditHead
from models.audit_record import AuditRecord

PURPOSE = "audit-head"
FOLDER = "heads"
EVERY = timedelta(days=1)
SIGNED_FROM, SIGNED_TO = 1, 65
MOMENT = len("2026-11-24T010000Z")


class RecordsMissing(Exception):
    """A chain no longer reaches as far as an earlier head saw it; a new head would hide that and is not signed."""


@dataclass(frozen=True)
class Signed:
    """A head that was signed, and where it lies."""

    row: AuditHead
    file: Path


def gather_head() -> Signed:
    """Sign how far all chains reach now. Raises RecordsMissing when one reaches less far than the last head saw.

    The file is on the disk before the row is committed: a row without its file always means that one was taken away.
    """
    at = now()
    before = newest_head()
    if before is not None and (missing := not_reached(read_head(before))):
        raise RecordsMissing(missing[0])
    if ahead := heads_ahead():
        raise RecordsMissing(ahead[0])
    # Whoever waited for a turn and then had nothing to record leaves a chain that has not begun.
    chains = db().scalars(select(AuditChain).where(AuditChain.number > 0)).all()
    reached = {f"{chain.subject_kind}:{chain.subject_id.hex}": (chain.number, chain.link) for chain in chains}
    db().rollback()
    key = ring().derived(PURPOSE)
    signed = sign_head(reached, signing_key=key, at=at.astimezone(UTC).isoformat())
    file = _file_of(at, sha256(signed).digest())
    _keep(file, signed)
    with transaction() as session:
        row = AuditHead(
            id=uuid.uuid4(),
            at=at,
            chains=len(reached),
            digest=sha256(signed).digest(),
            signature=signed[SIGNED_FROM:SIGNED_TO],
            public_key=verifying_key(key),
        )
        session.add(row)
    return Signed(row, file)


def gather_head_when_due() -> Signed | None:
    """The same, once a day."""
    newest = newest_head()
    if newest is not None and now() - newest.at < EVERY:
        return None
    return gather_head()


def heads_ahead() -> list[str]:
    """The chains that reach less far than a head which lies there and of which the database knows nothing.

    So an old backup that was put back is noticed. What is signed lies there before the database knows of it: a process
    that was killed in between leaves such a file too, and every chain reaches as far as it says.
    """
    newest = newest_head()
    known = _file_of(newest.at, newest.digest).name if newest is not None else ""
    folder: Path = current_app.config["KIKITE"].data / FOLDER
    # The names begin with the moment.
    later = sorted(file for file in folder.glob("*.head") if file.name[:MOMENT] > known[:MOMENT])
    for file in reversed(later):
        try:
            return not_reached(read_signed(file.read_bytes()))
        except (CannotOpen, OSError):
            # Laid there by somebody else, or cut off when the machine stopped.
            continue
    return []


def newest_head() -> AuditHead | None:
    return db().scalar(select(AuditHead).order_by(AuditHead.at.desc()).limit(1))


def read_head(row: AuditHead) -> Head:
    """What a head says. Raises CannotOpen when its file is gone, is another, or was not signed by this server."""
    return read_signed(signed_bytes(row))


def signed_bytes(row: AuditHead) -> bytes:
    """The bytes of a head's file. Raises CannotOpen when it is gone or is another."""
    try:
        signed = _file_of(row.at, row.digest).read_bytes()
    except OSError:
        raise CannotOpen from None
    if sha256(signed).digest() != row.digest:
        raise CannotOpen
    return signed


def read_signed(signed: bytes) -> Head:
    """What the bytes of a head say. Raises CannotOpen unless one of this server's own keys signed them."""
    for key_id in ring().ids_for(PURPOSE):
        try:
            return verify_head(signed, verifying_key=verifying_key(ring().derived(PURPOSE, key_id)))
        except CannotOpen:
            continue
    raise CannotOpen


def not_reached(head: Head) -> list[str]:
    """The chains that no longer hold the record which a head saw as their newest."""
    missing = []
    for subject, (number, link) in sorted(head.heads.items()):
        kind, _, subject_id = subject.partition(":")
        held = db().scalar(
            select(AuditRecord.link).where(
                AuditRecord.subject_kind == kind,
                AuditRecord.subject_id == uuid.UUID(subject_id),
                AuditRecord.number == number,
            )
        )
        if number and held != link:
            missing.append(subject)
    return missing


def _file_of(at: datetime, digest: bytes) -> Path:
    folder: Path = current_app.config["KIKITE"].data / FOLDER
    return folder / f"{at.astimezone(UTC):%Y-%m-%dT%H%M%SZ}-{digest.hex()[:16]}.head"


def _keep(file: Path, signed: bytes) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as written:
        written.write(signed)
        written.flush()
        os.fsync(written.fileno())
