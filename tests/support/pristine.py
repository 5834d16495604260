"""A PostgreSQL database put back to what it held: much cheaper for each test than making a new one."""

from __future__ import annotations

import psycopg
from psycopg import sql
from psycopg.rows import tuple_row

PRISTINE = "pristine"


def remember(url: str) -> None:
    """Keep a copy of every table's rows beside it, in a schema of its own."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(PRISTINE)))
        for table in _tables(connection):
            connection.execute(
                sql.SQL("CREATE UNLOGGED TABLE {} AS TABLE {}").format(
                    sql.Identifier(PRISTINE, table), sql.Identifier("public", table)
                )
            )


def restore(url: str) -> None:
    """Put every table back, and end whatever an earlier test left open."""
    with psycopg.connect(url) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        tables = _tables(connection)
        names = [sql.Identifier("public", table) for table in tables]
        connection.execute(sql.SQL("TRUNCATE {} CASCADE").format(sql.SQL(", ").join(names)))
        for table in _tables_with_rows(connection, tables):
            connection.execute(
                sql.SQL("INSERT INTO {} TABLE {}").format(
                    sql.Identifier("public", table), sql.Identifier(PRISTINE, table)
                )
            )


def _tables(connection: psycopg.Connection[tuple[object, ...]]) -> list[str]:
    found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    return [str(row[0]) for row in found]


def _tables_with_rows(connection: psycopg.Connection[tuple[object, ...]], tables: list[str]) -> list[str]:
    asked = [
        sql.SQL("SELECT {}::text WHERE EXISTS (SELECT FROM {})").format(table, sql.Identifier(PRISTINE, table))
        for table in tables
    ]
    with connection.cursor(row_factory=tuple_row) as cursor:
        return [str(row[0]) for row in cursor.execute(sql.SQL(" UNION ALL ").join(asked))]
