"""What the service's own role may do at PostgreSQL when another one owns the tables: work with rows, and no more.

It makes, changes and drops no table, switches off no trigger, and adds to the record without ever rewriting it.
"""

from __future__ import annotations

from sqlalchemy import Engine, inspect

from models.schema import execute_all

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
    quote = engine.dialect.identifier_preparer.quote
    named = quote(role)
    tables = inspect(engine).get_table_names()
    # In one transaction: whoever serves meanwhile misses no right.
    execute_all(
        engine,
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {named}",
        f"REVOKE CREATE ON SCHEMA public FROM PUBLIC, {named}",
        f"GRANT USAGE ON SCHEMA public TO {named}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {named}",
        *(f"GRANT {', '.join(RIGHTS.get(table, WORKED_WITH))} ON {quote(table)} TO {named}" for table in tables),
    )
