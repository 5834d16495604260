"""The server's key ring: adding a key, letting it write, making anew what an older one made, and retiring that one."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from flask import Flask
from sqlalchemy import or_, select

from app.custody.actions import ASSOCIATION
from app.operations.facets import COLUMNS, FacetColumn, renew, rows_of_older_keys
from app.operations.key_report import Standing, standing
from app.people.queries import login_digest, mail_of
from app.pipeline.audit import record
from app.pipeline.identity import THE_CLOCK
from app.pipeline.secrets import key_store, look_at_ring, ring, ring_place
from app.pipeline.transaction import db, transaction
from crypto import KeyRing
from models.base import Identified
from models.person import Person
from models.registry import metadata
from models.rules.key_kinds import KEPT, WITH, keeps_from_retiring
from models.rules.sealed_fields import SEALED_FIELDS, SealedField, ServerPurpose
from models.sealed import open_by_server, seal_by_server

ROWS_AT_ONCE = 100
Progress = Callable[[str, int, int], None]


class NoSuchKey(Exception):
    """The ring holds no key, or more than one, that begins so."""


class StillHolds(Exception):
    """Something would be lost with the key."""

    def __init__(self, held: tuple[Standing, ...]) -> None:
        super().__init__("this key still holds something")
        self.held = held


class StillWrites(Exception):
    """The key that writes is not retired."""


def key_beginning(key_ring: KeyRing, letters: str) -> bytes:
    """The one key whose id begins with these letters. Raises NoSuchKey."""
    found = [key_id for key_id in key_ring.key_ids if letters and key_id.hex().startswith(letters.lower())]
    if len(found) != 1:
        raise NoSuchKey
    return found[0]


def add_key() -> bytes:
    """A new key, which does not write yet: every server has to know it before. Gives its id."""
    with ring_place().alone():
        changed = _as_it_lies_there()
        key_id = changed.add()
        _record("key.add", key_id)
        _keep(changed)
    return key_id


def activate(key_id: bytes) -> None:
    """Let a key write. Raises NoSuchKey when it was retired."""
    with ring_place().alone():
        changed = _as_it_lies_there()
        if key_id not in changed.key_ids or changed.is_retired(key_id):
            raise NoSuchKey
        changed.make_active(key_id)
        _record("key.activate", key_id)
        _keep(changed)


def retire(key_id: bytes) -> None:
    """Forget a key, but for what verifies the record and what stays. Raises StillWrites, or StillHolds."""
    with ring_place().alone():
        changed = _as_it_lies_there()
        if key_id == changed.active_id:
            raise StillWrites
        with transaction():
            # What is counted is how it stands now, whatever was read before.
            under = tuple(line for line in standing() if line.key_id == key_id and line.count)
            held = tuple(line for line in under if keeps_from_retiring(line.kind))
            if held:
                raise StillHolds(held)
            record(ASSOCIATION, "key.retire", actor=THE_CLOCK, facts={"ring_key": key_id.hex()})
        stays = {line.kind for line in under}
        changed.retire(key_id, keep=[purpose for kind, purpose in KEPT.items() if WITH.get(kind, kind) in stays])
        _keep(changed)


def begin_rotation() -> bytes | None:
    """The key that is to write next: one that was added and does not write yet, or a new one.

    None when the newest one writes already and has not taken over all that an older one made.
    """
    look_at_ring()
    # Of one that was retired without having taken over something may be kept, and it never writes.
    newest = [key_id for key_id in ring().key_ids if not ring().is_retired(key_id)][-1]
    if newest != ring().active_id:
        return newest
    return None if stale() else add_key()


def stale() -> int:
    """How many things an older key made that ``renew_all`` makes anew."""
    return sum(line.count for line in standing() if line.is_stale)


def renew_all(app: Flask, progress: Progress) -> int:
    """Make anew whatever another key than the active one made, in steps that may be interrupted and repeated."""
    renewed = 0
    for field in SEALED_FIELDS:
        if field.under is ServerPurpose.KEYSTORE:
            renewed += _reseal_key_store(app, progress)
        elif isinstance(field.under, ServerPurpose):
            renewed += _reseal_column(app, field, progress)
    renewed += sum(_renew_facets(app, column, progress) for column in COLUMNS)
    return renewed + _renew_logins(app, progress)


def _as_it_lies_there() -> KeyRing:
    """A copy of the ring, of which nobody knows before it is kept."""
    look_at_ring()
    return KeyRing.from_json(ring().to_json())


def _keep(changed: KeyRing) -> None:
    ring_place().write(changed)
    ring().adopt(changed)


def _record(event: str, key_id: bytes) -> None:
    # Before the act, as the file is no part of the transaction: whoever goes on after an interruption records it twice.
    with transaction():
        record(ASSOCIATION, event, actor=THE_CLOCK, facts={"ring_key": key_id.hex()})


def _reseal_key_store(app: Flask, progress: Progress) -> int:
    done, seen, after = 0, 0, None
    while True:
        with app.app_context():
            count, after, looked_at = key_store().reseal(after=after, most=ROWS_AT_ONCE)
            done, seen = done + count, seen + looked_at
            all_ = seen if after is None else max(seen, key_store().size())
        progress("shred_key.sealed_key", seen, all_)
        if after is None:
            return done


def _reseal_column(app: Flask, field: SealedField, progress: Progress) -> int:
    table = _class_of(field.table)

    def reseal(ids: Sequence[uuid.UUID]) -> int:
        return _reseal_rows(table, field.column, ids)

    with app.app_context():
        ids = db().scalars(select(table.id).order_by(table.id)).all()
    return _in_steps(app, ids, reseal, lambda done, all_: progress(field.name, done, all_))


def _in_steps(
    app: Flask, ids: Sequence[uuid.UUID], renew: Callable[[Sequence[uuid.UUID]], int], told: Callable[[int, int], None]
) -> int:
    done = 0
    for start in range(0, len(ids), ROWS_AT_ONCE):
        with app.app_context(), transaction():
            done += renew(ids[start : start + ROWS_AT_ONCE])
        told(min(start + ROWS_AT_ONCE, len(ids)), len(ids))
    return done


def _reseal_rows(table: type[Identified], column: str, ids: Sequence[uuid.UUID]) -> int:
    done = 0
    for row in _held(table, ids):
        sealed: bytes | None = getattr(row, column)
        if sealed is not None and ring().needs_resealing(sealed):
            seal_by_server(row, column, open_by_server(row, column, ring=ring()), ring=ring())
            done += 1
    return done


def _renew_facets(app: Flask, column: FacetColumn, progress: Progress) -> int:
    def renew_some(ids: Sequence[uuid.UUID]) -> int:
        return renew(column, _held(column.table, ids))

    with app.app_context():
        ids = rows_of_older_keys(column)
    return _in_steps(app, ids, renew_some, lambda done, all_: progress(column.name, done, all_))


def _renew_logins(app: Flask, progress: Progress) -> int:
    """Find people by a digest of the key that writes, and no more by an older one's."""
    with app.app_context():
        older = or_(Person.login_key.is_(None), Person.login_key != ring().active_id)
        ids = db().scalars(select(Person.id).where(older).order_by(Person.id)).all()
    return _in_steps(app, ids, _renew_digests, lambda done, all_: progress("person.login_digest", done, all_))


def _renew_digests(ids: Sequence[uuid.UUID]) -> int:
    for person in _held(Person, ids):
        key_id = ring().active_id
        person.login_digest, person.login_key = login_digest(mail_of(person), key_id), key_id
    return len(ids)


def _held(table: type[Any], ids: Sequence[uuid.UUID]) -> Sequence[Any]:
    return db().scalars(select(table).where(table.id.in_(ids)).order_by(table.id).with_for_update()).all()


def _class_of(table: str) -> type[Identified]:
    found = [mapper.class_ for mapper in Identified.registry.mappers if mapper.local_table is metadata.tables[table]]
    return found[0]
