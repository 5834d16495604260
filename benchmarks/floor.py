"""The floor: a bare Flask route that seals what was sent for five readers, commits it durably, and does nothing else.

Beside it a route that only commits one random row, which tells how much of the floor is the framework and the disk.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PublicKey, Suite
from flask import Flask, redirect, request
from sqlalchemy import Column, Connection, ForeignKey, Integer, LargeBinary, MetaData, Table, insert, text
from werkzeug.wrappers import Response

from app.operations.serving import Gunicorn, gunicorn_settings, take_port
from app.pipeline.database import WRITES, make_engine

DATABASE, ROW_BYTES = "KIKITE_FLOOR_DATABASE", "KIKITE_FLOOR_ROW_BYTES"
READERS: Final = 5
SEALED_BYTES: Final = 1024
KEY_BITS: Final = 256
NONCE_BYTES: Final = 12
AFTER_POST: Final = 303
SUITE: Final = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
"""The product's own choice for its boxes, taken from the library without any of the product's code."""

metadata = MetaData()
row = Table("floor_row", metadata, Column("id", Integer, primary_key=True), Column("body", LargeBinary, nullable=False))
grant = Table(
    "floor_grant",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("row_id", ForeignKey("floor_row.id"), nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
)


def make_floor() -> Flask:
    """The same engine, settings and write lock as the service; as many bytes stored as one consultation takes."""
    app = Flask(__name__)
    engine, lock = make_engine(os.environ[DATABASE])
    readers = [_reader() for _ in range(READERS)]
    wrapped_bytes = READERS * len(SUITE.encrypt(os.urandom(KEY_BITS // 8), readers[0], b"floor"))
    row_bytes = int(os.environ[ROW_BYTES])
    # Random, as what is sealed is: no database can make it smaller.
    filling = os.urandom(max(0, row_bytes - wrapped_bytes - SEALED_BYTES))
    alone = os.urandom(row_bytes)

    @contextmanager
    def writing() -> Iterator[Connection]:
        lock.acquire()
        try:
            with engine.connect().execution_options(**{WRITES: True}) as connection:
                yield connection
                connection.commit()
        finally:
            lock.release()

    @app.post("/store")
    def store() -> Response:
        sent = max(request.form.values(), key=len, default="")
        plain = sent.encode()[:SEALED_BYTES].ljust(SEALED_BYTES)
        key, nonce = AESGCM.generate_key(KEY_BITS), os.urandom(NONCE_BYTES)
        sealed = nonce + AESGCM(key).encrypt(nonce, plain, None)
        wrapped = [SUITE.encrypt(key, reader, b"floor") for reader in readers]
        with writing() as connection:
            made = connection.execute(insert(row).values(body=sealed + filling)).inserted_primary_key
            stored = made[0] if made else None
            connection.execute(insert(grant), [{"row_id": stored, "wrapped": each} for each in wrapped])
        return redirect("/ready", AFTER_POST)

    @app.post("/row")
    def store_a_row() -> Response:
        with writing() as connection:
            connection.execute(insert(row).values(body=alone))
        return redirect("/ready", AFTER_POST)

    @app.get("/ready")
    def is_ready() -> str:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        return "ready"

    return app


def _reader() -> MLKEM768X25519PublicKey:
    return MLKEM768X25519PublicKey(MLKEM768PrivateKey.generate().public_key(), X25519PrivateKey.generate().public_key())


def make_tables() -> None:
    """Called once, before the floor's workers start."""
    engine, _ = make_engine(os.environ[DATABASE])
    metadata.create_all(engine)
    engine.dispose()


def main() -> None:
    """Serve the floor as the service itself is served: python -m benchmarks.floor PORT WORKERS THREADS."""
    port, workers, threads = (int(argument) for argument in sys.argv[1:])
    listener = take_port("127.0.0.1", port)
    Gunicorn(make_floor(), gunicorn_settings(listener, workers=workers, threads=threads)).run()


if __name__ == "__main__":
    main()
