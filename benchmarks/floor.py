"""The floor: a bare Flask route that reads a form and commits one row durably, and does nothing else."""

from __future__ import annotations

import os
import sys

from flask import Flask, request
from sqlalchemy import Column, Integer, LargeBinary, MetaData, Table, insert, text

from app.operations.serving import Gunicorn, gunicorn_settings, take_port
from app.pipeline.database import WRITES, make_engine

DATABASE, ROW_BYTES = "KIKITE_FLOOR_DATABASE", "KIKITE_FLOOR_ROW_BYTES"

metadata = MetaData()
row = Table("floor_row", metadata, Column("id", Integer, primary_key=True), Column("body", LargeBinary, nullable=False))


def make_floor() -> Flask:
    """The same engine, settings and write lock as the service; a row as large as one stored consultation."""
    app = Flask(__name__)
    engine, lock = make_engine(os.environ[DATABASE])
    # Random, as what is sealed is: no database can make it smaller.
    body = os.urandom(int(os.environ[ROW_BYTES]))

    @app.post("/store")
    def store() -> str:
        length = len(request.form.get("text", ""))
        lock.acquire()
        try:
            with engine.connect().execution_options(**{WRITES: True}) as connection:
                connection.execute(insert(row).values(body=body))
                connection.commit()
        finally:
            lock.release()
        return f"stored {length}"

    @app.get("/ready")
    def is_ready() -> str:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        return "ready"

    return app


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
