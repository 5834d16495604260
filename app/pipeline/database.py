"""The databases: their engines, SQLite's manners, and the one lock that its writers queue behind fairly."""

from __future__ import annotations

import fcntl
import os
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any, Final, cast

from sqlalchemy import Connection, Dialect, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError

WRITES = "kikite_writes"
SAFE_WAL_VERSION = (3, 51, 3)
LOCK_WAIT_SECONDS = 10.0
ASKED_EVERY_SECONDS: Final = 0.0002
"""How often the pen is asked for that another process holds. One writing takes four milliseconds: asked for in every
millisecond, the pen lay idle for a fifth of the time when many sent at once."""
BUSY_WAITS: Final = 5_000
"""For how many milliseconds SQLite itself waits for another."""
CLEARING_WAITS: Final = 200
UNIQUE_VIOLATION: Final = "23505"
"""PostgreSQL's code for it: its words are in whatever language its server speaks."""
PAGES_OF_LOG: Final = 8_000
"""How long SQLite's log may grow, 32 megabytes, before whoever writes must carry it into the database. The clock
carries it there every minute, while others write, so that nobody who sends a consultation has to."""


class DatabaseBusy(Exception):
    """The database could not be written to in time; nothing was stored."""


class WriteLock:
    """One writer at a time, in this process and beside it; SQLite's own waiting is unfair and slow at the tail."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._thread_lock = threading.Lock()
        self._file: int | None = None

    @property
    def is_for_one_writer(self) -> bool:
        """Whether writers exclude each other; a database server sorts them out itself."""
        return self._path is not None

    def acquire(self) -> None:
        if self._path is None:
            return
        deadline = time.monotonic() + LOCK_WAIT_SECONDS
        if not self._thread_lock.acquire(timeout=LOCK_WAIT_SECONDS):
            raise DatabaseBusy
        try:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            self._wait_for_other_processes(self._file, deadline)
        except BaseException:
            self._let_go()
            raise

    @staticmethod
    def _wait_for_other_processes(file: int, deadline: float) -> None:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise DatabaseBusy from None
                time.sleep(ASKED_EVERY_SECONDS)
            else:
                return

    def release(self) -> None:
        if self._path is not None and self._thread_lock.locked():
            self._let_go()

    def _let_go(self) -> None:
        if self._file is not None:
            with suppress(OSError):
                os.close(self._file)
            self._file = None
        self._thread_lock.release()


def sqlite_library() -> ModuleType:
    """A SQLite that does not corrupt its log under two writers; the one Debian 12 ships can."""
    try:
        import pysqlite3.dbapi2 as library  # noqa: PLC0415 - Linux only, and never needed with PostgreSQL
    except ImportError:
        import sqlite3 as library  # noqa: PLC0415 - a megabyte of every process that answers, where it is not used
    if library.sqlite_version_info < SAFE_WAL_VERSION:
        raise RuntimeError(f"SQLite {library.sqlite_version} can corrupt its log; 3.51.3 or newer is needed")
    return library  # type: ignore[no-any-return]


def make_engine(url: str) -> tuple[Engine, WriteLock]:
    """An engine for either database, and the lock its writers take first."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_size=8, max_overflow=8, pool_pre_ping=True, hide_parameters=True), WriteLock(
            None
        )
    file = Path(make_url(url).database or "")
    engine = create_engine(
        url,
        module=sqlite_library(),
        hide_parameters=True,
        pool_size=8,
        max_overflow=24,
        pool_use_lifo=True,
        connect_args={"timeout": 5},
    )
    event.listen(engine, "connect", _sqlite_manners)
    event.listen(engine, "begin", _begin)
    return engine, WriteLock(file.with_suffix(".lock"))


def _sqlite_manners(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        f"busy_timeout={BUSY_WAITS}",
        "temp_store=MEMORY",
        # Half of the usual: each thread of each worker keeps two of these, and every list is found by an index.
        "cache_size=-1000",
        f"wal_autocheckpoint={PAGES_OF_LOG}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def carry_log(engine: Engine) -> None:
    """Carry SQLite's log into its database as far as nobody reads from it; whoever writes meanwhile is not held up."""
    if engine.dialect.name != "sqlite":
        return
    connection = engine.raw_connection()
    try:
        connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)")
    finally:
        connection.close()


def clear_log(engine: Engine) -> bool:
    """Carry SQLite's log into its database and cut it to nothing: until then what was taken away still stands in it.

    False when somebody reads or writes just now; who writes meanwhile waits no longer than a moment.
    """
    if engine.dialect.name != "sqlite":
        return True
    connection = engine.raw_connection()
    cursor = connection.cursor()
    try:
        cursor.execute(f"PRAGMA busy_timeout={CLEARING_WAITS}")
        (is_busy, *_pages) = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not is_busy
    except sqlite_library().OperationalError:
        # Another one carries it at this moment.
        return False
    finally:
        cursor.execute(f"PRAGMA busy_timeout={BUSY_WAITS}")
        connection.close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    driver = connection.dialect.loaded_dbapi
    try:
        # Every request comes by here; the library's own way costs ten times what the statement does.
        connection.connection.driver_connection.execute("BEGIN IMMEDIATE" if writes else "BEGIN")  # type: ignore[union-attr]
    except driver.Error as error:
        raise as_the_library(error, connection.dialect) from error


def as_the_library(error: Exception, dialect: Dialect) -> DBAPIError:
    """A driver's error as the library raises it, for whoever catches those; no statement and no value is in it."""
    return cast(DBAPIError, DBAPIError.instance(None, None, error, dialect.loaded_dbapi.Error, dialect=dialect))


def is_there_already(error: IntegrityError) -> bool:
    """Whether it was refused because another one stands where only one may, and for nothing else."""
    code = getattr(error.orig, "sqlstate", None)
    return "UNIQUE constraint" in str(error.orig) if code is None else code == UNIQUE_VIOLATION
