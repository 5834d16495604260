"""Bringing a database to the newest schema, and asking which schema it has."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData

from models.key_store import KeyStoreBase
from models.registry import metadata as main_metadata

HERE = Path(__file__).parent
MAIN = (HERE / "migrations", main_metadata)
KEY_STORE = (HERE / "key_store_migrations", KeyStoreBase.metadata)
Schema = tuple[Path, MetaData]


def upgrade(engine: Engine, schema: Schema, *, to: str = "head") -> None:
    """Bring a database up to a revision, the newest one unless told otherwise."""
    with engine.connect() as connection:
        command.upgrade(_config(schema, connection), to)
        connection.commit()


def downgrade(engine: Engine, schema: Schema, *, to: str) -> None:
    """Take a database back to a revision."""
    with engine.connect() as connection:
        command.downgrade(_config(schema, connection), to)
        connection.commit()


def current_revision(engine: Engine) -> str | None:
    """Which revision a database is at; None for one that is empty."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest_revision(schema: Schema) -> str | None:
    """Which revision the code is at."""
    return ScriptDirectory(str(schema[0])).get_current_head()


def differences(engine: Engine, schema: Schema) -> list[object]:
    """What the database has that the tables do not say, or the other way round; empty when they agree."""
    with engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), schema[1]))


def write_revision(engine: Engine, schema: Schema, *, message: str, number: str) -> None:
    """Draft the next migration from what differs; somebody reads it before it is committed."""
    with engine.connect() as connection:
        command.revision(_config(schema, connection), message=message, autogenerate=True, rev_id=number)


def _config(schema: Schema, connection: object) -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", str(schema[0]))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    config.attributes["metadata"] = schema[1]
    return config
