"""Making a backup while the service runs: the main database, then the files, then the key store.

In this order, so that every case in the copy finds its key, and every file that it names was there when the database
was copied. A file never changes once it is kept. What is removed while the copy is made is gone from it too, which is
what was wanted of it; anything else that a row names and that is not there is told.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from flask import current_app

from app.attachments.queries import named_in_store, unnamed_among
from app.custody.actions import ASSOCIATION
from app.operations.backups.databases import copy_database, kind_of
from app.operations.backups.manifest import AT_ONCE, KEYS, MAIN, Manifest, digest_of, write_manifest
from app.operations.heads import FOLDER as HEADS
from app.pipeline.audit import record
from app.pipeline.clock import now
from app.pipeline.file_store import files
from app.pipeline.identity import THE_CLOCK
from app.pipeline.secrets import ring, ring_place
from app.pipeline.transaction import roll_back, transaction
from config import Config

DATABASE = "database"
FILES = "files"
RING = "ring"
RING_FILE = "keyring.json"


class NotAnEmptyFolder(Exception):
    """There is something where the backup should go."""


@dataclass(frozen=True)
class Made:
    """What came of it."""

    files: int
    missing: tuple[str, ...]
    """Files that a row names and that were not in the store."""


def back_up(folder: Path, *, with_ring: bool = False) -> Made:
    """Copy the installation into an empty folder. Raises NotAnEmptyFolder, NoProgram, CopyFailed and OSError."""
    if folder.exists() and any(folder.iterdir()):
        raise NotAnEmptyFolder
    with _for_the_owner_alone():
        return _made(folder, with_ring=with_ring)


@contextmanager
def _for_the_owner_alone() -> Iterator[None]:
    """Whatever is written meanwhile, by us or by a program of ours, nobody else may read, wherever it is moved to."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def _made(folder: Path, *, with_ring: bool) -> Made:
    config: Config = current_app.config["KIKITE"]
    backup = uuid.uuid4()
    for part in (MAIN, KEYS):
        (folder / part).mkdir(mode=0o700, parents=True)
    with transaction():
        # Before it is made, so that the backup holds it; killed afterwards, one was begun that is nowhere.
        record(ASSOCIATION, "backup.make", actor=THE_CLOCK, facts={"backup_id": backup.hex, "with_ring": with_ring})
    main_url, keys_url = config.migration_databases or (config.main_database, config.key_store_database)
    main, keys = folder / MAIN, folder / KEYS
    at = now()
    named = named_in_store()
    roll_back()
    copy_database(main_url, main / DATABASE)
    named |= named_in_store()
    roll_back()
    digests = {DATABASE: digest_of(main / DATABASE), **_copy_files(main), **_copy_heads(config, main)}
    missing = _missing(named, digests)
    # What a process is about to die of must not look whole: each manifest comes last in its part.
    write_manifest(main, Manifest(MAIN, backup.hex, at.isoformat(), kind_of(main_url), digests), ring=ring())
    at = now()
    copy_database(keys_url, keys / DATABASE)
    of_keys = {DATABASE: digest_of(keys / DATABASE)}
    write_manifest(keys, Manifest(KEYS, backup.hex, at.isoformat(), kind_of(keys_url), of_keys), ring=ring())
    if with_ring:
        _copy_ring(folder / RING)
    return Made(sum(name.startswith(f"{FILES}/") for name in digests), missing)


def _copy_files(main: Path) -> dict[str, str]:
    digests = {}
    store = files()
    for name, _since in store.names():
        target = main / FILES / name[:2] / name
        try:
            with closing(store.open(name)) as source:
                target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                digest = sha256()
                with target.open("wb") as written:
                    while piece := source.read(AT_ONCE):
                        digest.update(piece)
                        written.write(piece)
        except FileNotFoundError:
            # It was removed since it was listed.
            continue
        digests[f"{FILES}/{name[:2]}/{name}"] = digest.hexdigest()
    return digests


def _missing(named: set[str], digests: dict[str, str]) -> tuple[str, ...]:
    copied = {name.rpartition("/")[2] for name in digests if name.startswith(f"{FILES}/")}
    absent = sorted(named - copied)
    # What was removed meanwhile is named by no row any more.
    gone = set(unnamed_among(absent))
    roll_back()
    return tuple(name for name in absent if name not in gone)


def _copy_heads(config: Config, main: Path) -> dict[str, str]:
    digests = {}
    for file in sorted((config.data / HEADS).glob("*")):
        if file.is_file():
            target = main / HEADS / file.name
            target.parent.mkdir(mode=0o700, exist_ok=True)
            target.write_bytes(file.read_bytes())
            digests[f"{HEADS}/{file.name}"] = digest_of(target)
    return digests


def _copy_ring(folder: Path) -> None:
    folder.mkdir(mode=0o700)
    target = folder / RING_FILE
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as written:
        written.write(ring_place().path.read_bytes())
