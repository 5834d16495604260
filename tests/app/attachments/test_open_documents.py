"""OpenDocument files: taken, cleaned of their makers, and refused or said where that cannot be."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from flask import Flask
from odfdo import Document
from sqlalchemy import select

from app.attachments.examination.findings import Findings, Refused
from app.attachments.examination.packed import rewrite_packed
from app.pipeline.transaction import db
from models.attachment import Attachment
from models.rules.attachments import ATTACHMENT_POLICIES, SUFFIXES, FileKind, FileRefusal, FileRemark
from tests.app.attachments.conftest import Hers, give
from tests.support import files, open_documents
from tests.support.open_documents import KINDS, PRINTER, WORDS, document, with_parts

POLICY = ATTACHMENT_POLICIES[-1]
MARKS = (open_documents.AUTHOR, PRINTER, "RsidRoot", files.DEVICE, files.FAR_AWAY, "Exif", "odfdo")
SCRIPT = (
    '<office:event-listeners><script:event-listener script:language="ooo:script" script:event-name="dom:load" '
    'xlink:href="vnd.sun.star.script:Standard.M.Go?language=Basic&amp;location=document"/></office:event-listeners>'
)

DDE = (
    '<text:dde-connection-decls><text:dde-connection-decl office:name="calc" office:dde-application="soffice" '
    'office:dde-topic="a" office:dde-item="b"/></text:dde-connection-decls>'
)


class Target(io.RawIOBase):
    """Takes what is written and cannot go back in it, as a file that is being sealed."""

    def __init__(self) -> None:
        self.held = bytearray()

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return len(self.held)

    def write(self, content: bytes) -> int:
        self.held += bytes(content)
        return len(content)


def cleaned(body: bytes) -> tuple[bytes, Findings]:
    target = Target()
    findings = rewrite_packed(io.BytesIO(body), target, io.BytesIO(), POLICY)
    return bytes(target.held), findings


def refusal_of(body: bytes) -> FileRefusal:
    with pytest.raises(Refused) as refused:
        cleaned(body)
    return refused.value.why


def part_of(body: bytes, name: str = "content.xml") -> str:
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        return packed.read(name).decode()


def marks_in(body: bytes) -> list[str]:
    unpacked = files.unpacked(body)
    return [mark for mark in MARKS if mark.encode() in unpacked]


@pytest.mark.parametrize("kind", KINDS)
def test_a_document_loses_its_makers_and_keeps_its_words(kind: str) -> None:
    given = document(kind)
    assert set(marks_in(given)) == set(MARKS), "the file for the test carries what must go"
    kept, findings = cleaned(given)
    assert marks_in(kept) == []
    assert findings.kind is FileKind(kind)
    assert (findings.is_rewritten, findings.is_clean, findings.remarks) == (True, True, ())
    content = part_of(kept)
    assert "確かめました" in content
    assert files.LINK in content
    read = Document(io.BytesIO(kept))
    assert WORDS[:2] in "".join(read.body.xpath("//text()"))
    assert read.get_type() in {"text", "spreadsheet", "presentation"}
    pictures = [name for name in zipfile.ZipFile(io.BytesIO(kept)).namelist() if name.startswith("Pictures/")]
    assert len(pictures) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_written_anew_is_a_whole_document_of_its_kind(kind: str) -> None:
    kept, _findings = cleaned(document(kind))
    with zipfile.ZipFile(io.BytesIO(kept)) as packed:
        assert packed.testzip() is None
        first = packed.infolist()[0]
        assert (first.filename, first.compress_type, first.flag_bits & 0x08) == ("mimetype", zipfile.ZIP_STORED, 0)
        listed = set(re.findall(r'full-path="([^"]+)"', packed.read("META-INF/manifest.xml").decode()))
        assert listed == {"/", *packed.namelist()} - {"mimetype", "META-INF/manifest.xml"}
        assert {part.date_time[0] for part in packed.infolist()} == {1980}
    assert kept[30:77].startswith(b"mimetypeapplication/vnd.oasis.opendocument.")
    again, _findings = cleaned(kept)
    assert again == kept


@pytest.mark.parametrize("name", ["Basic/Standard/Module1.xml", "Scripts/python/go.py", "Dialogs/Standard/a.xml"])
def test_macros_are_refused(name: str) -> None:
    assert refusal_of(document(extra={name: b"<x/>"})) is FileRefusal.MACROS


@pytest.mark.parametrize(
    ("inside", "gone"),
    [
        (SCRIPT, "vnd.sun.star.script"),
        ('<text:a xlink:type="simple" xlink:href="vnd.sun.star.script:A.B.C">押す</text:a>', "vnd.sun.star.script"),
        ('<text:a xlink:type="simple" xlink:href="javascript:go()">押す</text:a>', "javascript"),
        (DDE, "dde-topic"),
    ],
)  # fmt: skip
def test_what_runs_by_itself_is_taken_out_and_that_is_said(inside: str, gone: str) -> None:
    given = document(inside=inside)
    assert gone in part_of(given)
    kept, findings = cleaned(given)
    assert gone not in part_of(kept)
    assert FileRemark.SCRIPTS in findings.remarks
    assert WORDS[:2] in part_of(kept)


def test_a_script_between_the_words_is_taken_out_by_its_meaning_and_not_by_its_abbreviation() -> None:
    given = document()
    content = part_of(given).replace("xmlns:script=", "xmlns:z=").replace("script:", "z:")
    listener = SCRIPT.replace("<script:", "<z:").replace(" script:", " z:")
    content = content.replace("</office:text>", f"{listener}</office:text>")
    kept, findings = cleaned(with_parts(given, {"content.xml": content.encode()}))
    assert "Standard.M.Go" not in part_of(kept)
    assert FileRemark.SCRIPTS in findings.remarks


@pytest.mark.parametrize(
    "address",
    ["http://tracker.example/a.png", "file:///C:/a.png", "../a.png", "/etc/a.png", "//tracker.example/a", "x:y"],
)
def test_nothing_is_fetched_from_elsewhere(address: str) -> None:
    inside = (
        f'<text:span><draw:frame><draw:object xlink:href="{address}" xlink:type="simple"/></draw:frame>'
        f'<draw:plugin xml:base="http://tracker.example/" xlink:href="{address}"/></text:span>'
    )
    kept, _findings = cleaned(document(inside=inside))
    assert address not in part_of(kept)
    assert "xml:base" not in part_of(kept)
    assert part_of(kept).count("about:blank") == 3


def test_a_formula_that_asks_elsewhere_keeps_its_value_alone() -> None:
    given = document("ods")
    content = part_of(given).replace('"of:=1+2"', '"of:=WEBSERVICE(&quot;http://tracker.example&quot;)"')
    kept, findings = cleaned(with_parts(given, {"content.xml": content.encode()}))
    assert "tracker.example" not in part_of(kept)
    assert 'office:value="3"' in part_of(kept)
    assert FileRemark.SCRIPTS in findings.remarks
    assert "of:=1+2" in part_of(cleaned(given)[0])


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("Pictures/report.docx", files.office()),
        ("Pictures/program.png", b"MZ" + bytes(400)),
        ("Media/voice.m4a", files.sound()),
        ("Object 1", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
        ("notes.txt", "中に入れたもの".encode()),
    ],
)
def test_what_is_no_part_of_a_document_is_left_out_and_that_is_said(name: str, body: bytes) -> None:
    kept, findings = cleaned(document(extra={name: body}))
    assert name not in zipfile.ZipFile(io.BytesIO(kept)).namelist()
    assert findings.remarks == (FileRemark.ENCLOSED,)


def test_a_document_in_the_document_is_cleaned_too() -> None:
    chart = part_of(document()).encode()
    kept, findings = cleaned(
        document(extra={"Object 1/content.xml": chart, "Object 1/meta.xml": files.AUTHOR.encode()})
    )
    assert marks_in(kept) == []
    assert "Object 1/content.xml" in zipfile.ZipFile(io.BytesIO(kept)).namelist()
    assert findings.remarks == ()


def test_a_locked_document_is_taken_as_it_is_and_that_is_said() -> None:
    kept, findings = cleaned(open_documents.locked())
    assert (kept, findings.is_rewritten, findings.is_clean) == (b"", False, False)
    assert findings.remarks == (FileRemark.LOCKED,)


ABBREVIATION = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>'


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (lambda: document(extra={"content.xml": ABBREVIATION}), FileRefusal.BOMB),
        (lambda: document(extra={"META-INF/manifest.xml": ABBREVIATION}), FileRefusal.BOMB),
        (lambda: document(extra={"content.xml": b"<a>" * 2000 + b"</a>" * 2000}), FileRefusal.BOMB),
        (lambda: document(extra={"content.xml": b" " * (65 * 1024 * 1024)}), FileRefusal.BOMB),
        (lambda: document(extra={f"Pictures/{n}.png": b"" for n in range(5001)}), FileRefusal.BOMB),
        (lambda: document(extra={"content.xml": b"<a><b></a>"}), FileRefusal.DAMAGED),
        (lambda: document(extra={"content.xml": b""}), FileRefusal.DAMAGED),
        (lambda: with_parts(document(), {}, without=frozenset({"content.xml"})), FileRefusal.DAMAGED),
        (lambda: with_parts(document(), {}, without=frozenset({"META-INF/manifest.xml"})), FileRefusal.DAMAGED),
        (lambda: document()[:-900], FileRefusal.DAMAGED),
        (lambda: document(extra={"mimetype": b"application/epub+zip"}), FileRefusal.UNKNOWN),
        (lambda: document(extra={"mimetype": b"application/vnd.oasis.opendocument.graphics"}), FileRefusal.UNKNOWN),
        (lambda: document(extra={"mimetype": b"x" * 100_000}), FileRefusal.UNKNOWN),
        (lambda: with_parts(document(), {}, without=frozenset({"mimetype"})), FileRefusal.UNKNOWN),
        # Both at once, for whoever opens it with the one program or the other.
        (lambda: document(extra={"[Content_Types].xml": b"<T/>", "word/document.xml": b"<w/>"}), FileRefusal.UNKNOWN),
        (lambda: files.office(extra={"mimetype": b"application/vnd.oasis.opendocument.text"}), FileRefusal.UNKNOWN),
    ],
)  # fmt: skip
def test_what_is_no_sound_document_is_refused(body, why: FileRefusal) -> None:
    assert refusal_of(body()) is why


def test_a_bomb_among_the_parts_is_refused_before_it_unfolds() -> None:
    written = io.BytesIO(document())
    with zipfile.ZipFile(written, "a", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for number in range(5):
            with packed.open(f"Pictures/{number}.bmp", "w") as part:
                for _ in range(90):
                    part.write(bytes(1_000_000))
    assert refusal_of(written.getvalue()) is FileRefusal.BOMB


@pytest.mark.parametrize(("kind", "name"), [("odt", "a.odt"), ("ods", "table.docx"), ("odp", "photo.jpg")])
def test_the_page_takes_it_for_what_it_is_whatever_it_is_called(app: Flask, hers: Hers, kind: str, name: str) -> None:
    page = give(hers.visitor, (document(kind), name))
    assert FileKind(kind).ja in page.text
    with app.app_context():
        row = db().scalars(select(Attachment)).one()
    answer = hers.visitor.client.get(f"/mailbox/files/{row.id.hex}/content")
    assert f'file-1.{SUFFIXES[FileKind(kind)]}"' in answer.headers["Content-Disposition"]
    assert marks_in(answer.data) == []
    assert WORDS[:2] in part_of(answer.data)


def test_a_picture_with_a_document_behind_it_is_a_picture_and_nothing_more(app: Flask, hers: Hers) -> None:
    give(hers.visitor, (files.photo(more=document()), "both.odt"))
    with app.app_context():
        row = db().scalars(select(Attachment)).one()
    content = hers.visitor.client.get(f"/mailbox/files/{row.id.hex}/content").data
    assert content[:3] == b"\xff\xd8\xff"
    assert b"PK\x03\x04" not in content


@pytest.mark.parametrize("head", ["{\\rtf1\\ansi{\\info{\\author ", '<?xml version="1.0"?>\n<office:document '])
def test_a_text_that_a_program_takes_for_a_document_is_not_called_clean(app: Flask, hers: Hers, head: str) -> None:
    page = give(hers.visitor, ((head + files.AUTHOR).encode(), "a.txt"))
    assert "1個のファイルを受け取りました" in page.text
    hers.visitor.get(page.links["ファイル1を見る"])
    assert FileRemark.UNCLEAN.ja in hers.visitor.page.text
