"""Bringing a database to the newest schema, and asking which schema it has."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from alembic import command, context
from alembic.autogenerate import compare_metadata
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData
from sqlalchemy.types import TypeDecorator

from models.base import ONLY_WHERE
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


def execute_all(engine: Engine, *statements: str) -> None:
    """Statements that belong to the schema and to no revision, in one transaction."""
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
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
        return list(compare_metadata(MigrationContext.configure(connection), for_both_databases(schema[1])))


def write_revision(engine: Engine, schema: Schema, *, message: str, number: str) -> None:
    """Draft the next migration from what differs; somebody reads it before it is committed."""
    with engine.connect() as connection:
        command.revision(_config(schema, connection), message=message, autogenerate=True, rev_id=number)


def for_both_databases(metadata: MetaData) -> MetaData:
    """The tables with the rows that each index is of said to PostgreSQL too."""
    for table in metadata.tables.values():
        for index in table.indexes:
            if ONLY_WHERE in index.info:
                index.dialect_options["postgresql"]["where"] = index.info[ONLY_WHERE]
    return metadata


def run_migrations() -> None:
    """What alembic runs for either database: on the connection handed in, one transaction for each step."""
    connection: Connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=context.config.attributes["metadata"],
        render_as_batch=connection.dialect.name == "sqlite",
        render_item=_written_type,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def _written_type(kind: str, thing: Any, _context: Any) -> str | Literal[False]:
    # A migration is frozen: it names the plain type that a column has, and not a class of ours that may change.
    if kind == "type" and isinstance(thing, TypeDecorator):
        plain = thing.impl_instance
        return f"sa.{plain!r}"
    if kind == "type" and type(thing).__module__ == "models.base":
        return f"sa.LargeBinary(length={thing.length!r})" if thing.length else "sa.LargeBinary()"
    return False


def _config(schema: Schema, connection: Connection) -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", str(schema[0]))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    config.attributes["metadata"] = for_both_databases(schema[1])
    return config
