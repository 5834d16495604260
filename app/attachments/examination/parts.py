"""The parts of a packed document: how many and how large they may be, and how one is written anew."""

from __future__ import annotations

import zipfile

from app.attachments.examination.findings import Refused
from models.rules.attachments import MEBIBYTE, AttachmentPolicy, FileRefusal

LARGEST_IN_MEMORY = 64 * MEBIBYTE
PIECE = 256 * 1024
_LONG_AGO = (1980, 1, 1, 0, 0, 0)


def parts_within(packed: zipfile.ZipFile, policy: AttachmentPolicy) -> list[zipfile.ZipInfo]:
    """What is packed there, as long as it is neither too much nor named twice. Raises Refused."""
    parts = packed.infolist()
    if len(parts) > policy.most_members or sum(part.file_size for part in parts) > policy.most_unpacked:
        raise Refused(FileRefusal.BOMB)
    if len({part.filename for part in parts}) != len(parts):
        raise Refused(FileRefusal.UNKNOWN)
    return parts


def new_part(name: str) -> zipfile.ZipInfo:
    """A part to be written, which does not tell when it was."""
    part = zipfile.ZipInfo(name, date_time=_LONG_AGO)
    part.compress_type = zipfile.ZIP_DEFLATED
    return part


def copy_of(packed: zipfile.ZipFile, part: zipfile.ZipInfo, anew: zipfile.ZipFile) -> None:
    """Take a part over as it is, piece by piece."""
    with packed.open(part) as old, anew.open(new_part(part.filename), "w") as new:
        while piece := old.read(PIECE):
            new.write(piece)
