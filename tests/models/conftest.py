"""What tests of the tables themselves share: a database without any."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine

from app.pipeline.database import make_engine
from tests.support.postgres import create_database, drop_database


@pytest.fixture
def empty(tmp_path: Path, database_kind: str, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An empty database of the kind that the run is for."""
    if database_kind == "sqlite":
        engine, _lock = make_engine(f"sqlite+pysqlite:///{tmp_path / 'empty.sqlite3'}")
        yield engine
        engine.dispose()
        return
    server = request.getfixturevalue("postgres_url")
    name = f"kikite_empty_{uuid.uuid4().hex[:12]}"
    engine = create_engine(create_database(server, name).replace("postgresql://", "postgresql+psycopg://", 1))
    yield engine
    engine.dispose()
    drop_database(server, name)
