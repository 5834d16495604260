"""Plain text: read through once, in the encodings that Japanese text stands in, and kept as it is."""

from __future__ import annotations

import codecs
import re
from typing import BinaryIO

from app.attachments.examination.findings import Findings, Refused
from models.rules.attachments import AttachmentPolicy, FileKind, FileRefusal, FileRemark

PIECE = 256 * 1024
CHARSETS = ("utf-8-sig", "iso2022_jp", "cp932", "euc_jp")
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# Tabs, ends of lines and pages, and the escape that one Japanese encoding uses; everything else is no text.
# Texts that a program opens as documents, with their makers in them: RTF, and office documents as one long text.
_A_DOCUMENT = re.compile(rb"\{\\rtf|<office:document|<\?mso-application|urn:oasis:names:tc:opendocument")
HEAD = 4096
_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")


def look_into_text(source: BinaryIO, _target: BinaryIO, _preview: BinaryIO, _policy: AttachmentPolicy) -> Findings:
    """Which encoding a text stands in. Raises Refused for what is text in none."""
    head = source.read(HEAD)
    candidates = ("utf-16",) if head[:2] in _UTF16_MARKS else CHARSETS
    for charset in candidates:
        if _reads_as(source, charset):
            if _A_DOCUMENT.search(head):
                return Findings(FileKind.TEXT, remarks=(FileRemark.UNCLEAN,), charset=charset)
            return Findings(FileKind.TEXT, is_clean=True, charset=charset)
    raise Refused(FileRefusal.UNKNOWN)


def _reads_as(source: BinaryIO, charset: str) -> bool:
    source.seek(0)
    decoder = codecs.getincrementaldecoder(charset)()
    try:
        while piece := source.read(PIECE):
            if _NO_TEXT.search(decoder.decode(piece)):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
