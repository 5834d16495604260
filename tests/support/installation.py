"""One application for a whole test worker, put back to the small association for each test.

To put an application together, to compile its templates and to learn its SQL takes far longer than most tests, and
gives the same each time. So it is kept; its files, its databases, its settings, the parts that were put into it and
what it has learned while answering are put back. An application that a test has changed otherwise is recognised and not
used again. A test that goes on after its end, in
a thread or in a context that it never left, is refused: it would go on in the next one.
"""

from __future__ import annotations

import os
import shutil
import threading
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask, has_app_context
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine, QueuePool, event

from app import create_app
from app.pipeline.clock import TOKYO, FixedClock, use_clock
from app.pipeline.secrets import KeyStore
from app.pipeline.transaction import Transactions
from config import Config, Secret
from tests.support.pristine import Restorable, Rows

STARTS_AT = datetime(2026, 11, 24, 10, 0, tzinfo=TOKYO)
"""When a test begins: a Tuesday in desk hours, the day after a holiday."""
LEARNED = ("kikite_kept_pages", "kikite_remembered", "kikite_codes_of_a_day")
"""What an application finds out while it answers and keeps: each test begins without."""
CLOCK = "kikite_clock"
CHANGES_BY_ITSELF = frozenset({"_got_first_request", "logger", "extensions", "jinja_env", "jinja_loader"})
"""What Flask sets in an application at its first request or question, and what is looked at more closely."""
SECONDS_TO_END = 5


@dataclass(frozen=True)
class Template:
    """An installation with the small association in it, from which every worker gets its own copy."""

    folder: Path
    server: str | None = None
    """The PostgreSQL server, where the databases of these names are."""
    databases: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class State:
    """All that an installation held at a moment: its files, the rows of its databases on a server, and what it had in
    mind of them.
    """

    folder: Path
    rows: tuple[Rows, ...]
    ahead: tuple[tuple[uuid.UUID, bytes], ...]


def config_of(data: Path, databases: tuple[str, str] | None) -> Config:
    """The settings of a test's installation."""
    main, keys = map(Secret, databases) if databases else (None, None)
    return Config(
        data=data, database_url=main, keystore_url=keys, password_profile="for_tests_only", second_factor="offered"
    )


def engines_of(app: Flask) -> tuple[Engine, Engine]:
    """The engines of the main database and of the key store."""
    main: Transactions = app.extensions["kikite_transactions"]
    keys: KeyStore = app.extensions["kikite_key_store"]
    return main.engine, keys.engine


def key_store_of(app: Flask) -> KeyStore:
    """The key store of the application."""
    keys: KeyStore = app.extensions["kikite_key_store"]
    return keys


@dataclass(frozen=True)
class _Kept:
    """An application as it was when it was made."""

    app: Flask
    settings: dict[str, Any]
    parts: dict[str, Any]
    traits: dict[str, Any]
    engines: tuple[Engine, Engine]

    def put_back(self) -> None:
        """Give the application its settings and its parts again, each the very same that it had when it was made."""
        for name in ("kikite_transactions", "kikite_key_store"):
            there = self.app.extensions.get(name)
            if there is not None and there.engine not in self.engines:
                there.engine.dispose()
        for now, made in ((self.app.config, self.settings), (self.app.extensions, self.parts)):
            now.clear()
            now.update(made)


