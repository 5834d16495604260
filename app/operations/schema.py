"""Bringing both databases of an installation to the schema that the code expects, and drafting the next step."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType

from flask import Flask
from sqlalchemy import Engine, create_engine, text

from app.pipeline.secrets import KeyStore
from app.pipeline.transaction import Transactions

ONE_AT_A_TIME = 7_104_001
"""The number of PostgreSQL's advisory lock that a migration holds."""


def bring_up(app: Flask) -> None:
    """Upgrade the main database and the key store to their newest revision."""
    schema = _schema()
    main, keys = _engines(app)
    with _alone(app, main):
        schema.upgrade(main, schema.MAIN)
        schema.upgrade(keys, schema.KEY_STORE)


def draft_migrations(message: str) -> list[str]:
    """Draft the next numbered migration of each schema whose tables have changed; tell which were drafted."""
    schema = _schema()
    drafted = []
    for each in (schema.MAIN, schema.KEY_STORE):
        with tempfile.TemporaryDirectory() as folder:
            engine = create_engine(f"sqlite:///{folder}/draft.sqlite3")
            schema.upgrade(engine, each)
            if schema.differences(engine, each):
                number = f"{int(schema.newest_revision(each) or 0) + 1:04d}"
                schema.write_revision(engine, each, message=message, number=number)
                drafted.append(f"models/{each[0].name}/versions/{number}")
            engine.dispose()
    return drafted


def _schema() -> ModuleType:
    # Migrations are wanted once, at the start; no process that serves pages carries their library in its memory.
    return import_module("models.schema")


def _engines(app: Flask) -> tuple[Engine, Engine]:
    main: Transactions = app.extensions["kikite_transactions"]
    keys: KeyStore = app.extensions["kikite_key_store"]
    return main.engine, keys.engine


@contextmanager
def _alone(app: Flask, main: Engine) -> Iterator[None]:
    """Several processes may start at once; one of them changes the tables, and the others wait for it."""
    if main.dialect.name == "postgresql":
        with main.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:one)"), {"one": ONE_AT_A_TIME})
            try:
                yield
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(:one)"), {"one": ONE_AT_A_TIME})
        return
    folder: Path = app.config["KIKITE"].data
    file = os.open(folder / "migrating.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)
