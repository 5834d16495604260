"""When each key is to be replaced, and who is told when that day has come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import func, select

from app.custody.actions import ASSOCIATION, begin_epoch
from app.custody.queries import holders_of, open_epoch
from app.people.queries import serving
from app.pipeline.audit import record
from app.pipeline.clock import now
from app.pipeline.identity import THE_CLOCK
from app.pipeline.one_by_one import one_by_one
from app.pipeline.outbox import queue_mail
from app.pipeline.secrets import ring, ring_place
from app.pipeline.transaction import db
from models.key_term import KeyTerm
from models.rules.key_kinds import NOTED, OF_THE_RING, REMINDED_AGAIN_AFTER_DAYS, KeyKind, term_ends
from models.rules.mail_kinds import MailKind
from models.rules.people import Role
from models.rules.working_days import in_japan
from models.seat import Seat
from models.seat_epoch import SeatEpoch

_KEPT = select(KeyTerm)
_OLDEST_SEAT = select(func.min(SeatEpoch.began_at)).where(SeatEpoch.ended_at.is_(None))
THE_RING = OF_THE_RING[0]
"""All that is derived from the ring's key is replaced with it, and is spoken of in one reminder."""


@dataclass(frozen=True)
class Term:
    """How long a key has been in use, and until when it should be."""

    kind: KeyKind
    began_at: datetime
    ends_at: datetime

    @property
    def is_over(self) -> bool:
        return self.ends_at <= now()


def terms() -> tuple[Term, ...]:
    """The term of each key that is in use: the ring, the seat whose key is oldest, and what lies outside."""
    return _terms({row.kind: row for row in db().scalars(_KEPT)})


def _terms(rows: Mapping[str, KeyTerm]) -> tuple[Term, ...]:
    found = []
    for kind in _in_use():
        began_at = _began_at(kind, rows.get(kind.code))
        ends_at = term_ends(kind, began_at) if began_at is not None else None
        if began_at is not None and ends_at is not None:
            found.append(Term(kind, began_at, ends_at))
    return tuple(found)


def note_renewed(kind: KeyKind) -> None:
    """Somebody has replaced a key that lies outside: its term begins anew."""
    row = db().get(KeyTerm, kind.code) or KeyTerm(kind=kind.code)
    row.began_at, row.reminded_at = now(), None
    db().add(row)
    record(ASSOCIATION, "key.renewed", actor=THE_CLOCK, facts={"kind": kind.code})


def remind_of_keys() -> int:
    """Tell the administrators of each key whose term is over, and again each month; called by the clock."""
    rows = {row.kind: row for row in db().scalars(_KEPT.with_for_update())}
    for kind in _in_use():
        if kind.code not in rows:
            rows[kind.code] = KeyTerm(kind=kind.code, began_at=now())
            db().add(rows[kind.code])
    db().flush()
    return one_by_one(_to_remind(rows), _remind, work="remind_of_keys")


def is_a_key_due() -> bool:
    """Whether a key's day has come, or whether one is in use of which nothing is noted yet."""
    rows = {row.kind: row for row in db().scalars(_KEPT)}
    return any(kind.code not in rows for kind in _in_use()) or bool(_to_remind(rows))


def _to_remind(rows: Mapping[str, KeyTerm]) -> list[KeyTerm]:
    return [rows[term.kind.code] for term in _terms(rows) if term.is_over and _may_be_told(term, rows[term.kind.code])]


def _may_be_told(term: Term, row: KeyTerm) -> bool:
    if row.reminded_at is None or row.reminded_at < term.ends_at:
        return True
    return now() - row.reminded_at >= timedelta(days=REMINDED_AGAIN_AFTER_DAYS)


def _remind(row: KeyTerm) -> bool:
    day = in_japan(now()).date().isoformat()
    for person in serving(now(), Role.ADMIN):
        queue_mail(person, MailKind.REMINDER, actor=THE_CLOCK, key=f"key:{row.kind}:{day}")
    record(ASSOCIATION, "key.remind", actor=THE_CLOCK, facts={"kind": row.kind, "day": day})
    row.reminded_at = now()
    return True


def seats_to_renew(older_than: datetime) -> list[Seat]:
    """The seats whose key has been in use since before then, and which somebody holds."""
    old = select(SeatEpoch.seat_id).where(SeatEpoch.ended_at.is_(None), SeatEpoch.began_at < older_than)
    return list(db().scalars(select(Seat).where(Seat.id.in_(old)).order_by(Seat.kind, Seat.id)))


def renew_seat(seat: Seat) -> bool:
    """Begin a new epoch of a seat for those who hold it now; False where that is nobody."""
    epoch = open_epoch(seat)
    holders = holders_of(epoch) if epoch is not None else ()
    if not holders:
        return False
    begin_epoch(seat, holders, actor=THE_CLOCK)
    return True


def _in_use() -> list[KeyKind]:
    """What has a term here: the ring, seats, and what lies outside where the settings name it."""
    config = current_app.config["KIKITE"]
    is_set = {
        KeyKind.WRAPPING: ring_place().wrapper is not None,
        KeyKind.DATABASE: config.database_url is not None,
        KeyKind.MAIL: config.smtp_password is not None,
        KeyKind.BUCKET: config.s3_access_key is not None,
    }
    return [THE_RING, KeyKind.SEAT, *(kind for kind in NOTED if is_set[kind])]


def _began_at(kind: KeyKind, row: KeyTerm | None) -> datetime | None:
    if kind is THE_RING:
        return ring().created(ring().active_id)
    if kind is KeyKind.SEAT:
        return db().scalar(_OLDEST_SEAT)
    return row.began_at if row is not None else None
