"""The one folder in which an installation keeps what it makes: taken, marked, guarded while in use, and emptied."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

MARK = ".kikite"
MARK_TEXT = "聞き手(Kikite)のデータが入っています。 / Kikite keeps its data in this folder.\n"
IN_USE = "in-use.lock"
HALF_RESTORED = "restore-unfinished"
PRIVATE = 0o700

# Everything that an installation ever makes in its folder; a reset takes these away and nothing else.
OURS = (
    "kikite.sqlite3", "kikite.sqlite3-wal", "kikite.sqlite3-shm", "kikite.lock",
    "keystore.sqlite3", "keystore.sqlite3-wal", "keystore.sqlite3-shm", "keystore.lock",
    "keyring.json", ".keyring.json.new", "clock-offset-seconds", "mail", "heads", "files", "demo", "demo-unfinished",
    "migrating.lock", HALF_RESTORED, IN_USE, MARK,
)  # fmt: skip


class NotOurs(Exception):
    """The folder holds other things and is not touched."""


class HalfRestored(Exception):
    """A backup was being put back and that was interrupted: half of an installation is not worked with."""


class InUse(Exception):
    """Somebody is working with the folder at this moment."""


@dataclass(frozen=True)
class DataFolder:
    """An installation's folder."""

    path: Path

    def is_ours(self) -> bool:
        return (self.path / MARK).is_file()

    def take(self) -> None:
        """Make the folder, readable by its owner alone, and mark it.

        Raises NotOurs when it holds other things, HalfRestored when a backup was put back by half.
        """
        self.path.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        if not self.is_ours():
            if any(entry.name not in OURS for entry in self.path.iterdir()):
                raise NotOurs
            (self.path / MARK).write_text(MARK_TEXT, encoding="utf-8")
        self.path.chmod(PRIVATE)
        if (self.path / HALF_RESTORED).exists():
            raise HalfRestored

    @contextmanager
    def used(self, *, alone: bool = False) -> Iterator[None]:
        """Hold the folder while a server or a command works in it. Raises InUse when that cannot be."""
        file = os.open(self.path / IN_USE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(file, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
            except BlockingIOError:
                raise InUse from None
            yield
        finally:
            os.close(file)

    def empty(self) -> list[str]:
        """Take away what an installation has made, and tell what else is there and stays."""
        # The mark goes last, so that a reset which was interrupted can be done again.
        for name in OURS:
            entry = self.path / name
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink(missing_ok=True)
        return sorted(entry.name for entry in self.path.iterdir())
