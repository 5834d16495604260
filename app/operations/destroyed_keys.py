"""The list of destroyed keys: kept as a file beside the heads of the record, so that an old backup brings no key back.

A backup of both databases that is put back holds keys that were destroyed since. This list is in neither: a line is
written to it, and is on the disk, before a key is destroyed, and whatever stands on it and is there again is destroyed
again at every start. It holds random ids and days, and nothing of anybody. It belongs elsewhere too,
like the heads: put back from a copy, it is only ever added to.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterable
from pathlib import Path

import structlog
from flask import current_app

from app.custody.actions import ASSOCIATION
from app.operations.heads import FOLDER
from app.pipeline.audit import record
from app.pipeline.clock import now
from app.pipeline.identity import THE_CLOCK
from app.pipeline.secrets import key_store
from app.pipeline.transaction import transaction

log = structlog.get_logger()
NAME = "destroyed-keys.txt"
AT_ONCE = 500
LENGTH = 32


def list_of_destroyed() -> Path:
    """Where the list lies."""
    folder: Path = current_app.config["KIKITE"].data / FOLDER
    return folder / NAME


def note_destroyed(keys: Iterable[uuid.UUID]) -> None:
    """Write keys that are about to be destroyed to the list. Raises OSError when it cannot be kept: then none is."""
    file = list_of_destroyed()
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lines = "".join(f"{key.hex} {now():%Y-%m-%d}\n" for key in keys)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="ascii") as written:
        written.write(lines)
        written.flush()
        os.fsync(written.fileno())


def destroyed_before() -> list[uuid.UUID]:
    """Every key on the list; a line that was cut off when the machine stopped names none."""
    try:
        lines = list_of_destroyed().read_text(encoding="ascii", errors="replace").splitlines()
    except FileNotFoundError:
        return []
    found = {}
    for line in lines:
        name = line.partition(" ")[0]
        if len(name) == LENGTH:
            try:
                found[uuid.UUID(name)] = True
            except ValueError:
                continue
    return list(found)


def destroy_what_came_back() -> int:
    """Destroy again what an old backup brought back, and say so; returns how many keys these were."""
    known = destroyed_before()
    back: list[uuid.UUID] = []
    for start in range(0, len(known), AT_ONCE):
        facts = key_store().inventory(known[start : start + AT_ONCE])
        back += [key for key, its in facts.items() if its.destroyed_at is None]
    if back:
        log.warning("keys_came_back", count=len(back))
        # Said before it is done: killed in between it is said twice, and never left unsaid.
        with transaction():
            record(ASSOCIATION, "key.shred_again", actor=THE_CLOCK, facts={"keys": len(back)})
    for key in back:
        key_store().destroy(key, at=now())
    return len(back)
