"""The server's key ring: listing its keys, adding one, letting it write, and resealing what an older one sealed."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from app.pipeline.secrets import key_store, ring
from app.pipeline.transaction import db, transaction
from crypto import KeyRing
from models.base import Identified
from models.registry import metadata
from models.rules.sealed_fields import SEALED_FIELDS, SealedField, ServerPurpose
from models.sealed import open_by_server, seal_by_server

ROWS_AT_ONCE = 100
Progress = Callable[[str, int, int], None]


class NoSuchKey(Exception):
    """The ring holds no key, or more than one, that begins so."""


def write_ring(path: Path, key_ring: KeyRing) -> None:
    """Replace the ring's file whole, so that a power failure leaves the old one or the new one."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(key_ring.to_json())
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def key_beginning(key_ring: KeyRing, letters: str) -> bytes:
    """The one key whose id begins with these letters. Raises NoSuchKey."""
    found = [key_id for key_id in key_ring.key_ids if letters and key_id.hex().startswith(letters.lower())]
    if len(found) != 1:
        raise NoSuchKey
    return found[0]


def reseal_all(app: Flask, progress: Progress) -> int:
    """Seal anew whatever another key than the active one sealed, in steps that may be interrupted and repeated."""
    resealed = 0
    for field in SEALED_FIELDS:
        if field.under is ServerPurpose.KEYSTORE:
            resealed += _reseal_key_store(app, progress)
        elif isinstance(field.under, ServerPurpose):
            resealed += _reseal_column(app, field, progress)
    return resealed


def _reseal_key_store(app: Flask, progress: Progress) -> int:
    done, after = 0, None
    while True:
        with app.app_context():
            count, after = key_store().reseal(after=after, most=ROWS_AT_ONCE)
        done += count
        progress("shred_key.sealed_key", done, done)
        if after is None:
            return done


def _reseal_column(app: Flask, field: SealedField, progress: Progress) -> int:
    table = _class_of(field.table)
    with app.app_context():
        ids = db().scalars(select(table.id).order_by(table.id)).all()
    done = 0
    for start in range(0, len(ids), ROWS_AT_ONCE):
        with app.app_context(), transaction():
            done += _reseal_rows(table, field.column, ids[start : start + ROWS_AT_ONCE])
        progress(field.name, min(start + ROWS_AT_ONCE, len(ids)), len(ids))
    return done


def _reseal_rows(table: type[Identified], column: str, ids: Sequence[uuid.UUID]) -> int:
    done = 0
    for row in db().scalars(select(table).where(table.id.in_(ids)).with_for_update()):
        sealed: bytes | None = getattr(row, column)
        if sealed is not None and ring().needs_resealing(sealed):
            seal_by_server(row, column, open_by_server(row, column, ring=ring()), ring=ring())
            done += 1
    return done


def _class_of(table: str) -> type[Identified]:
    found = [mapper.class_ for mapper in Identified.registry.mappers if mapper.local_table is metadata.tables[table]]
    return found[0]
