"""Where the sealed bytes of files lie: one small interface, and the data folder behind it.

A file arrives on this machine, whatever the store, and is locked by whoever receives it for as long as that process
lives; it is put to the kept ones, durably, before anything in the database speaks of it. So there are two kinds of
leftovers, and the sweep knows both: what arrived and is locked by nobody, and what is kept and named by no row.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from flask import Flask, current_app

PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700
YOUNG_SECONDS = 60.0
"""A file that was made this moment may not be locked yet."""


_NAME = re.compile(r"[0-9a-f]{32}(-p)?")


def is_a_name(name: str) -> bool:
    """Whether a file can be one of ours; what somebody else laid beside them is not touched."""
    return _NAME.fullmatch(name) is not None


def demand_name(name: str) -> None:
    """Raise ValueError for what is no name of the store."""
    if not is_a_name(name):
        raise ValueError("a name of the store is 32 hexadecimal digits")


class StoreGone(OSError):
    """The store itself cannot be reached: asking it for the next file is of no use now."""


class FileStore(Protocol):
    """What the service asks of a place for sealed files; each name is new and random (see ``is_a_name``)."""

    is_far: bool
    """Whether asking it takes the time of a network: it is looked through now and then, and not at every turn."""

    place: str
    """Where the files lie, in words for whoever runs the service."""

    def keep(self, staged: Staged, name: str) -> None:
        """Keep what arrived under a name; it is durable when this returns. Raises OSError when it cannot be."""

    def open(self, name: str) -> BinaryIO:
        """A kept file, to be read from its beginning. Raises OSError when it is not there."""

    def remove(self, name: str) -> None:
        """Take a file away; one that is not there is no error."""

    def names(self) -> Iterator[tuple[str, float]]:
        """Every kept file with the moment, in seconds since 1970, from which it lies there."""

    def stage(self) -> Staged:
        """A new file on this machine for what is arriving."""

    def sweep_stage(self) -> int:
        """Take away what arrived for a process that is no more. Returns how many."""

    def sweep_halves(self) -> int:
        """Take away what a process that is no more had begun to put into the store. Returns how many."""


@dataclass
class Staged:
    """A sealed file that is arriving: on this machine, locked while its receiver lives, and gone unless it is kept."""

    path: Path
    file: BinaryIO
    is_kept: bool = False

    def discard(self) -> None:
        """Let go of it, and take it away unless it was kept."""
        if not self.is_kept:
            with suppress(FileNotFoundError):
                self.path.unlink()
        with suppress(OSError):
            # What could not be written out, on a full disk, is not missed either.
            self.file.close()


class ArrivingHere:
    """The folder of this machine in which files arrive, readable by their owner alone."""

    def __init__(self, folder: Path) -> None:
        self._arriving = folder / "arriving"

    def stage(self) -> Staged:
        _make_private(self._arriving)
        path = self._arriving / secrets.token_hex(16)
        number = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE_FILE)
        fcntl.flock(number, fcntl.LOCK_EX)
        return Staged(path, cast(BinaryIO, os.fdopen(number, "w+b")))

    def sweep_stage(self) -> int:
        return sum(_remove_if_nobody_holds(path) for path in self._arriving.glob("*"))


class DataFolderStore(ArrivingHere):
    """Files in the data folder, readable by their owner alone."""

    is_far = False

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._kept = folder / "kept"
        self.place = str(self._kept)

    def keep(self, staged: Staged, name: str) -> None:
        staged.file.flush()
        os.fsync(staged.file.fileno())
        target = self._path(name)
        new = not target.parent.is_dir()
        _make_private(target.parent)
        staged.path.rename(target)
        staged.is_kept = True
        for folder in (target.parent, self._kept, self._kept.parent) if new else (target.parent,):
            _make_durable(folder)

    def open(self, name: str) -> BinaryIO:
        return cast(BinaryIO, self._path(name).open("rb"))

    def remove(self, name: str) -> None:
        self._path(name).unlink(missing_ok=True)

    def names(self) -> Iterator[tuple[str, float]]:
        for path in self._kept.glob("*/*"):
            with suppress(FileNotFoundError):
                if is_a_name(path.name):
                    yield path.name, path.stat().st_mtime

    def sweep_halves(self) -> int:
        # A file is moved to the kept ones as a whole or not at all.
        return 0

    def _path(self, name: str) -> Path:
        demand_name(name)
        return self._kept / name[:2] / name


def _remove_if_nobody_holds(path: Path) -> bool:
    try:
        # The age of a file is the machine's matter; a moved clock does not make it older.
        if time.time() - path.stat().st_mtime < YOUNG_SECONDS:
            return False
        number = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    else:
        path.unlink(missing_ok=True)
        return True
    finally:
        os.close(number)


def _make_private(folder: Path) -> None:
    """Make a folder and those above it; the usual making gives only the last one its mode."""
    for each in (*reversed(folder.parents), folder):
        if not each.is_dir():
            each.mkdir(PRIVATE_FOLDER, exist_ok=True)


def _make_durable(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def use_files(app: Flask, store: FileStore) -> None:
    """Give the application its place for files."""
    app.extensions["kikite_files"] = store


def files() -> FileStore:
    """The application's place for files."""
    return cast(FileStore, current_app.extensions["kikite_files"])
