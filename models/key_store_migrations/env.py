"""How alembic runs here: on the connection that the caller hands in, one transaction for each step."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.types import TypeDecorator


def _written_type(kind: str, thing: Any, _context: Any) -> str | Literal[False]:
    # A migration is frozen: it names the plain type that a column has, and not a class of ours that may change.
    if kind == "type" and isinstance(thing, TypeDecorator):
        plain = thing.impl_instance
        return f"sa.{plain!r}"
    if kind == "type" and type(thing).__module__ == "models.base":
        return f"sa.LargeBinary(length={thing.length!r})" if thing.length else "sa.LargeBinary()"
    return False


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=context.config.attributes["metadata"],
        render_as_batch=connection.dialect.name == "sqlite",
        render_item=_written_type,
        transaction_per_migration=True,
        compare_type=False,
    )
    with context.begin_transaction():
        context.run_migrations()


_run(context.config.attributes["connection"])
