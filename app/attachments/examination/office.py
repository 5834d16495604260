"""Office documents: unpacked part by part and packed anew, without author, history, enclosures and far-away parts."""

from __future__ import annotations

import io
import re
import zipfile
from typing import BinaryIO

from app.attachments.examination.findings import Findings, Refused
from app.attachments.examination.parts import LARGEST_IN_MEMORY, copy_of, new_part, parts_within
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
# What stands in the properties from now on: the same parts, with nothing in them.
_EMPTY_PARTS = {
    "docprops/core.xml": _XML
    + b'<cp:coreProperties xmlns:cp="'
    + _OFFICE
    + b'package/2006/metadata/core-properties"/>',
    "docprops/app.xml": _XML + b'<Properties xmlns="' + _OFFICE + b'officeDocument/2006/extended-properties"/>',
    "docprops/custom.xml": _XML + b'<Properties xmlns="' + _OFFICE + b'officeDocument/2006/custom-properties"/>',
}
# fmt: off
_NAMES: tuple[tuple[re.Pattern[str], re.Pattern[bytes], bytes], ...] = (
    # in these parts                                  this                                             becomes
    (re.compile(r"(?i)^word/[^/]*\.xml$"),            re.compile(rb'(\bw:(?:author|initials)=")[^"]*"'), rb'\1-"'),
    (re.compile(r"(?i)^word/people\.xml$"),           re.compile(rb'(\b(?:w15:)?(?:author|userId)=")[^"]*"'), rb'\1-"'),
    (re.compile(r"(?i)^xl/workbook\.xml$"),           re.compile(rb'(\b(?:url|userName)=")[^"]*"'), rb'\1-"'),
    (re.compile(r"(?i)^xl/comments[^/]*\.xml$"),      re.compile(rb"(<author>)[^<]*(</author>)"),         rb"\1-\2"),
    (re.compile(r"(?i)^xl/persons/[^/]*\.xml$"),      re.compile(rb'(\b(?:displayName|userId)=")[^"]*"'), rb'\1-"'),
    (re.compile(r"(?i)^ppt/(?:comment)?authors\.xml$"), re.compile(rb'(\b(?:name|initials|userId)=")[^"]*"'), rb'\1-"'),
)
# fmt: on
_FAR_AWAY = re.compile(rb'<Relationship\b(?=[^>]*\bTargetMode="External")(?![^>]*/hyperlink")[^>]*>')
_TARGET = re.compile(rb'(\bTarget=")[^"]*"')


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
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as anew:
        for part in parts:
            if not part.is_dir():
                _copy(packed, part, anew, policy, found, depth=depth)
    return kind


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
        if part.file_size > LARGEST_IN_MEMORY:
            raise Refused(FileRefusal.BOMB)
        anew.writestr(new_part(name), _changed(name, packed.read(part), policy, found, depth=depth))
    elif _THUMBNAIL.search(name):
        anew.writestr(new_part(name), b"")
    else:
        copy_of(packed, part, anew)


def _changed(name: str, body: bytes, policy: AttachmentPolicy, found: set[FileRemark], *, depth: int) -> bytes:
    if (empty := _EMPTY_PARTS.get(name.casefold())) is not None:
        return empty
    if _ENCLOSED.search(name):
        return _enclosed(name, body, policy, found, depth=depth)
    if _PICTURE.search(name):
        return without_notes(body)
    if name.casefold().endswith(".rels"):
        return _FAR_AWAY.sub(lambda match: _TARGET.sub(rb'\1about:blank"', match.group(0)), body)
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
