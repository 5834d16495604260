"""The Office formats of before 2007: looked into, but no library can write them anew."""

from __future__ import annotations

from typing import BinaryIO

from app.attachments.examination.findings import Findings, Refused
from models.rules.attachments import FileKind, FileRefusal, FileRemark

PIECE = 1024 * 1024


def _name(words: str) -> bytes:
    """How the name of a part stands in the directory of such a file."""
    return words.encode("utf-16-le")


_MACROS = (_name("_VBA_PROJECT"), _name("VBA\0"), _name("Macros\0"))
_LOCKED = (_name("EncryptedPackage"),)
_DOCUMENTS = (_name("WordDocument"), _name("Workbook\0"), _name("Book\0"), _name("PowerPoint Document"))
_LONGEST = max(map(len, (*_MACROS, *_LOCKED, *_DOCUMENTS)))


def look_into_old_office(source: BinaryIO, *_rest: object) -> Findings:
    """What an old document is; one with macros is refused. Raises Refused."""
    found: set[bytes] = set()
    carried = b""
    while piece := source.read(PIECE):
        window = carried + piece
        found.update(mark for mark in (*_MACROS, *_LOCKED, *_DOCUMENTS) if mark in window)
        carried = window[-_LONGEST:]
    if found.intersection(_MACROS):
        raise Refused(FileRefusal.MACROS)
    if found.intersection(_LOCKED):
        return Findings(FileKind.OLD_OFFICE, remarks=(FileRemark.LOCKED,))
    if not found.intersection(_DOCUMENTS):
        raise Refused(FileRefusal.UNKNOWN)
    return Findings(FileKind.OLD_OFFICE, remarks=(FileRemark.OLD_FORMAT,))
