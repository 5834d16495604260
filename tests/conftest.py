"""What every test may ask for: an application on a fresh copy of a small association, and a clock set by hand."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import hypothesis
import pytest
from flask import Flask

from app import create_app
from app.custody.actions import do_what_waits
from app.operations.schema import bring_up
from app.pipeline.clock import TOKYO, FixedClock, use_clock
from app.pipeline.secrets import key_store
from app.pipeline.transaction import transaction, transactions
from config import Config
from tests.support.postgres import create_database, drop_database
from tests.support.present import present
from tests.support.pristine import remember, restore
from tests.support.world import build_world

pytest_plugins = ["tests.support.database_option"]

# How long a case takes is measured in benchmarks/, never by a test on a machine that does other things beside it.
hypothesis.settings.register_profile("promises", deadline=None)
hypothesis.settings.load_profile("promises")

STARTS_AT = datetime(2026, 11, 24, 10, 0, tzinfo=TOKYO)
"""A Tuesday in desk hours, the day after a holiday."""


@dataclass(frozen=True)
class Template:
    """An installation with the small association in it, from which every test gets its own copy."""

    folder: Path
    databases: tuple[str, str] | None


def _config(data: Path, databases: tuple[str, str] | None) -> Config:
    urls = {"database_url": databases[0], "keystore_url": databases[1]} if databases else {}
    return Config(data=data, password_profile="for_tests_only", **urls)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def template(
    tmp_path_factory: pytest.TempPathFactory, database_kind: str, request: pytest.FixtureRequest
) -> Iterator[Template]:
    folder = tmp_path_factory.mktemp("template") / "data"
    server = request.getfixturevalue("postgres_url") if database_kind == "postgresql" else None
    names = [
        f"kikite_{part}_{uuid.uuid4().hex[:8]}_{os.environ.get('PYTEST_XDIST_WORKER', 'gw')}"
        for part in ("main", "keys")
    ]
    databases = (create_database(server, names[0]), create_database(server, names[1])) if server else None
    made = Template(folder, databases)
    app = create_app(_config(folder, databases))
    use_clock(app, FixedClock(STARTS_AT))
    with app.app_context():
        bring_up(app)
        with transaction():
            build_world()
        for first_holder in ("counselor", "head"):
            with transaction():
                do_what_waits(present(first_holder))
        transactions().engine.dispose()
        key_store().engine.dispose()
    for url in databases or ():
        remember(url)
    yield made
    if server:
        for name in names:
            drop_database(server, name)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(STARTS_AT)


@pytest.fixture
def app(template: Template, tmp_path: Path, clock: FixedClock) -> Iterator[Flask]:
    """The application on its own copy of the association."""
    data = tmp_path / "data"
    shutil.copytree(template.folder, data)
    for url in template.databases or ():
        restore(url)
    made = create_app(_config(data, template.databases))
    use_clock(made, clock)
    yield made
    with made.app_context():
        transactions().engine.dispose()
        key_store().engine.dispose()


@pytest.fixture(scope="module")
def two_databases(postgres_url: str) -> Iterator[dict[str, str]]:
    """Two empty PostgreSQL databases, as settings."""
    names = {part: f"kikite_{part}_{uuid.uuid4().hex}" for part in ("main", "keys")}
    yield {
        "database_url": create_database(postgres_url, names["main"]),
        "keystore_url": create_database(postgres_url, names["keys"]),
    }
    for name in names.values():
        drop_database(postgres_url, name)
