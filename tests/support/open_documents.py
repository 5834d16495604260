"""OpenDocument files for tests, made by a library: with the marks that must go, or with what must be refused."""

from __future__ import annotations

import io
import zipfile

from odfdo import Cell, Document, DrawPage, Element, Frame, Header, Paragraph, Row, Table, XmlPart

from tests.support import files as made
from tests.support.files import AUTHOR, FAR_AWAY, LINK

WORDS = "本文です、消えてはいけません"
KINDS = ("odt", "ods", "odp")
_NAMES = {"odt": "text", "ods": "spreadsheet", "odp": "presentation"}
PRINTER = "総務課の複合機"
_PRINTER = f"""<config:config-item-set config:name="ooo:configuration-settings">
<config:config-item config:name="PrinterName" config:type="string">{PRINTER}</config:config-item>
<config:config-item config:name="PrinterSetup" config:type="base64Binary">{"QUFB" * 9}</config:config-item>
<config:config-item config:name="RsidRoot" config:type="int">1234567</config:config-item>
<config:config-item config:name="TabsRelativeToIndent" config:type="boolean">false</config:config-item>
</config:config-item-set>"""


def document(kind: str = "odt", *, extra: dict[str, bytes] | None = None, inside: str = "") -> bytes:
    """A document with an author in all the places where one stands, a photo, a comment, a link and far-away parts."""
    made_of = Document(_NAMES[kind])
    made_of.meta.creator = made_of.meta.initial_creator = AUTHOR
    made_of.meta.title = f"{AUTHOR}の書類"
    picture = made_of.add_file(io.BytesIO(made.photo(turned=False)))
    _fill(made_of, kind, picture, inside)
    _add_to(made_of, "settings.xml", "//office:settings", _PRINTER)
    written = io.BytesIO()
    made_of.save(written)
    return with_parts(written.getvalue(), extra or {})


def _add_to(made_of: Document, part: str, place: str, what: str) -> None:
    found = made_of.get_part(part)
    assert isinstance(found, XmlPart)
    element = found.get_element(place)
    assert element is not None
    element.append(Element.from_tag(what))


def _fill(made_of: Document, kind: str, picture: str, inside: str) -> None:
    words = Paragraph(WORDS)
    words.insert_annotation(after="本文", body="確かめました", creator=AUTHOR)
    words.append(Element.from_tag(f'<text:author-name text:fixed="true">{AUTHOR}</text:author-name>'))
    words.append(Element.from_tag(f'<text:file-name text:fixed="true">/home/{AUTHOR}/x.odt</text:file-name>'))
    words.append(Element.from_tag(f'<text:a xlink:type="simple" xlink:href="{LINK}">手引き</text:a>'))
    words.append(Frame.image_frame(picture, size=("3cm", "2cm"), anchor_type="as-char"))
    words.append(Frame.image_frame(FAR_AWAY, size=("3cm", "2cm"), anchor_type="as-char"))
    if inside:
        words.append(Element.from_tag(inside))
    body = made_of.body
    if kind == "odt":
        body.clear()
        body.append(Element.from_tag(_CHANGED))
        body.append(Header(1, "見出し"))
        body.append(words)
    elif kind == "ods":
        body.clear()
        table, row, cell = Table("一枚目"), Row(), Cell()
        cell.append(words)
        row.append_cell(cell)
        row.append_cell(Cell(value=3, formula="of:=1+2"))
        table.append_row(row)
        body.append(table)
    else:
        page = DrawPage("page1", name="一枚目")
        page.append(Frame.text_frame(words, size=("10cm", "5cm"), position=("1cm", "1cm")))
        body.clear()
        body.append(page)


_CHANGED = f"""<text:tracked-changes><text:changed-region text:id="c1"><text:insertion><office:change-info>
<dc:creator>{AUTHOR}</dc:creator><dc:date>2026-11-20T21:14:00</dc:date></office:change-info></text:insertion>
</text:changed-region></text:tracked-changes>"""


def with_parts(body: bytes, parts: dict[str, bytes], *, without: frozenset[str] = frozenset()) -> bytes:
    """The same file with these parts beside or in place of its own."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            if part.filename not in parts and part.filename not in without:
                new.writestr(part, old.read(part))
        for name, content in parts.items():
            new.writestr(name, content)
    return written.getvalue()


def locked() -> bytes:
    """As a writer locks a document: the list of parts says so, and the parts are noise."""
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">'
        '<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.text"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml" manifest:size="99">'
        '<manifest:encryption-data manifest:checksum-type="SHA256/1K" manifest:checksum="AAAA"/>'
        "</manifest:file-entry></manifest:manifest>"
    )
    noise = bytes(range(256)) * 4
    return with_parts(document(), {"META-INF/manifest.xml": manifest.encode(), "content.xml": noise, "meta.xml": noise})
