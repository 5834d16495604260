"""The installation that is measured: a small association in a temporary data folder, on either database."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from sqlalchemy import Engine, MetaData, select

from app import create_app
from app.custody.actions import do_what_waits
from app.operations.schema import bring_up
from app.pipeline.secrets import key_store
from app.pipeline.transaction import transaction, transactions
from benchmarks.servers import THREADS, WORKERS
from config import Config, Secret
from models.key_store import KeyStoreBase
from models.registry import metadata
from tests.support.postgres import clone_database, create_database, drop_database
from tests.support.present import present
from tests.support.world import build_world


@dataclass(frozen=True)
class Databases:
    """Where installations are made: a folder for each, and with PostgreSQL two databases for each."""

    folder: Path
    server: str | None

    def make(self, name: str) -> Installation:
        """An installation with the association in it and no consultation yet."""
        urls = tuple(create_database(self.server, each) for each in _names(name)) if self.server else ()
        made = Installation(self.folder / name, urls)
        app = made.app()
        with app.app_context():
            bring_up(app)
            with transaction():
                build_world()
            for first_holder in ("counselor", "alpha_officer", "chair"):
                with transaction():
                    do_what_waits(present(first_holder))
        let_go(app)
        return made

    def copy(self, original: Installation, name: str) -> Installation:
        """A copy of an installation that nobody has open."""
        shutil.copytree(original.data, self.folder / name)
        old, new = _names(original.data.name), _names(name)
        urls = tuple(clone_database(self.server, *pair) for pair in zip(old, new, strict=True)) if self.server else ()
        return Installation(self.folder / name, urls)

    def remove(self, installation: Installation) -> None:
        shutil.rmtree(installation.data)
        if self.server:
            for name in _names(installation.data.name):
                drop_database(self.server, name)


@dataclass(frozen=True)
class Installation:
    """A data folder, and with PostgreSQL the addresses of the two databases."""

    data: Path
    urls: tuple[str, ...]

    @property
    def environment(self) -> Mapping[str, str]:
        """What a server of this installation is told."""
        told = {
            "KIKITE_DATA": str(self.data),
            "KIKITE_PASSWORD_PROFILE": "for_tests_only",
            "KIKITE_SECOND_FACTOR": "offered",
            "KIKITE_WORKERS": str(WORKERS),
            "KIKITE_THREADS": str(THREADS),
        }
        if self.urls:
            told |= {"KIKITE_DATABASE_URL": self.urls[0], "KIKITE_KEYSTORE_URL": self.urls[1]}
        return told

    def app(self) -> Flask:
        main, keys = map(Secret, self.urls) if self.urls else (None, None)
        told = {"password_profile": "for_tests_only", "second_factor": "offered"}
        return create_app(Config(data=self.data, database_url=main, keystore_url=keys, **told))  # type: ignore[arg-type]


def let_go(app: Flask) -> None:
    """Close what an application of this process has open."""
    with app.app_context():
        transactions().engine.dispose()
        key_store().engine.dispose()


def stored_bytes(app: Flask) -> int:
    """All that the rows of both databases hold, without the databases' own overhead."""
    with app.app_context():
        return sum(
            _bytes_in(engine, tables)
            for engine, tables in ((transactions().engine, metadata), (key_store().engine, KeyStoreBase.metadata))
        )


def _bytes_in(engine: Engine, tables: MetaData) -> int:
    total = 0
    with engine.connect() as connection:
        for table in tables.sorted_tables:
            for row in connection.execute(select(table)):
                total += sum(_size(value) for value in row)
    return total


def _size(value: object) -> int:
    if value is None:
        return 0
    if isinstance(value, bytes):
        return len(value)
    if isinstance(value, int):
        return 8
    return len(str(getattr(value, "value", value)).encode())


def _names(name: str) -> tuple[str, str]:
    return f"kikite_bench_{name}_main", f"kikite_bench_{name}_keys"
