"""A changed CHECK of a table that is there already, on both databases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


def replace_check(table: str, name: str, condition: str) -> None:
    """Give a table's named CHECK another condition; the rows that are there must keep it.

    SQLite changes no constraint by a statement. Making the table anew would touch every table that refers to it, so the
    words of the table are changed where SQLite keeps them, which is its own advice for what does not move a stored byte
    (its page on ALTER TABLE, last procedure).
    """
    if op.get_context().dialect.name == "sqlite":
        _rewrite(op.get_bind(), table, name, condition)
        return
    op.drop_constraint(name, table, type_="check")
    op.create_check_constraint(op.f(name), table, condition)


def _rewrite(connection: sa.Connection, table: str, name: str, condition: str) -> None:
    words = connection.execute(
        sa.text("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = :table"), {"table": table}
    ).scalar_one()
    begins = words.index("(", words.index(f"CONSTRAINT {name} CHECK"))
    ends = _closing(words, begins)
    changed = f"{words[:begins]}({condition}){words[ends + 1 :]}"
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    connection.execute(
        sa.text("UPDATE sqlite_schema SET sql = :words WHERE type = 'table' AND name = :table"),
        {"words": changed, "table": table},
    )
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = OFF")
    broken = connection.exec_driver_sql(f"PRAGMA integrity_check({table})").scalars().all()
    if broken != ["ok"]:
        raise ValueError(f"{table} holds rows that {name} refuses: {broken[:3]}")


def _closing(words: str, begins: int) -> int:
    """Where the bracket closes that opens here; what stands in quotes is passed over."""
    depth, quoted = 0, False
    for place in range(begins, len(words)):
        sign = words[place]
        if sign == "'":
            quoted = not quoted
        elif not quoted and sign in "()":
            depth += 1 if sign == "(" else -1
            if depth == 0:
                return place
    raise ValueError("a bracket without an end")
