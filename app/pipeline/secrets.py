"""The server's own key ring and the key store, as this application was given them."""

from __future__ import annotations

import os
import threading
import uuid
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import cast

import structlog
from flask import Flask, current_app, g
from sqlalchemy import Engine, Table, func, select
from sqlalchemy.orm import Session

from app.pipeline.database import WRITES, WriteLock, clear_log, make_engine
from app.pipeline.ring_place import RingPlace, RingRefused
from crypto import CannotOpen, Context, KeyRing, key_id_of, keyed_token, new_key
from models.key_store import ShredKey

log = structlog.get_logger()
KEYSTORE = "keystore"
MADE_AHEAD = 64
"""How many shred keys are made in one go, two for each consultation to come; as many may be left unused at the end."""
_NEW_SHRED_KEY = cast(Table, ShredKey.__table__).insert()


@dataclass(frozen=True)
class ShredKeyFacts:
    """What is known of a shred key without opening it."""

    created_at: datetime
    destroyed_at: datetime | None
    ring_key: str | None
    """The key of the ring under which it is sealed; None once it is destroyed."""


class KeyStore:
    """The shred keys: made before the case they bind, read when a compartment is opened, destroyed to erase."""

    def __init__(self, url: str, ring: KeyRing) -> None:
        self.engine: Engine
        self._lock: WriteLock
        self.engine, self._lock = make_engine(url)
        self._ring = ring
        self._making_ahead = threading.Lock()
        self._ahead: list[tuple[uuid.UUID, bytes]] = []
        self._ahead_of = os.getpid()

    def make(self, subject_id: uuid.UUID, *, at: datetime) -> bytes:
        """Make and keep a subject's shred key, at once: a key without a case harms nobody, a case without one would."""
        key = new_key()
        self._keep([(subject_id, key)], at)
        return key

    def take(self, *, at: datetime) -> tuple[uuid.UUID, bytes]:
        """A new subject's id with its shred key, which is kept already: some are made ahead, in one go.

        Every consultation needs one, and would otherwise wait for a second disk. An id that is never used harms nobody.
        """
        with self._making_ahead:
            if self._ahead_of != os.getpid():
                # What another process made ahead is that process's to use.
                self._ahead, self._ahead_of = [], os.getpid()
            if not self._ahead:
                made = [(uuid.uuid4(), new_key()) for _ in range(MADE_AHEAD)]
                self._keep(made, at)
                self._ahead = made
            return self._ahead.pop()

    def _keep(self, made: list[tuple[uuid.UUID, bytes]], at: datetime) -> None:
        rows = [
            {
                "subject_id": subject_id,
                "sealed_key": self._ring.seal(key.hex(), purpose=KEYSTORE, context=_context(subject_id)),
                "created_at": at,
            }
            for subject_id, key in made
        ]
        # Without a session: this is on the road of every consultation, and there is nothing here for one to follow.
        self._lock.acquire()
        try:
            with self.engine.connect().execution_options(**{WRITES: True}) as connection:
                connection.execute(_NEW_SHRED_KEY, rows)
                connection.commit()
        finally:
            self._lock.release()

    def key(self, subject_id: uuid.UUID) -> bytes:
        """A subject's shred key. Raises CannotOpen when it was destroyed or never was."""
        with Session(self.engine) as session:
            row = session.get(ShredKey, subject_id)
            if row is None or row.sealed_key is None:
                raise CannotOpen
            return bytes.fromhex(self._ring.open(row.sealed_key, purpose=KEYSTORE, context=_context(subject_id)))

    def keys(self, subject_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, bytes]:
        """The shred keys of many subjects at once; those that were destroyed or never were are left out."""
        with Session(self.engine) as session:
            rows = session.scalars(select(ShredKey).where(ShredKey.subject_id.in_(subject_ids)))
            return {
                row.subject_id: bytes.fromhex(
                    self._ring.open(row.sealed_key, purpose=KEYSTORE, context=_context(row.subject_id))
                )
                for row in rows
                if row.sealed_key is not None
            }

    def inventory(self, subject_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, ShredKeyFacts]:
        """What is known of these subjects' shred keys; none of them is opened."""
        with Session(self.engine) as session:
            rows = session.scalars(select(ShredKey).where(ShredKey.subject_id.in_(subject_ids)))
            return {row.subject_id: _facts_of(row) for row in rows}

    def count_by_ring_key(self) -> tuple[dict[str, int], int]:
        """How many shred keys are sealed under which key of the ring, and how many are destroyed; none is opened."""
        sealed: Counter[str] = Counter()
        destroyed = 0
        query = select(ShredKey.sealed_key).execution_options(yield_per=1_000)
        with Session(self.engine) as session, closing(session.scalars(query)) as sealed_keys:
            for sealed_key in sealed_keys:
                if sealed_key is None:
                    destroyed += 1
                else:
                    sealed[key_id_of(sealed_key).hex()] += 1
        return dict(sealed), destroyed

    def destroy(self, subject_id: uuid.UUID, *, at: datetime) -> None:
        """Destroy a subject's shred key for good. What lies elsewhere and opens no more follows by the clock."""
        with _Writing(self.engine, self._lock) as session:
            row = session.get(ShredKey, subject_id)
            if row is not None and row.sealed_key is not None:
                row.sealed_key = None
                row.destroyed_at = at
        if not clear_log(self.engine):
            # Whoever reads is not cut off: the clock clears it at one of its next turns.
            log.info("key_store_log_stays")

    def destroyed(self, subject_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, datetime]:
        """Which of these subjects' shred keys are destroyed, and since when."""
        with Session(self.engine) as session:
            rows = select(ShredKey.subject_id, ShredKey.destroyed_at).where(
                ShredKey.subject_id.in_(subject_ids), ShredKey.destroyed_at.is_not(None)
            )
            return {subject_id: at for subject_id, at in session.execute(rows) if at is not None}

    def unfollowed(self, *, most: int) -> list[uuid.UUID]:
        """Subjects whose key was destroyed and whose leavings elsewhere are not yet on the list of what is removed."""
        waiting = select(ShredKey.subject_id).where(ShredKey.destroyed_at.is_not(None), ShredKey.followed_at.is_(None))
        with Session(self.engine) as session:
            return list(session.scalars(waiting.order_by(ShredKey.destroyed_at, ShredKey.subject_id).limit(most)))

    def note_followed(self, subject_ids: Sequence[uuid.UUID], *, at: datetime) -> None:
        """Note that they are on the list now."""
        with _Writing(self.engine, self._lock) as session:
            for row in session.scalars(select(ShredKey).where(ShredKey.subject_id.in_(subject_ids))):
                row.followed_at = at

    def size(self) -> int:
        """How many shred keys there are, destroyed ones too."""
        with Session(self.engine) as session:
            return session.scalar(select(func.count()).select_from(ShredKey)) or 0

    def reseal(self, *, after: uuid.UUID | None, most: int) -> tuple[int, uuid.UUID | None, int]:
        """Seal some keys anew: how many were, after which to go on, if any is left, and how many were looked at."""
        done = 0
        query = select(ShredKey).order_by(ShredKey.subject_id).limit(most).with_for_update()
        with _Writing(self.engine, self._lock) as session:
            rows = session.scalars(query if after is None else query.where(ShredKey.subject_id > after)).all()
            for row in rows:
                if row.sealed_key is not None and self._ring.needs_resealing(row.sealed_key):
                    context = _context(row.subject_id)
                    key = self._ring.open(row.sealed_key, purpose=KEYSTORE, context=context)
                    row.sealed_key = self._ring.seal(key, purpose=KEYSTORE, context=context)
                    done += 1
            return done, rows[-1].subject_id if len(rows) == most else None, len(rows)


