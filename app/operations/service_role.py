"""What the service's own role may do at PostgreSQL when another one owns the tables: work with rows, and no more.

It makes, changes and drops no table, switches off no trigger, and adds to the record without ever rewriting it.
"""

from __future__ import annotations

from sqlalchemy import Connection, Engine, inspect, text

ADDED_TO = ("SELECT", "INSERT")
WORKED_WITH = ("SELECT", "INSERT", "UPDATE", "DELETE")
RIGHTS: dict[str, tuple[str, ...]] = {
    "audit_record": ADDED_TO,
    "audit_head": ADDED_TO,
    # How far each chain has reached moves with each record.
    "audit_chain": ("SELECT", "INSERT", "UPDATE"),
    "alembic_version": ("SELECT",),
}
"""Whatever is not named here is worked with."""


def give_rights(engine: Engine, role: str) -> None:
    """Give a role exactly these rights to the tables that are there; what it had beside them is taken away."""
    with engine.begin() as connection:
        named = connection.dialect.identifier_preparer.quote(role)
        connection.execute(text(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {named}"))
        connection.execute(text(f"REVOKE CREATE ON SCHEMA public FROM PUBLIC, {named}"))
        connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {named}"))
        connection.execute(text(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {named}"))
        for table in inspect(connection).get_table_names():
            _give(connection, table, named)


def _give(connection: Connection, table: str, role: str) -> None:
    rights = ", ".join(RIGHTS.get(table, WORKED_WITH))
    connection.execute(text(f"GRANT {rights} ON {connection.dialect.identifier_preparer.quote(table)} TO {role}"))