class Installation:
    """The kept application with its data folder and, on PostgreSQL, its databases."""

    def __init__(self, template: Template, data: Path, compiled: Path) -> None:
        self._template = template
        self._data = data
        # Shared by the workers of a run, and by no two runs: what was folded into a template might have changed.
        compiled.mkdir(exist_ok=True)
        self._compiled = FileSystemBytecodeCache(str(compiled))
        self._kept: _Kept | None = None
        self._threads: set[threading.Thread] = set()
        self._backends: list[int] = []
        self._files: dict[str, tuple[int, int]] = {}
        self._ahead: tuple[tuple[uuid.UUID, bytes], ...] = ()
        self._states = 0
        server = template.server
        names = template.databases if server else ()
        by_whom = os.environ.get("PYTEST_XDIST_WORKER", "alone")
        self._databases = [Restorable(server, name, f"{name}_{by_whom}") for name in names if server]

    def fresh(self, clock: FixedClock) -> Flask:
        """The application, with the association as it was built and this clock."""
        self._discard_what_was_changed()
        shutil.rmtree(self._data, ignore_errors=True)
        shutil.copytree(self._template.folder, self._data)
        for database in self._databases:
            database.put_back(sparing=self._backends)
        app = (self._kept or self._make()).app
        self._note(())
        use_clock(app, clock)
        self._threads = set(threading.enumerate())
        return app

    def is_as_put(self, app: Flask) -> bool:
        """Whether nothing has changed since the test began, or since a state was kept or put: no row, no file, no part
        of the application, and nobody is still at it.
        """
        kept = self._kept
        return (
            kept is not None
            and kept.app is app
            and set(threading.enumerate()) <= self._threads
            and not any(engine.pool.checkedout() for engine in engines_of(app) if isinstance(engine.pool, QueuePool))
            and app.config == kept.settings
            and files_in(self._data) == self._files
            and isinstance(app.extensions[CLOCK], FixedClock)
            and _firm(app.extensions) == _firm(kept.parts)
            and traits_of(app) == kept.traits
            and key_store_of(app)._ahead == list(self._ahead)
            and all(database.is_as_put() for database in self._databases)
        )

    def state(self) -> State:
        """Keep what the installation holds now. Nobody may be at it."""
        app = self._at_rest()
        self._states += 1
        folder = self._data.parent / f"state-{self._states}"
        shutil.copytree(self._data, folder)
        self._note(key_store_of(app)._ahead)
        return State(folder, tuple(database.rows() for database in self._databases), self._ahead)

    def put(self, state: State) -> None:
        """Let the installation hold what it held then. Nobody may be at it."""
        app = self._at_rest()
        shutil.rmtree(self._data)
        shutil.copytree(state.folder, self._data)
        for database, rows in zip(self._databases, state.rows, strict=True):
            database.put(rows)
        key_store_of(app)._ahead = list(state.ahead)
        self._note(state.ahead)

    def _note(self, ahead: Sequence[tuple[uuid.UUID, bytes]]) -> None:
        """From here on it is seen whether a file or a key is added."""
        self._files, self._ahead = files_in(self._data), tuple(ahead)

    def _at_rest(self) -> Flask:
        """The application, with nothing open and nothing in mind of an earlier state."""
        if self._kept is None:
            raise RuntimeError("no test has begun")
        for engine in self._kept.engines:
            if engine.dialect.name == "sqlite":
                # With its last connection SQLite puts away its log, too.
                engine.dispose()
        for name in LEARNED:
            self._kept.app.extensions.pop(name, None)
        return self._kept.app

    def _make(self) -> _Kept:
        urls = (self._databases[0].url, self._databases[1].url) if self._databases else None
        made = create_app(config_of(self._data, urls))
        if urls is None:
            for engine in engines_of(made):
                event.listen(engine, "connect", _without_waiting_for_the_disk)
        made.jinja_env.bytecode_cache = self._compiled
        settings, parts = dict(made.config), {name: it for name, it in made.extensions.items() if name not in LEARNED}
        self._kept = _Kept(made, settings, parts, traits_of(made), engines_of(made))
        return self._kept

    def _discard_what_was_changed(self) -> None:
        if self._kept is None:
            return
        self._kept.put_back()
        _forget(self._kept.app)
        if traits_of(self._kept.app) != self._kept.traits:
            self._discard()

    def _discard(self) -> None:
        if self._kept is not None:
            for engine in {*self._kept.engines, *engines_of(self._kept.app)}:
                engine.dispose()
        self._kept, self._backends = None, []

    def let_go(self) -> None:
        """Leave nothing open of the test that has ended. Raises StillGoing when it has not."""
        if self._kept is None:
            return
        self._backends = [backend for engine in self._kept.engines for backend in _only_backend(engine)]
        going_on = [thread for thread in threading.enumerate() if thread not in self._threads]
        for thread in going_on:
            thread.join(SECONDS_TO_END)
        if has_app_context() or any(thread.is_alive() for thread in going_on):
            self._discard()
            raise StillGoing("a test leaves every context that it enters, and waits for every thread that it starts")

    def end(self) -> None:
        """Remove the databases."""
        self._discard()
        for database in self._databases:
            database.drop()


