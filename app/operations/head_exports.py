"""Signed heads leave this machine: mailed, and shown to a time-stamping service, where the settings say so."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import structlog
from flask import current_app
from sqlalchemy import select

from app.operations.carriers import NotSent, carrier_for
from app.operations.fetching import Bounds, send_to
from app.operations.heads import newest_head, signed_bytes
from app.operations.letters import domain_of
from app.operations.timestamps import read_timestamp, timestamp_request
from app.pipeline.clock import now
from app.pipeline.one_by_one import THE_DATABASE_ITSELF, count_failed
from app.pipeline.transaction import db, roll_back, transaction
from config import Config
from crypto import CannotOpen
from models.audit_head import AuditHead
from models.head_export import HeadExport
from models.rules.head_exports import MAIL_SUBJECT, MAIL_WORDS, SHOWN, HeadFailure, HeadWay, next_wait
from models.rules.policy_page import page_check_policy_at

log = structlog.get_logger()
AT_A_TIME = 4
HTTP_OK = 200
QUERY = "application/timestamp-query"


class _Failed(Exception):
    """A head did not leave by this way now."""

    def __init__(self, why: HeadFailure) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True)
class Shown:
    """One head on its way, as it is shown."""

    export: HeadExport
    head: AuditHead


@dataclass(frozen=True)
class Stamped:
    """What the time-stamps that are kept prove: how many there are, the newest moment, and which prove nothing."""

    count: int
    newest: datetime | None
    unproved: tuple[AuditHead, ...]


def ways() -> tuple[HeadWay, ...]:
    """The ways that the settings name."""
    config = _config()
    named = ((HeadWay.MAIL, config.heads_mail), (HeadWay.TIMESTAMP, config.timestamp_url))
    return tuple(way for way, setting in named if setting)


def export_heads(*, bounds: Bounds | None = None) -> int:
    """Let the newest head leave, and try again what has not; no transaction is open meanwhile. Gives how many left."""
    if not ways():
        return 0
    with transaction():
        _note_the_newest()
    at = now()
    due = (
        select(HeadExport, AuditHead)
        .join(AuditHead, AuditHead.id == HeadExport.head_id)
        .where(HeadExport.done_at.is_(None), HeadExport.next_try_at <= at, HeadExport.way.in_(ways()))
        .order_by(AuditHead.at.desc(), HeadExport.way)
        .limit(AT_A_TIME)
    )
    waiting = [(export.id, export.way, head) for export, head in db().execute(due)]
    roll_back()
    return sum(_left(export_id, way, head, bounds or Bounds()) for export_id, way, head in waiting)


def shown_exports() -> list[Shown]:
    """The newest, for whoever looks after the record."""
    query = (
        select(HeadExport, AuditHead)
        .join(AuditHead, AuditHead.id == HeadExport.head_id)
        .order_by(AuditHead.at.desc(), HeadExport.way)
        .limit(SHOWN)
    )
    return [Shown(export, head) for export, head in db().execute(query)]


def verify_timestamps() -> Stamped | None:
    """Look at every time-stamp that is kept; None where there is none, or no certificate to look with."""
    roots = _roots()
    rows = db().execute(
        select(HeadExport, AuditHead)
        .join(AuditHead, AuditHead.id == HeadExport.head_id)
        .where(HeadExport.proof.is_not(None))
        .order_by(AuditHead.at)
    )
    kept = [(export.proof or b"", head) for export, head in rows]
    if not kept or roots is None:
        return None
    proved, unproved = [], []
    for proof, head in kept:
        try:
            proved.append(read_timestamp(proof, signed_bytes(head), roots=roots))
        except (CannotOpen, ValueError):
            unproved.append(head)
    return Stamped(len(kept), max(proved, default=None), tuple(unproved))


def _note_the_newest() -> None:
    newest = newest_head()
    if newest is None:
        return
    noted = set(db().scalars(select(HeadExport.way).where(HeadExport.head_id == newest.id)))
    for way in ways():
        if way not in noted:
            db().add(HeadExport(id=uuid.uuid4(), head_id=newest.id, way=way, next_try_at=now()))


def _left(export_id: uuid.UUID, way: HeadWay, head: AuditHead, bounds: Bounds) -> bool:
    """The same, whatever one of them meets: the others leave all the same."""
    try:
        return _let_leave(export_id, way, head, bounds)
    except THE_DATABASE_ITSELF:
        raise
    except Exception as failure:  # noqa: BLE001 - a carrier or a service of others must not stop the others
        roll_back()
        log.error("item_failed", name="export_heads", kind=type(failure).__name__, row=f"head_export:{export_id.hex}")  # noqa: TRY400 - as one by one
        count_failed()
        return False


def _let_leave(export_id: uuid.UUID, way: HeadWay, head: AuditHead, bounds: Bounds) -> bool:
    failure, proof = None, None
    try:
        if way is HeadWay.TIMESTAMP:
            proof = _stamp(head, bounds)
        else:
            _mail(head)
    except _Failed as failed:
        failure = failed.why
    except CannotOpen:
        failure = HeadFailure.NO_FILE
    with transaction() as session:
        export = session.get_one(HeadExport, export_id, with_for_update=True)
        if export.done_at is not None:
            return False
        export.attempts += 1
        export.last_failure = failure
        if failure is None:
            export.done_at, export.proof = now(), proof
        else:
            export.next_try_at = now() + next_wait(export.attempts)
    return failure is None


def _mail(head: AuditHead) -> None:
    """The digest and the signature, which tell nothing but that and when; the file itself names every chain."""
    config = _config()
    signed_bytes(head)
    name = f"head-{head.digest.hex()[:16]}"
    message = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    message["From"] = Address(display_name=config.service_name, addr_spec=config.mail_from)
    message["Subject"] = f"{MAIL_SUBJECT} {head.at:%Y-%m-%d}"
    message["Date"] = format_datetime(head.at)
    message["Message-ID"] = f"<{name}@{domain_of(config)}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(
        f"{MAIL_WORDS}\n\n"
        f"at: {head.at.isoformat()}\nchains: {head.chains}\nsha256: {head.digest.hex()}\n"
        f"ed25519: {head.signature.hex()}\nkey: {head.public_key.hex()}\n",
        cte="8bit",
    )
    try:
        message["To"] = Address(addr_spec=config.heads_mail)
        with carrier_for(config) as carrier:
            carrier.carry(message, name=name)
    except (NotSent, ValueError):
        raise _Failed(HeadFailure.NOT_SENT) from None


def _stamp(head: AuditHead, bounds: Bounds) -> bytes:
    signed, roots = signed_bytes(head), _roots()
    if roots is None:
        raise _Failed(HeadFailure.NO_PROOF)
    asked, nonce = timestamp_request(signed)
    policy = page_check_policy_at(now())
    answer = send_to(_config().timestamp_url, asked, kind=QUERY, policy=policy, bounds=bounds)
    if answer is None:
        raise _Failed(HeadFailure.NO_ANSWER)
    if answer.status != HTTP_OK:
        raise _Failed(HeadFailure.REFUSED)
    try:
        read_timestamp(answer.body, signed, roots=roots, nonce=nonce)
    except (CannotOpen, ValueError):
        raise _Failed(HeadFailure.NO_PROOF) from None
    return answer.body


def _roots() -> bytes | None:
    path = _config().timestamp_roots
    try:
        return path.read_bytes() if path is not None else None
    except OSError:
        return None


def _config() -> Config:
    config: Config = current_app.config["KIKITE"]
    return config
