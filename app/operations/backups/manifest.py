"""What a part of a backup holds, file by file, signed by the server: a changed, missing or added byte is seen.

A backup has two parts, which belong to two places: ``main`` (the main database, the files, the signed heads) and
``keys`` (the key store). Each has a manifest of its own, a JSON object with exactly the members of ``Manifest`` and the
signature. It is signed by the key that signs the heads of the record, under the label of statements: so older
backups can be looked at as long as the record can.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from app.operations.heads import PURPOSE
from crypto import CannotOpen, KeyRing, sign_statement, verify_statement, verifying_key

NAME = "manifest.json"
MAIN, KEYS = "main", "keys"
FORMAT = "kikite/backup/1"
AT_ONCE = 1 << 20


class Altered(Exception):
    """A part of a backup is not what was written: the message names the file."""


class OfAnother(Exception):
    """No key of this ring has signed the backup."""


@dataclass(frozen=True)
class Manifest:
    """One part of a backup."""

    part: str
    backup: str
    """The same for both parts of one backup."""
    at: str
    """The moment of its database, in ISO 8601."""
    database: str
    files: dict[str, str]
    """The SHA-256 of each file, by its path in the part's folder."""

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.at)


def digest_of(file: Path) -> str:
    """The SHA-256 of a file, in constant memory."""
    digest = sha256()
    with file.open("rb") as read:
        while piece := read.read(AT_ONCE):
            digest.update(piece)
    return digest.hexdigest()


def write_manifest(folder: Path, manifest: Manifest, *, ring: KeyRing) -> None:
    """Sign what the folder holds. It comes last: a part without one is no backup."""
    said = {**asdict(manifest), "format": FORMAT}
    signature = sign_statement(_signed(said), signing_key=ring.derived(PURPOSE))
    (folder / NAME).write_text(json.dumps({**said, "signature": signature.hex()}, indent=1), encoding="utf-8")


def read_manifest(folder: Path, part: str, *, ring: KeyRing) -> Manifest:
    """What a part holds, after every byte was compared. Raises Altered, and OfAnother."""
    try:
        said: dict[str, Any] = json.loads((folder / NAME).read_text(encoding="utf-8"))
        signature = bytes.fromhex(said.pop("signature"))
        if said.pop("format") != FORMAT:
            raise Altered(str(folder / NAME))
        manifest = Manifest(**said)
        signed = _signed({**said, "format": FORMAT})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise Altered(str(folder / NAME)) from None
    _demand_signature(signed, signature, ring)
    if manifest.part != part:
        raise Altered(str(folder / NAME))
    _compare(folder, manifest)
    return manifest


def _signed(said: dict[str, Any]) -> dict[str, str]:
    return {"manifest": json.dumps(said, sort_keys=True)}


def _demand_signature(signed: dict[str, str], signature: bytes, ring: KeyRing) -> None:
    for key_id in ring.ids_for(PURPOSE):
        try:
            verify_statement(signed, signature, verifying_key=verifying_key(ring.derived(PURPOSE, key_id)))
        except CannotOpen:
            continue
        return
    raise OfAnother


def _compare(folder: Path, manifest: Manifest) -> None:
    there = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if not _is_plain_folder(path)}
    there.pop(NAME, None)
    for name in sorted(there.keys() ^ manifest.files.keys()):
        raise Altered(str(folder / name))
    for name, path in sorted(there.items()):
        # A link would lead to bytes that can be exchanged after they were compared.
        if path.is_symlink() or digest_of(path) != manifest.files[name]:
            raise Altered(str(path))


def _is_plain_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()