def files_in(folder: Path) -> dict[str, tuple[int, int]]:
    """Each file's size and when it was last written, without the signs that SQLite is merely being read."""
    found = {}
    for file in folder.rglob("*"):
        about = file.stat()
        if file.name.endswith((".lock", "-shm")) or (file.name.endswith("-wal") and not about.st_size):
            continue
        found[str(file)] = (-1, -1) if file.is_dir() else (about.st_size, about.st_mtime_ns)
    return found


def _firm(parts: dict[str, Any]) -> dict[str, Any]:
    """The parts that no test and no request puts into an application."""
    return {name: part for name, part in parts.items() if name not in {*LEARNED, CLOCK}}


def _only_backend(engine: Engine) -> list[int]:
    """The PostgreSQL process of the one connection that is kept, cleaned; where there are others all are closed."""
    pool = engine.pool
    if (
        engine.dialect.name == "sqlite"
        or not isinstance(pool, QueuePool)
        or (pool.checkedin(), pool.checkedout()) != (1, 0)
    ):
        engine.dispose()
        return []
    with engine.begin() as connection:
        connection.exec_driver_sql("RESET ALL")
        connection.exec_driver_sql("SELECT pg_advisory_unlock_all()")
        return [int(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())]


class StillGoing(Exception):
    """A test has ended and yet goes on: what it does from now on would befall the next one."""


def _forget(app: Flask) -> None:
    """Take from an application what it learned from one installation and could tell in the next."""
    for name in LEARNED:
        app.extensions.pop(name, None)
    keys: KeyStore = app.extensions["kikite_key_store"]
    # Their rows are gone with the key store that was.
    keys._ahead = []
    # Until the first request Flask lets itself be added to.
    app._got_first_request = False


def traits_of(app: Flask) -> dict[str, Any]:
    """All that a test might change in an application beside its data: equal again only when nothing was changed."""
    main: Transactions = app.extensions["kikite_transactions"]
    keys: KeyStore = app.extensions["kikite_key_store"]
    jinja = app.jinja_env
    # A lock that was never let go would refuse every writer of the next test.
    locks = main.lock._thread_lock, keys._lock._thread_lock, keys._making_ahead
    return {
        "application": picture_of({name: it for name, it in vars(app).items() if name not in CHANGES_BY_ITSELF}),
        "extensions": {name: it for name, it in app.extensions.items() if name != CLOCK},
        "forms": picture_of(vars(app.extensions["csrf"])),
        "people": picture_of(vars(app.login_manager)),  # type: ignore[attr-defined]
        "commands": dict(app.cli.commands),
        "rules": list(app.url_map.iter_rules()),
        "templates": picture_of({name: it for name, it in vars(jinja).items() if name != "cache"}),
        "loader": app.jinja_loader,
        "ring": app.extensions["kikite_ring"].to_json(),
        "databases": [picture_of(vars(main)), picture_of({**vars(keys), "_ahead": None})],
        "listeners": [_listeners(it) for engine in engines_of(app) for it in (engine, engine.pool, engine.dialect)],
        "locks": [lock.locked() for lock in locks],
    }


def picture_of(value: Any) -> Any:
    """A value as it stands now: of what can be added to, a copy, however deep it lies."""
    if isinstance(value, defaultdict):
        # Whoever looks into it finds something empty and so puts it there.
        return {name: picture_of(it) for name, it in value.items() if picture_of(it)}
    if isinstance(value, dict):
        return {name: picture_of(it) for name, it in value.items()}
    if isinstance(value, list | tuple):
        return [picture_of(it) for it in value]
    return frozenset(value) if isinstance(value, set) else value


def _listeners(heard: Any) -> dict[str, int]:
    return {name: len(list(getattr(heard.dispatch, name))) for name in heard.dispatch._event_names}


def _without_waiting_for_the_disk(connection: Any, _record: Any) -> None:
    """No test pulls the plug of the machine; that a real installation waits is held by tests/pipeline."""
    connection.execute("PRAGMA synchronous=OFF")
