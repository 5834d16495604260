"""A consistent copy of a database that is in use, and loading one into an empty place: SQLite's way, or pg_dump's."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import inspect
from sqlalchemy.engine import make_url

from app.pipeline.database import make_engine, sqlite_library

SQLITE, POSTGRESQL = "sqlite", "postgresql"


class NoProgram(Exception):
    """PostgreSQL's own program is not on this machine; the message names it."""


class CopyFailed(Exception):
    """The database could not be copied or loaded; the message is what was said about it."""


def kind_of(url: str) -> str:
    """Which of the two a database is."""
    return SQLITE if url.startswith(SQLITE) else POSTGRESQL


def copy_database(url: str, target: Path) -> None:
    """Copy a database as it is at one moment, whoever writes meanwhile. Raises NoProgram and CopyFailed."""
    if kind_of(url) == SQLITE:
        _copy_sqlite(Path(make_url(url).database or ""), target)
        return
    # Not compressed: what is sealed does not shrink, and so whoever looks over a backup sees its bytes as they are.
    options = ("--format=custom", "--compress=0", "--no-owner", "--no-privileges", f"--file={target}")
    _run("pg_dump", url, *options)


def load_database(source: Path, url: str) -> None:
    """Put a copy into an empty place. Raises NoProgram and CopyFailed."""
    if kind_of(url) == SQLITE:
        target = Path(make_url(url).database or "")
        shutil.copyfile(source, target)
        target.chmod(0o600)
        return
    options = ("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", str(source))
    _run("pg_restore", url, *options)


def is_empty(url: str) -> bool:
    """Whether nothing lies there yet."""
    if kind_of(url) == SQLITE:
        return not Path(make_url(url).database or "").exists()
    engine, _lock = make_engine(url)
    try:
        return not inspect(engine).get_table_names()
    finally:
        engine.dispose()


def _copy_sqlite(source: Path, target: Path) -> None:
    library = sqlite_library()
    if not source.is_file():
        raise CopyFailed(f"{source.name} is not there")
    try:
        with closing(library.connect(source)) as here, closing(library.connect(target)) as there:
            # In one step: what others commit meanwhile waits in the log; the copy is of the moment of its beginning.
            here.backup(there)
            # One file, whole in itself, without a log beside it.
            there.execute("PRAGMA journal_mode=DELETE")
            (found,) = there.execute("PRAGMA integrity_check(1)").fetchone()
    except library.Error as failure:
        raise CopyFailed(str(failure)) from None
    if found != "ok":
        raise CopyFailed(str(found))


def _run(name: str, url: str, *options: str) -> None:
    program = shutil.which(name)
    if program is None:
        raise NoProgram(name)
    named: dict[str, Any] = conninfo_to_dict(
        make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    )
    # It is told of its own settings, and of none of ours: what opens the key ring may stand among them.
    environment = {each: value for each, value in os.environ.items() if not each.upper().startswith("KIKITE_")}
    password = named.pop("password", None)
    if password is not None:
        # Whoever lists the processes of this machine sees how each was called.
        environment["PGPASSWORD"] = str(password)
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own program, and no word of anybody
        [program, *options, f"--dbname={make_conninfo(**named)}"], env=environment, capture_output=True, check=False
    )
    if done.returncode:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise CopyFailed(lines[0] if lines else name)
