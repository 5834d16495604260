"""A PostgreSQL database put back to what it held: much cheaper for each test than making a new one.

Which tables a test has touched is asked of the rows themselves: each knows the transaction that wrote it. Only those
tables are filled anew, and of two states one after the other only those in which they differ. Where a test changed the
tables themselves, the database is made anew from its template.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence

import psycopg
from psycopg import sql

from tests.support.postgres import clone_database, drop_database

Rows = dict[str, bytes]
"""What each table holds that does not hold what it held at first, as PostgreSQL copies it."""
PRISTINE = "pristine"
RUN = "KIKITE_TEST_RUN"
"""What a run is called among those on the same server."""
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
IS_NEWER = sql.SQL("age(xmin) < age($1)")
"""A row is newer than a transaction when the one that wrote it is."""


def template_databases() -> tuple[str, str]:
    """The main database and the key store of which every worker's are copies."""
    main, keys = (f"kikite_{part}_{os.environ[RUN]}" for part in ("main", "keys"))
    return main, keys


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
        self._connection = psycopg.connect(self.url, autocommit=True)
        # What is put back has passed every check and every trigger once; none looks at it again.
        self._connection.execute("SET session_replication_role = replica")
        self._connection.execute("SET plan_cache_mode = force_generic_plan")
        self._at_first = {
            table: self._number(sql.SQL("SELECT count(*) FROM {}").format(_kept(table)))
            for table in _tables(self._connection)
        }
        # Prepared by the server under short names: the driver reads a long question anew each time.
        self._prepare(
            "how_many",
            sql.SQL(" UNION ALL ").join(
                sql.SQL("SELECT {}, count(*), coalesce(bool_or({}), false) FROM {}").format(
                    table, IS_NEWER, _own(table)
                )
                for table in self._at_first
            ),
        )
        self._prepare(
            "is_altered",
            sql.SQL("SELECT {}").format(sql.SQL(" OR ").join(self._differs(*each) for each in CATALOGUES)),
        )
        self._since = self._now()
        self._hold({}, self._at_first)

    def put_back(self, *, sparing: Collection[int] = ()) -> None:
        """End whatever an earlier test left open, except these backends, and give every table its rows again."""
        self._connection.execute(
            "SELECT pg_terminate_backend(pid, %s) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() AND pid <> ALL(%s)",
            (MILLISECONDS_TO_END, list(sparing)),
        )
        if self._answer("is_altered", self._since) == [(True,)]:
            self.drop()
            self._make()
            return
        with self._connection.transaction():
            for table in self._touched(since=self._since, of=self._at_first):
                self._fill(table, None)
            self._since = self._now()
        self._hold({}, self._at_first)

    def rows(self) -> Rows:
        """What every touched table holds now."""
        held, counts = {}, dict(self._at_first)
        for table in self._touched(since=self._since, of=self._at_first):
            cursor = self._connection.cursor()
            with cursor.copy(sql.SQL("COPY {} TO STDOUT BINARY").format(_own(table))) as copy:
                copied = b"".join(map(bytes, copy))
            # States one after the other mostly hold the same: once is enough, and soon compared.
            held[table] = self._held[table] if self._held.get(table) == copied else copied
            counts[table] = cursor.rowcount
        self._hold(held, counts)
        return held

    def put(self, rows: Rows) -> None:
        """Give every table what it held then. Nobody may have written since this was put, put back or looked over."""
        differing = {table for table in self._held.keys() | rows.keys() if self._held.get(table) != rows.get(table)}
        counts = dict(self._counts)
        with self._connection.transaction():
            for table in differing:
                counts[table] = self._fill(table, rows.get(table))
        self._hold(dict(rows), counts)

    def is_as_put(self) -> bool:
        """Whether nobody has written since this was put or put back."""
        return not self._touched(since=self._put_at, of=self._counts)

    def drop(self) -> None:
        """Remove the copy."""
        self._connection.close()
        drop_database(self._server, self._name)

    def _hold(self, rows: Rows, counts: dict[str, int]) -> None:
        """From here on it is seen whether somebody writes."""
        self._held, self._counts = rows, counts
        self._put_at = self._now()

    def _fill(self, table: str, rows: bytes | None) -> int:
        """Give a table these rows, or those that it had at first, and tell how many they are."""
        self._connection.execute(sql.SQL("DELETE FROM {}").format(_own(table)))
        if rows is not None:
            cursor = self._connection.cursor()
            with cursor.copy(sql.SQL("COPY {} FROM STDIN BINARY").format(_own(table))) as copy:
                copy.write(rows)
            return cursor.rowcount
        if self._at_first[table]:
            self._connection.execute(sql.SQL("INSERT INTO {} TABLE {}").format(_own(table), _kept(table)))
        return self._at_first[table]

    def _touched(self, *, since: int, of: dict[str, int]) -> set[str]:
        """Which tables hold another number of rows, or one that was written since this transaction."""
        return {
            str(table)
            for table, count, is_newer in self._answer("how_many", since)
            if is_newer or count != of[str(table)]
        }

    def _now(self) -> int:
        return self._number(sql.SQL("SELECT pg_current_xact_id()::xid::text::bigint"))

    def _differs(self, catalogue: str, column: str) -> sql.Composed:
        names = {"catalogue": sql.Identifier(catalogue), "column": sql.Identifier(column), "own": FIRST_OWN_OID}
        count = self._number(sql.SQL("SELECT count(*) FROM {catalogue} WHERE {column} >= {own}").format(**names))
        return sql.SQL(
            "(SELECT count(*) <> {count} OR coalesce(bool_or({is_newer}), false)"
            " FROM {catalogue} WHERE {column} >= {own})"
        ).format(count=count, is_newer=IS_NEWER, **names)

    def _prepare(self, name: str, question: sql.Composed) -> None:
        self._connection.execute(sql.SQL("PREPARE {} (xid) AS {}").format(sql.Identifier(name), question))

    def _answer(self, prepared: str, since: int) -> Sequence[tuple[object, ...]]:
        return self._connection.execute(f"EXECUTE {prepared} ('{since}'::xid)".encode()).fetchall()

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
