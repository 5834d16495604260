"""PDF: written anew without its author, its history, its enclosures and everything in it that runs by itself."""

from __future__ import annotations

from typing import Any, BinaryIO

import pikepdf
from pikepdf import Name

from app.attachments.examination.findings import Findings, Refused
from app.attachments.examination.segments import without_notes
from models.rules.attachments import AttachmentPolicy, FileKind, FileRefusal, FileRemark

# What an object of any kind may carry about who made it, with what and when.
_HISTORY = ("/Metadata", "/PieceInfo", "/LastModified", "/CreationDate", "/ModDate", "/M", "/NM")
_OF_THE_ROOT = ("/OpenAction", "/AA", "/Metadata", "/PieceInfo", "/Collection", "/Perms", "/DSS", "/SpiderInfo")
_STAYS = frozenset({"/GoTo", "/URI", "/Named"})
"""What a click may do: go to a page of the document, or to an address that the reader is shown first."""
_ENCLOSES = frozenset({"/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"})


def rewrite_pdf(source: BinaryIO, target: BinaryIO, _preview: BinaryIO, _policy: AttachmentPolicy) -> Findings:
    """Write a PDF anew; one that is locked by a password stays as it is, and that is said. Raises Refused."""
    try:
        with pikepdf.open(source, access_mode=pikepdf.AccessMode.stream) as pdf:
            remarks = _clean(pdf)
            pdf.save(
                target,
                encryption=False,
                fix_metadata_version=False,
                compress_streams=False,
                stream_decode_level=pikepdf.StreamDecodeLevel.none,
            )
    except pikepdf.PasswordError:
        return Findings(FileKind.PDF, remarks=(FileRemark.LOCKED,))
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError):
        # Whatever a broken document makes the library stumble over, the document cannot be read.
        raise Refused(FileRefusal.DAMAGED) from None
    return Findings(FileKind.PDF, is_rewritten=True, is_clean=True, remarks=remarks)


def _clean(pdf: pikepdf.Pdf) -> tuple[FileRemark, ...]:
    if not len(pdf.pages):
        raise Refused(FileRefusal.DAMAGED)
    found: set[FileRemark] = set()
    for key in ("/Info", "/ID"):
        _drop(pdf.trailer, key)
    _clean_root(pdf.Root, found)
    for each in pdf.objects:
        if isinstance(each, pikepdf.Stream):
            _clean_stream(each)
        elif isinstance(each, pikepdf.Dictionary):
            _clean_dictionary(each, found)
    for page in pdf.pages:
        _clean_page(page.obj, found)
    return tuple(remark for remark in FileRemark if remark in found)


def _clean_root(root: Any, found: set[FileRemark]) -> None:
    if "/OpenAction" in root and _does(root["/OpenAction"]) not in _STAYS | {""}:
        found.add(FileRemark.SCRIPTS)
    for key in _OF_THE_ROOT:
        _drop(root, key)
    names = root.get("/Names")
    if isinstance(names, pikepdf.Dictionary):
        if "/JavaScript" in names:
            found.add(FileRemark.SCRIPTS)
        if "/EmbeddedFiles" in names:
            found.add(FileRemark.ENCLOSED)
        for key in ("/JavaScript", "/EmbeddedFiles", "/Renditions"):
            _drop(names, key)
    _drop(root, "/AF")
    form = root.get("/AcroForm")
    if isinstance(form, pikepdf.Dictionary):
        _drop(form, "/XFA")


def _clean_page(page: Any, found: set[FileRemark]) -> None:
    annotations = page.get("/Annots")
    if not isinstance(annotations, pikepdf.Array):
        return
    kept = []
    for one in annotations:
        if isinstance(one, pikepdf.Dictionary):
            if str(one.get("/Subtype", "")) in _ENCLOSES:
                found.add(FileRemark.ENCLOSED)
                continue
            _clean_dictionary(one, found)
        kept.append(one)
    page["/Annots"] = pikepdf.Array(kept)


def _clean_dictionary(each: Any, found: set[FileRemark]) -> None:
    """Take out who made it, and what it would do by itself."""
    for key in _HISTORY:
        _drop(each, key)
    if "/AA" in each:
        found.add(FileRemark.SCRIPTS)
        _drop(each, "/AA")
    if "/A" in each and (does := _does(each["/A"])) and does not in _STAYS:
        found.add(FileRemark.SCRIPTS)
        _drop(each, "/A")
    # The name of whoever wrote a remark beside the text stands where a form's field has its own name.
    if "/Subtype" in each and each.get("/Subtype") != Name.Widget and "/Rect" in each:
        _drop(each, "/T")
    # An embedded file that something still points to holds nothing any more.
    if "/EF" in each:
        found.add(FileRemark.ENCLOSED)
        _drop(each, "/EF")


def _clean_stream(stream: Any) -> None:
    for key in _HISTORY:
        _drop(stream, key)
    if stream.get("/Subtype") == Name.Image and stream.get("/Filter") == Name.DCTDecode:
        raw = stream.read_raw_bytes()
        plain = without_notes(raw)
        if len(plain) != len(raw):
            stream.write(plain, filter=Name.DCTDecode, decode_parms=stream.get("/DecodeParms"))


def _does(action: Any) -> str:
    return str(action.get("/S", "")) if isinstance(action, pikepdf.Dictionary) else ""


def _drop(owner: Any, key: str) -> None:
    if key in owner:
        del owner[key]