def _facts_of(row: ShredKey) -> ShredKeyFacts:
    ring_key = key_id_of(row.sealed_key).hex() if row.sealed_key is not None else None
    return ShredKeyFacts(row.created_at, row.destroyed_at, ring_key)


class _Writing:
    """A short transaction of the key store's own."""

    def __init__(self, engine: Engine, lock: WriteLock) -> None:
        self._lock = lock
        self._session = Session(engine)

    def __enter__(self) -> Session:
        self._lock.acquire()
        try:
            self._session.connection(execution_options={WRITES: True})
        except BaseException:
            self._session.close()
            self._lock.release()
            raise
        return self._session

    def __exit__(self, kind: type[BaseException] | None, *_rest: object) -> None:
        try:
            if kind is None:
                self._session.commit()
        finally:
            self._session.close()
            self._lock.release()


def _context(subject_id: uuid.UUID) -> Context:
    return Context(table="shred_key", column="sealed_key", row=subject_id.hex, purpose=KEYSTORE)


def use_secrets(app: Flask, *, ring: KeyRing, place: RingPlace, key_store_url: str) -> None:
    """Give the application its key ring, the place where that is kept, and its key store."""
    app.extensions["kikite_ring"] = ring
    app.extensions["kikite_ring_place"] = place
    app.extensions["kikite_key_store"] = KeyStore(key_store_url, ring)


