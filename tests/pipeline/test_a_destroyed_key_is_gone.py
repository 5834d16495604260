"""What was destroyed is in no byte of the key store's files: SQLite keeps what was, in a log beside its database."""

from __future__ import annotations

import uuid
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from app.pipeline.database import carry_log, clear_log, make_engine
from app.pipeline.secrets import KeyStore
from crypto import KeyRing
from models.key_store import KeyStoreBase, ShredKey

AT = datetime(2026, 11, 28, tzinfo=UTC)


def opened(folder: Path) -> KeyStore:
    url = f"sqlite:///{folder / 'keystore.sqlite3'}"
    engine, _lock = make_engine(url)
    KeyStoreBase.metadata.create_all(engine)
    engine.dispose()
    return KeyStore(url, KeyRing.generate())


def sealed(store: KeyStore, subject: uuid.UUID) -> bytes:
    with store.engine.connect() as connection:
        return bytes(connection.scalar(select(ShredKey.sealed_key).where(ShredKey.subject_id == subject)) or b"")


def left_of(key: bytes, folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir() if key in file.read_bytes()]


def test_a_destroyed_key_is_in_no_file_of_the_key_store_and_its_neighbour_is(tmp_path: Path):
    store = opened(tmp_path)
    goes, stays = uuid.uuid4(), uuid.uuid4()
    for subject in (goes, stays):
        store.make(subject, at=AT)
    gone, kept = sealed(store, goes), sealed(store, stays)
    assert left_of(gone, tmp_path), "else this test would see nothing"
    store.destroy(goes, at=AT)
    assert left_of(gone, tmp_path) == []
    assert left_of(kept, tmp_path)
    assert store.key(stays)


def test_while_somebody_reads_it_stays_and_the_next_turn_of_the_clock_takes_it_away(tmp_path: Path):
    store = opened(tmp_path)
    goes = uuid.uuid4()
    store.make(goes, at=AT)
    gone = sealed(store, goes)
    with closing(store.engine.raw_connection()) as reader:
        reader.cursor().execute("BEGIN")
        reader.cursor().execute("SELECT count(*) FROM shred_key").fetchall()
        store.destroy(goes, at=AT)
        assert left_of(gone, tmp_path), "whoever reads is not cut off"
        assert not clear_log(store.engine)
        reader.cursor().execute("COMMIT")
    carry_log(store.engine)
    assert left_of(gone, tmp_path), "carried into the database it still stands in the log"
    assert clear_log(store.engine)
    assert left_of(gone, tmp_path) == []
