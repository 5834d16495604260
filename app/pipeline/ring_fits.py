"""Whether a key ring is the one of this installation: told by the ids that stand beside what its keys made."""

from __future__ import annotations

from contextlib import suppress
from typing import cast

from flask import Flask
from sqlalchemy import Engine, inspect, select
from sqlalchemy.orm import Session

from app.pipeline.ring_place import RingPlace, RingRefused, Trouble
from app.pipeline.secrets import KEYSTORE, KeyStore
from app.pipeline.transaction import Transactions
from crypto import CannotOpen, KeyRing, key_id_of
from models.audit_record import AuditRecord
from models.key_store import ShredKey
from models.person import Person


def ring_of(app: Flask, place: RingPlace) -> KeyRing:
    """The ring that lies there; one is made only for an installation in which nothing is yet. Raises RingRefused.

    A new ring beside data of before would open none of it, and nobody would be told until somebody asks for it.
    """
    if not place.is_there() and _holds_something(_main(app)):
        raise RingRefused(Trouble.MISSING, place.path)
    return place.read_or_make()


def demand_that_it_fits(app: Flask) -> None:
    """Raises RingRefused when what lies in the databases was made under keys that this ring does not hold.

    So it is with the ring of another installation, and with a copy of this one from before a key was added.
    """
    ring: KeyRing = app.extensions["kikite_ring"]
    place: RingPlace = app.extensions["kikite_ring_place"]
    made_under = {
        "audit": _of_newest_record(_main(app)),
        "login": _of_addresses(_main(app)),
        KEYSTORE: _of_a_shred_key(cast(KeyStore, app.extensions["kikite_key_store"]).engine),
    }
    if any(ids - set(ring.ids_for(purpose)) for purpose, ids in made_under.items()):
        raise RingRefused(Trouble.OF_ANOTHER, place.path)


def _main(app: Flask) -> Engine:
    return cast(Transactions, app.extensions["kikite_transactions"]).engine


def _holds_something(main: Engine) -> bool:
    """Whether anything was ever recorded in this database; everything that is done is."""
    if not inspect(main).has_table(AuditRecord.__tablename__):
        return False
    with Session(main) as session:
        return session.scalar(select(AuditRecord.id).limit(1)) is not None


def _of_newest_record(main: Engine) -> set[bytes]:
    newest = select(AuditRecord.key_id).order_by(AuditRecord.at.desc(), AuditRecord.id.desc()).limit(1)
    with Session(main) as session:
        return {bytes(key_id) for key_id in session.scalars(newest)}


def _of_addresses(main: Engine) -> set[bytes]:
    named = select(Person.login_key).where(Person.login_key.is_not(None)).distinct()
    with Session(main) as session:
        return {bytes(key_id) for key_id in session.scalars(named) if key_id is not None}


def _of_a_shred_key(keys: Engine) -> set[bytes]:
    one = select(ShredKey.sealed_key).where(ShredKey.sealed_key.is_not(None)).limit(1)
    found = set()
    with Session(keys) as session:
        for sealed in session.scalars(one):
            # What cannot be read at all is for ``verify`` to tell; it says nothing of whose ring this is.
            with suppress(CannotOpen):
                found.add(key_id_of(sealed or b""))
    return found
