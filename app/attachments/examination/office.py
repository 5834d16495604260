"""Office documents: unpacked part by part and packed anew, without author, history, enclosures and far-away parts."""

from __future__ import annotations

import codecs
import io
import re
import zipfile
from typing import BinaryIO

from app.attachments.examination.findings import Findings, Refused
from app.attachments.examination.parts import LARGEST_IN_MEMORY, copy_of, new_part, parts_within
from app.attachments.examination.relations import relations_anew, relations_in
from app.attachments.examination.segments import without_notes
from models.rules.attachments import AttachmentPolicy, FileKind, FileRefusal, FileRemark

DEEPEST = 1

_MAIN_PARTS = {
    "word/document.xml": FileKind.WORD,
    "xl/workbook.xml": FileKind.EXCEL,
    "ppt/presentation.xml": FileKind.POWERPOINT,
}
_RUNS = re.compile(r"(?i)(vbaproject|vbadata|macrosheets/|activex/|\.exe$|\.dll$|\.js$|\.vbs$)")
_ENCLOSED = re.compile(r"(?i)embeddings/")
_DOCUMENT = re.compile(r"(?i)\.(docx|xlsx|pptx)$")
_PICTURE = re.compile(r"(?i)\.(jpe?g|png)$")
_THUMBNAIL = re.compile(r"(?i)docprops/thumbnail\.")

_XML = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = b"http://schemas.openxmlformats.org/"
# What stands in the properties from now on: the same parts, with nothing in them. Programs name them as they like, and
# say which they are.
_EMPTY = {
    "core-properties": _XML + b'<cp:coreProperties xmlns:cp="' + _OFFICE + b'package/2006/metadata/core-properties"/>',
    "extended-properties": _XML + b'<Properties xmlns="' + _OFFICE + b'officeDocument/2006/extended-properties"/>',
    "custom-properties": _XML + b'<Properties xmlns="' + _OFFICE + b'officeDocument/2006/custom-properties"/>',
    "thumbnail": b"",
}
_MOSTLY_CALLED = {
    "docprops/core.xml": "core-properties",
    "docprops/app.xml": "extended-properties",
    "docprops/custom.xml": "custom-properties",
}
_OF_THE_WHOLE = "_rels/.rels"
_DECLARES = re.compile(rb"""^\s*<\?xml[^>]*?\bencoding\s*=\s*["']([^"']*)["']""")
_PLAIN = frozenset({b"utf-8", b"us-ascii"})
_NOBODY = rb'\1"-"'


def _called(names: bytes) -> re.Pattern[bytes]:
    """An attribute of one of these names, whatever stands before it and however its value is quoted."""
    return re.compile(rb"""(\b(?:\w+:)?(?:""" + names + rb""")\s*=\s*)(?:"[^"]*"|'[^']*')""")


# fmt: off
_NAMES: tuple[tuple[re.Pattern[str], re.Pattern[bytes], bytes], ...] = (
    # in these parts                                     this                                          becomes
    (re.compile(r"(?i)^word/[^/]*\.xml$"),               _called(rb"author|initials|userId"),          _NOBODY),
    (re.compile(r"(?i)^xl/workbook\.xml$"),              _called(rb"url|userName"),                    _NOBODY),
    (re.compile(r"(?i)^xl/comments[^/]*\.xml$"),         re.compile(rb"(<(?:\w+:)?author\s*>)[^<]*(</)"), rb"\1-\2"),
    (re.compile(r"(?i)^xl/persons/[^/]*\.xml$"),         _called(rb"displayName|userId"),              _NOBODY),
    (re.compile(r"(?i)^ppt/(?:comment)?authors\.xml$"),  _called(rb"name|initials|userId"),            _NOBODY),
)
# fmt: on


def is_office(names: set[str]) -> bool:
    """Whether a packed file says of itself that it may be one."""
    return "[Content_Types].xml" in names


def rewrite_office(packed: zipfile.ZipFile, target: BinaryIO, policy: AttachmentPolicy) -> Findings:
    """Pack a document anew without what it tells about its makers. Raises Refused."""
    found: set[FileRemark] = set()
    kind = _repack(packed, target, policy, found, depth=0)
    remarks = tuple(remark for remark in FileRemark if remark in found)
    return Findings(kind, is_rewritten=True, is_clean=True, remarks=remarks)


