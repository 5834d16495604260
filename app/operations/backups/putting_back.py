"""Putting a backup back into an empty place: everything is looked at before anything is written.

What must outlive a backup is never taken from it alone: the list of destroyed keys and the signed heads that lie in the
target, or that were kept elsewhere, are added to those of the backup, and never replaced by them.
"""

from __future__ import annotations

import os
import shutil
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.attachments.queries import named_in_store
from app.custody.actions import ASSOCIATION
from app.operations.backups.databases import is_empty, kind_of, load_database
from app.operations.backups.making import DATABASE, FILES, RING, RING_FILE
from app.operations.backups.manifest import KEYS, MAIN, Manifest, read_manifest
from app.operations.data_folder import HALF_RESTORED, IN_USE, MARK, DataFolder
from app.operations.destroyed_keys import NAME as DESTROYED
from app.operations.heads import FOLDER as HEADS
from app.operations.heads import heads_ahead
from app.operations.ring_wrapping import place_of_ring
from app.operations.serving import make_ready
from app.pipeline.audit import record
from app.pipeline.file_store import FileStore, files
from app.pipeline.identity import THE_CLOCK
from app.pipeline.ring_place import RingPlace
from app.pipeline.transaction import transaction
from config import Config
from crypto import KeyRing

BROUGHT_BEFORE = frozenset({MARK, IN_USE, HEADS, "keyring.json", "clock-offset-seconds"})
"""What may lie in the target already: the ring, and what was kept elsewhere of the record."""


class TargetNotEmpty(Exception):
    """There is something where the backup should go; the message names it."""


class NoRing(Exception):
    """No key ring was brought, and the backup holds none."""


class DoesNotFit(Exception):
    """The two parts, or the backup and the settings, do not belong together: ``older_keys`` or ``other_database``."""


@dataclass(frozen=True)
class PutBack:
    """What came of it."""

    made_at: datetime
    behind: int
    """How many chains of the record reach less far than the newest head that is known."""
    missing: int
    """Files that a row names and that are not in the store."""


def put_back(
    config: Config,
    folder: Path,
    *,
    keys_folder: Path | None = None,
    heads: Path | None = None,
    files_stay: bool = False,
) -> PutBack:
    """Put a backup back where nothing is. ``heads`` is what was kept elsewhere of the folder of that name.

    Raises TargetNotEmpty, NoRing, DoesNotFit, Altered, OfAnother, NoProgram, CopyFailed and OSError; in all but the
    last two nothing was changed.
    """
    ring = _ring_for(config, folder)
    main, keys = folder / MAIN, keys_folder or folder / KEYS
    of_main, of_keys = read_manifest(main, MAIN, ring=ring), read_manifest(keys, KEYS, ring=ring)
    urls = config.migration_databases or (config.main_database, config.key_store_database)
    _demand_fit(of_main, of_keys, urls)
    _demand_empty(config, urls)
    data = DataFolder(config.data)
    data.take()
    with data.used(alone=True):
        unfinished = config.data / HALF_RESTORED
        unfinished.touch(0o600)
        if not config.key_ring_path.exists():
            _bring_ring(folder / RING / RING_FILE, config.key_ring_path)
        for source in filter(None, (main / HEADS, heads)):
            _bring_heads(source, config.data / HEADS)
        load_database(keys / DATABASE, urls[1])
        load_database(main / DATABASE, urls[0])
        app = make_ready(config)
        with app.app_context():
            if not files_stay:
                _bring_files(main / FILES, files())
            came_of_it = _finished(of_main)
        unfinished.unlink()
    return came_of_it


def _finished(of_main: Manifest) -> PutBack:
    behind = len(heads_ahead())
    with transaction():
        record(
            ASSOCIATION,
            "backup.put_back",
            actor=THE_CLOCK,
            facts={"backup_id": of_main.backup, "chains": behind},
        )
    there = {name for name, _since in files().names()}
    return PutBack(of_main.moment, behind, len(named_in_store() - there))


def _ring_for(config: Config, folder: Path) -> KeyRing:
    for path in (config.key_ring_path, folder / RING / RING_FILE):
        if path.exists():
            return RingPlace(path, place_of_ring(config).wrapper).read()
    raise NoRing


def _demand_fit(of_main: Manifest, of_keys: Manifest, urls: tuple[str, str]) -> None:
    if of_keys.moment < of_main.moment:
        # Cases that came in between would have no key.
        raise DoesNotFit("older_keys")
    if (of_main.database, of_keys.database) != (kind_of(urls[0]), kind_of(urls[1])):
        raise DoesNotFit("other_database")


def _demand_empty(config: Config, urls: tuple[str, str]) -> None:
    there = {entry.name for entry in config.data.iterdir()} if config.data.is_dir() else set()
    for name in sorted(there - BROUGHT_BEFORE):
        raise TargetNotEmpty(str(config.data / name))
    for url, name in zip(urls, ("KIKITE_DATABASE_URL", "KIKITE_KEYSTORE_URL"), strict=True):
        if not is_empty(url):
            raise TargetNotEmpty(name)


def _bring_ring(source: Path, target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as written:
        written.write(source.read_bytes())


def _bring_heads(source: Path, target: Path) -> None:
    target.mkdir(mode=0o700, exist_ok=True)
    for file in sorted(source.glob("*")) if source.is_dir() else ():
        beside = target / file.name
        if file.name == DESTROYED:
            _add_lines(file, beside)
        elif file.is_file() and not beside.exists():
            shutil.copyfile(file, beside)
            beside.chmod(0o600)


def _add_lines(source: Path, target: Path) -> None:
    """Both lists of destroyed keys together: a line that is in either stays."""
    lines = [
        line for one in (target, source) if one.exists() for line in one.read_text("ascii", "replace").splitlines()
    ]
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as written:
        written.write("".join(f"{line}\n" for line in dict.fromkeys(lines) if line.isascii()))
        written.flush()
        os.fsync(written.fileno())


def _bring_files(source: Path, store: FileStore) -> None:
    for path in sorted(source.glob("*/*")):
        staged = store.stage()
        try:
            with closing(path.open("rb")) as read:
                shutil.copyfileobj(read, staged.file)
            store.keep(staged, path.name)
        finally:
            staged.discard()
