"""OpenDocument: packed anew from what a text, a table or slides consist of, without author, history and far-away parts.

What is not known to be part of a document is left out, so that nothing travels inside it unseen. Each part in XML is
read and written anew element by element in constant memory: whatever stood between the elements is gone, and the names
of the standard are recognised by their namespace and not by how somebody abbreviated it.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from typing import BinaryIO, cast
from xml.parsers.expat import ExpatError
from xml.sax.saxutils import quoteattr

from app.attachments.examination.elements import MANIFEST_NAMES, Rewriting, manifest_of
from app.attachments.examination.findings import Findings, Refused
from app.attachments.examination.parts import LARGEST_IN_MEMORY, PIECE, copy_of, new_part, parts_within
from app.attachments.examination.segments import without_notes
from models.rules.attachments import HEAD_BYTES, AttachmentPolicy, FileKind, FileRefusal, FileRemark, Look, look_of

MIMETYPE, MANIFEST = "mimetype", "META-INF/manifest.xml"
_KINDS = {
    "application/vnd.oasis.opendocument.text": FileKind.ODT,
    "application/vnd.oasis.opendocument.spreadsheet": FileKind.ODS,
    "application/vnd.oasis.opendocument.presentation": FileKind.ODP,
}
LONGEST_MIMETYPE = 200
# A document in the document, such as a chart, lies in a folder of this name and is made of the same parts.
_WITHIN = r"(?:Object [^/]{1,20}/){0,3}"
_RUNS = re.compile(r"(?i)^(?:.*/)?(?:basic|scripts|dialogs)/.")
_WRITTEN_ANEW = re.compile(rf"^{_WITHIN}(?:content|styles|settings)\.xml$")
_PICTURE = re.compile(rf"(?i)^{_WITHIN}pictures/[^/]+$")
_DRAWING = re.compile(rf"(?i)^{_WITHIN}pictures/[^/]+\.(?:bmp|tiff?|emf|wmf|svm|svg)$")
_AS_IT_IS = re.compile(rf"(?i)^(?:{_WITHIN}objectreplacements/[^/]+|fonts/[^/]+\.(?:ttf|otf|eot|odttf|fntdata))$")
_WITH_NOTES = frozenset({Look.JPEG, Look.PNG})
_NO_PICTURE = frozenset({Look.PROGRAM, Look.RECORDING, Look.ZIP, Look.PDF, Look.OLE})
# About who made it and how it was looked at; whoever opens it misses none of these.
_ABOUT_IT = re.compile(
    rf"(?i)^(?:{_WITHIN}(?:meta\.xml|mimetype|manifest\.rdf|layout-cache)|thumbnails/.*|configurations2/.*|meta-inf/.*)$"
)
_HARMLESS_TYPE = re.compile(r"^[\w.+-]{1,60}/[\w.+-]{1,100}$")


def is_open_document(names: set[str]) -> bool:
    """Whether a packed file says of itself that it may be one."""
    return MIMETYPE in names


def rewrite_open_document(packed: zipfile.ZipFile, target: BinaryIO, policy: AttachmentPolicy) -> Findings:
    """Pack a document anew; one that is locked by a password stays as it is, and that is said. Raises Refused."""
    parts = parts_within(packed, policy)
    mimetype = _mimetype_of(packed)
    kind = _KINDS[mimetype]
    names = {part.filename for part in parts}
    if any(_RUNS.match(name) for name in names):
        raise Refused(FileRefusal.MACROS)
    if not {MANIFEST, "content.xml"} <= names:
        raise Refused(FileRefusal.DAMAGED)
    try:
        manifest = manifest_of(_small(packed, MANIFEST))
        if manifest.is_locked:
            return Findings(kind, remarks=(FileRemark.LOCKED,))
        found: set[FileRemark] = set()
        manifest.types["/"] = mimetype
        _write(packed, parts, target, manifest.types, found)
    except ExpatError:
        raise Refused(FileRefusal.DAMAGED) from None
    return Findings(
        kind, is_rewritten=True, is_clean=True, remarks=tuple(remark for remark in FileRemark if remark in found)
    )


def _mimetype_of(packed: zipfile.ZipFile) -> str:
    said = _small(packed, MIMETYPE, most=LONGEST_MIMETYPE).decode("ascii", "replace")
    if said not in _KINDS:
        raise Refused(FileRefusal.UNKNOWN)
    return said


def _small(packed: zipfile.ZipFile, name: str, *, most: int = LARGEST_IN_MEMORY) -> bytes:
    if packed.getinfo(name).file_size > most:
        raise Refused(FileRefusal.UNKNOWN if name == MIMETYPE else FileRefusal.BOMB)
    return packed.read(name)


def _write(
    packed: zipfile.ZipFile,
    parts: list[zipfile.ZipInfo],
    target: BinaryIO,
    types: dict[str, str],
    found: set[FileRemark],
) -> None:
    kept = [part for part in parts if not part.is_dir() and _stays(packed, part, found)]
    names = frozenset(part.filename for part in kept)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as anew:
        _write_mimetype(anew, types["/"])
        for part in kept:
            if _WRITTEN_ANEW.match(part.filename):
                _write_elements(packed, part, anew, names, found)
            elif _look_of(packed, part) in _WITH_NOTES:
                anew.writestr(new_part(part.filename), without_notes(_small(packed, part.filename)))
            else:
                copy_of(packed, part, anew)
        anew.writestr(new_part(MANIFEST), _manifest(names, types))


def _stays(packed: zipfile.ZipFile, part: zipfile.ZipInfo, found: set[FileRemark]) -> bool:
    """Whether a part is one that documents consist of; what else there is was enclosed, and is left out."""
    name = part.filename
    if _WRITTEN_ANEW.match(name):
        return True
    look = _look_of(packed, part)
    if look not in _NO_PICTURE and (_DRAWING.match(name) or _AS_IT_IS.match(name) or (look and _PICTURE.match(name))):
        return True
    if not _ABOUT_IT.match(name) and part.file_size:
        found.add(FileRemark.ENCLOSED)
    return False


def _look_of(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> Look | None:
    """What a part looks like; a picture is known by its own first bytes and not by its name."""
    with packed.open(part) as begun:
        return look_of(begun.read(HEAD_BYTES))


def _write_mimetype(anew: zipfile.ZipFile, mimetype: str) -> None:
    """The first part, neither packed nor followed by its own length, so that its words stand at byte 38 of the file."""
    said = mimetype.encode()
    part = new_part(MIMETYPE)
    part.compress_type = zipfile.ZIP_STORED
    part.CRC, part.file_size, part.compress_size = zlib.crc32(said), len(said), len(said)
    # The library writes a length behind a part when it cannot go back in the file; here all is known beforehand.
    file = cast(BinaryIO, anew.fp)
    part.header_offset = file.tell()
    file.write(part.FileHeader(zip64=False) + said)
    anew.filelist.append(part)
    anew.NameToInfo[part.filename] = part
    anew.start_dir = file.tell()


def _write_elements(
    packed: zipfile.ZipFile, part: zipfile.ZipInfo, anew: zipfile.ZipFile, names: frozenset[str], found: set[FileRemark]
) -> None:
    if part.file_size > LARGEST_IN_MEMORY:
        raise Refused(FileRefusal.BOMB)
    with packed.open(part) as old, anew.open(new_part(part.filename), "w") as new:
        rewriting = Rewriting(new.write, names, part.filename.rpartition("/")[0], found)
        while piece := old.read(PIECE):
            rewriting.take(piece)
        rewriting.finish()


def _manifest(names: frozenset[str], types: dict[str, str]) -> str:
    entries = [("/", types["/"])]
    folders = {f"{name.rpartition('/')[0]}/" for name in names if _WRITTEN_ANEW.match(name) and "/" in name}
    for name in sorted(names | folders):
        said = types.get(name, "")
        entries.append((name, said if _HARMLESS_TYPE.match(said) else ""))
    lines = [
        f"<manifest:file-entry manifest:full-path={quoteattr(name)} manifest:media-type={quoteattr(said)}/>"
        for name, said in entries
    ]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<manifest:manifest xmlns:manifest="{MANIFEST_NAMES}" manifest:version="1.2">\n'
        + "\n".join(lines)
        + "\n</manifest:manifest>\n"
    )