def _repack(
    packed: zipfile.ZipFile, target: BinaryIO, policy: AttachmentPolicy, found: set[FileRemark], *, depth: int
) -> FileKind:
    parts = parts_within(packed, policy)
    kind = _kind_of(parts)
    empty = _what_tells_of_makers(packed, parts)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as anew:
        for part in parts:
            if not part.is_dir():
                said = empty.get(part.filename.casefold())
                if said is not None:
                    anew.writestr(new_part(part.filename), said)
                else:
                    _copy(packed, part, anew, policy, found, depth=depth)
    return kind


def _what_tells_of_makers(packed: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> dict[str, bytes]:
    """The parts about the document itself, by what it says they are and by what they are mostly called, made empty."""
    empty = {name: _EMPTY[kind] for name, kind in _MOSTLY_CALLED.items()}
    for part in parts:
        if part.filename.casefold() == _OF_THE_WHOLE:
            for one in relations_in(_plain(_in_memory(packed, part))):
                if one.kind in _EMPTY and not one.is_outside:
                    empty[one.part] = _EMPTY[one.kind]
    return empty


def _in_memory(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    if part.file_size > LARGEST_IN_MEMORY:
        raise Refused(FileRefusal.BOMB)
    return packed.read(part)


def _plain(body: bytes) -> bytes:
    """A part in XML that is written so that what is looked for in it is found. Raises Refused for any other.

    The programs write UTF-8 and declare no abbreviations; another encoding would hide every name from who looks for it.
    """
    declared = _DECLARES.match(body.removeprefix(codecs.BOM_UTF8))
    if b"\0" in body or (declared is not None and declared.group(1).lower() not in _PLAIN):
        raise Refused(FileRefusal.UNKNOWN)
    if b"<!DOCTYPE" in body:
        raise Refused(FileRefusal.BOMB)
    return body


def _kind_of(parts: list[zipfile.ZipInfo]) -> FileKind:
    """What is packed there, before anything is unpacked. Raises Refused."""
    names = {part.filename for part in parts}
    if not is_office(names):
        raise Refused(FileRefusal.UNKNOWN)
    if any(_RUNS.search(name) for name in names):
        raise Refused(FileRefusal.MACROS)
    kinds = [kind for name, kind in _MAIN_PARTS.items() if name in names]
    if len(kinds) != 1:
        raise Refused(FileRefusal.UNKNOWN)
    return kinds[0]


def _copy(
    packed: zipfile.ZipFile,
    part: zipfile.ZipInfo,
    anew: zipfile.ZipFile,
    policy: AttachmentPolicy,
    found: set[FileRemark],
    *,
    depth: int,
) -> None:
    """Write one part anew, from memory where something in it may change and piece by piece otherwise."""
    name = part.filename
    if _ENCLOSED.search(name) or _PICTURE.search(name) or name.casefold().endswith((".xml", ".rels")):
        body = _in_memory(packed, part)
        anew.writestr(new_part(name), _changed(name, body, policy, found, depth=depth))
    elif _THUMBNAIL.search(name):
        anew.writestr(new_part(name), b"")
    else:
        copy_of(packed, part, anew)


def _changed(name: str, body: bytes, policy: AttachmentPolicy, found: set[FileRemark], *, depth: int) -> bytes:
    if _ENCLOSED.search(name):
        return _enclosed(name, body, policy, found, depth=depth)
    if _PICTURE.search(name):
        return without_notes(body)
    body = _plain(body)
    if name.casefold().endswith(".rels"):
        return relations_anew(body)
    for parts, pattern, becomes in _NAMES:
        if parts.search(name):
            body = pattern.sub(becomes, body)
    return body


def _enclosed(name: str, body: bytes, policy: AttachmentPolicy, found: set[FileRemark], *, depth: int) -> bytes:
    """A document in the document, such as the table behind a chart, is written anew too; anything else is emptied."""
    if _DOCUMENT.search(name) and depth < DEEPEST:
        anew = io.BytesIO()
        try:
            with zipfile.ZipFile(io.BytesIO(body)) as packed:
                _repack(packed, anew, policy, found, depth=depth + 1)
        except zipfile.BadZipFile:
            found.add(FileRemark.ENCLOSED)
            return b""
        return anew.getvalue()
    found.add(FileRemark.ENCLOSED)
    return b""