def ring() -> KeyRing:
    """The server's own keys."""
    return cast(KeyRing, current_app.extensions["kikite_ring"])


def ring_place() -> RingPlace:
    """Where the key ring is kept."""
    return cast(RingPlace, current_app.extensions["kikite_ring_place"])


def look_at_ring() -> bool:
    """Know from now on what somebody has written to the ring's place since this process read it."""
    try:
        found = ring_place().read_if_changed()
    except (RingRefused, OSError) as refused:
        # What this process knows already opens and writes as before; the next look may succeed.
        log.error("ring_not_read", kind=type(refused).__name__)  # noqa: TRY400 - a trace may tell where it lies
        return False
    if found is not None:
        ring().adopt(found)
    return found is not None


def look_at_ring_now_and_then() -> None:
    """Before a request, every so often: whoever adds a key waits so long before it writes."""
    if ring_place().is_time_to_look():
        look_at_ring()


def key_store() -> KeyStore:
    """Where the shred keys lie."""
    return cast(KeyStore, current_app.extensions["kikite_key_store"])


FACET = "facet"
PEPPER = "pepper"


def pepper_in_use() -> tuple[bytes, bytes]:
    """The pepper with which passwords are made now: the id of its key, which is kept beside them, and the pepper."""
    key_id = ring().active_id
    return key_id, ring().derived(PEPPER, key_id)


def pepper_named(key_id: bytes | None) -> bytes:
    """The pepper of an id; without one, that of the first key there was. Raises CannotOpen when it was retired."""
    try:
        return ring().derived(PEPPER, key_id) if key_id else ring().stable(PEPPER)
    except KeyError:
        raise CannotOpen from None


def shred_key(subject_id: uuid.UUID) -> bytes:
    """A subject's shred key, read once for each request."""
    known: dict[uuid.UUID, bytes] = g.setdefault("shred_keys", {})
    if subject_id not in known:
        known[subject_id] = key_store().key(subject_id)
    return known[subject_id]


def bring_shred_keys(subject_ids: Sequence[uuid.UUID]) -> None:
    """Read the shred keys of many subjects with one question, for this request."""
    known: dict[uuid.UUID, bytes] = g.setdefault("shred_keys", {})
    wanted = [subject_id for subject_id in subject_ids if subject_id not in known]
    if wanted:
        known.update(key_store().keys(wanted))


def facet(field: str, value: str) -> bytes:
    """The keyed token of a coded fact, for storing."""
    return facet_under(ring().active_id, field, value)


def facets(field: str, value: str) -> tuple[bytes, ...]:
    """Every token under which the fact may stand, for finding: what an older key made stands until it is made anew."""
    return tuple(facet_under(key_id, field, value) for key_id in facet_key_ids())


def facet_key_ids() -> tuple[bytes, ...]:
    """The keys under which facets may stand, oldest first."""
    return ring().ids_for(FACET)


def facet_under(key_id: bytes, field: str, value: str) -> bytes:
    """The token that one key of the ring makes."""
    return keyed_token(ring().derived(FACET, key_id), field=field, value=value)
