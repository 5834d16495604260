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

from app.pipeline.database import make_engine
from app.pipeline.secrets import KeyStore
from app.pipeline.transaction import Transactions

ONE_AT_A_TIME = 7_104_001
"""The number of PostgreSQL's advisory lock that a migration holds."""


class SchemaBehind(Exception):
    """The tables are not the newest, and the role of this process may not change them."""


def bring_up(app: Flask) -> None:
    """Upgrade the main database and the key store to their newest revision.

    Where the settings name a role for that, it owns the tables, and the service's own is given what it needs of them.
    Raises SchemaBehind when neither that one nor the service's own role may change tables that are not the newest.
    """
    schema = _schema()
    with _owners(app) as (main, keys), _alone(app, main):
        for engine, each in ((main, schema.MAIN), (keys, schema.KEY_STORE)):
            if _may_change_tables(engine):
                schema.upgrade(engine, each)
            elif schema.current_revision(engine) != schema.newest_revision(each):
                raise SchemaBehind
        for engine, own in zip((main, keys), _engines(app), strict=True):
            if engine is not own:
                import_module("app.operations.service_role").give_rights(engine, str(own.url.username))


@contextmanager
def _owners(app: Flask) -> Iterator[tuple[Engine, Engine]]:
    """The databases as whoever changes their tables."""
    urls = app.config["KIKITE"].migration_databases
    if urls is None:
        yield _engines(app)
        return
    main, keys = make_engine(urls[0])[0], make_engine(urls[1])[0]
    try:
        yield main, keys
    finally:
        main.dispose()
        keys.dispose()


def _may_change_tables(engine: Engine) -> bool:
    if engine.dialect.name != "postgresql":
        return True
    with engine.connect() as connection:
        asked = text("SELECT has_schema_privilege(current_user, current_schema(), 'CREATE')")
        return bool(connection.execute(asked).scalar_one())


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
