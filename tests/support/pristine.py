"""A PostgreSQL database put back to what it held: much cheaper for each test than making a new one.

Which tables a test has touched is asked of the rows themselves: each knows the transaction that wrote it. Only those
tables are filled anew. Where a test changed the tables themselves, the database is made anew from its template.
"""

from __future__ import annotations

from collections.abc import Collection

import psycopg
from psycopg import sql

from tests.support.postgres import clone_database, drop_database

Rows = dict[str, bytes]
"""What each table holds that does not hold what it held at first, as PostgreSQL copies it."""
PRISTINE = "pristine"
MILLISECONDS_TO_END = 5000
FIRST_OWN_OID = 16384
"""Smaller numbers are PostgreSQL's own tables."""
CATALOGUES = (
    ("pg_class", "oid"),
    ("pg_attribute", "attrelid"),
    ("pg_attrdef", "oid"),
    ("pg_constraint", "oid"),
    ("pg_index", "indexrelid"),
    ("pg_proc", "oid"),
    ("pg_trigger", "oid"),
)
"""Where PostgreSQL writes what a schema consists of, and by which column ours is told from its own."""
IS_NEWER = sql.SQL("age(xmin) < age(%(since)s::xid)")
"""A row is newer than a transaction when the one that wrote it is."""


def remember(url: str) -> None:
    """Keep a copy of every table's rows beside it, in a schema of its own."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(PRISTINE)))
        for table in _tables(connection):
            connection.execute(sql.SQL("CREATE UNLOGGED TABLE {} AS TABLE {}").format(_kept(table), _own(table)))


class Restorable:
    """A copy of a remembered database that is put back as often as one likes."""

    def __init__(self, server: str, template: str, name: str) -> None:
        self._server, self._template, self._name = server, template, name
        self._make()

    def _make(self) -> None:
        self.url = clone_database(self._server, self._template, self._name)
        self._connection = psycopg.connect(self.url)
        # What is put back has passed every check and every trigger once; none looks at it again.
        self._connection.execute("SET session_replication_role = replica")
        # Indexes and statistics are looked for in vain in tables this small.
        self._counts = counts = {
            table: self._number(sql.SQL("SELECT count(*) FROM {}").format(_kept(table)))
            for table in _tables(self._connection)
        }
        self._has_rows = {table for table, count in counts.items() if count}
        self._ask_touched = sql.SQL(" UNION ALL ").join(
            sql.SQL("SELECT {} FROM {} HAVING count(*) <> {} OR bool_or({})").format(
                table, _own(table), count, IS_NEWER
            )
            for table, count in counts.items()
        )
        self._ask_how_many = sql.SQL(" UNION ALL ").join(
            sql.SQL("SELECT {}, count(*), coalesce(bool_or({}), false) FROM {}").format(table, IS_NEWER, _own(table))
            for table in counts
        )
        self._ask_altered = sql.SQL(" OR ").join(
            sql.SQL("(SELECT count(*) <> {} OR bool_or({}) FROM {} WHERE {} >= {})").format(
                self._number(
                    sql.SQL("SELECT count(*) FROM {} WHERE {} >= {}").format(
                        sql.Identifier(catalogue), sql.Identifier(column), FIRST_OWN_OID
                    )
                ),
                IS_NEWER,
                sql.Identifier(catalogue),
                sql.Identifier(column),
                FIRST_OWN_OID,
            )
            for catalogue, column in CATALOGUES
        )
        self._since = self._now()
        self._as_at_first()
        self._connection.commit()

    def put_back(self, *, sparing: Collection[int] = ()) -> None:
        """End whatever an earlier test left open, except these backends, and give every table its rows again."""
        self._connection.execute(
            "SELECT pg_terminate_backend(pid, %s) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() AND pid <> ALL(%s)",
            (MILLISECONDS_TO_END, list(sparing)),
        )
        self._connection.commit()
        if self._answer(sql.SQL("SELECT {}").format(self._ask_altered)) == [(True,)]:
            self.drop()
            self._make()
            return
        touched = [str(row[0]) for row in self._answer(self._ask_touched)]
        for table in touched:
            self._connection.execute(sql.SQL("DELETE FROM {}").format(_own(table)))
        for table in touched:
            if table in self._has_rows:
                self._connection.execute(sql.SQL("INSERT INTO {} TABLE {}").format(_own(table), _kept(table)))
        if touched:
            self._since = self._now()
        self._as_at_first()
        self._connection.commit()

    def rows(self) -> Rows:
        """What every touched table holds now."""
        held = {}
        for (table,) in self._answer(self._ask_touched):
            with self._connection.cursor().copy(sql.SQL("COPY {} TO STDOUT BINARY").format(_own(str(table)))) as copy:
                held[str(table)] = b"".join(bytes(piece) for piece in copy)
        self._note()
        return held

    def put(self, rows: Rows) -> None:
        """Give every table what it held then."""
        touched = {str(table) for (table,) in self._answer(self._ask_touched)}
        for table in touched | rows.keys():
            self._connection.execute(sql.SQL("DELETE FROM {}").format(_own(table)))
        for table in touched | rows.keys():
            if table in rows:
                with self._connection.cursor().copy(sql.SQL("COPY {} FROM STDIN BINARY").format(_own(table))) as copy:
                    copy.write(rows[table])
            elif table in self._has_rows:
                self._connection.execute(sql.SQL("INSERT INTO {} TABLE {}").format(_own(table), _kept(table)))
        self._note()

    def is_as_put(self) -> bool:
        """Whether nobody has written since this was put or put back."""
        is_so = self._how_many() == self._as_put
        self._connection.commit()
        return is_so

    def drop(self) -> None:
        """Remove the copy."""
        self._connection.close()
        drop_database(self._server, self._name)

    def _as_at_first(self) -> None:
        self._put_at = self._since
        self._as_put: set[tuple[object, ...]] = {(table, count, False) for table, count in self._counts.items()}

    def _note(self) -> None:
        """From here on it is seen whether somebody writes."""
        self._put_at = self._now()
        self._as_put = self._how_many()
        self._connection.commit()

    def _how_many(self) -> set[tuple[object, ...]]:
        return set(self._connection.execute(self._ask_how_many, {"since": str(self._put_at)}, prepare=True).fetchall())

    def _now(self) -> int:
        return self._number(sql.SQL("SELECT pg_current_xact_id()::xid::text::bigint"))

    def _answer(self, question: sql.SQL | sql.Composed) -> list[tuple[object, ...]]:
        return self._connection.execute(question, {"since": str(self._since)}, prepare=True).fetchall()

    def _number(self, question: sql.SQL | sql.Composed) -> int:
        ((number,),) = self._connection.execute(question).fetchall()
        return int(str(number))


def _own(table: str) -> sql.Identifier:
    return sql.Identifier("public", table)


def _kept(table: str) -> sql.Identifier:
    return sql.Identifier(PRISTINE, table)


def _tables(connection: psycopg.Connection[tuple[object, ...]]) -> list[str]:
    found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    return [str(row[0]) for row in found]
