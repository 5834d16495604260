"""The lines of a report, read back from each of its forms."""

from __future__ import annotations

import csv
import io
import zipfile
from xml.etree.ElementTree import Element, fromstring

import pypdf

SHEET = {"s": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def lines_in_csv(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def lines_in_workbook(made: bytes) -> list[list[str]]:
    """Every cell as text, from the file's own parts; a formula anywhere in it fails."""
    with zipfile.ZipFile(io.BytesIO(made)) as book:
        sheet, shared = (_part(book, name) for name in ("worksheets/sheet1", "sharedStrings"))
    words = ["".join(one.itertext()) for one in shared]
    assert sheet.find(".//s:f", SHEET) is None
    return [[_cell(cell, words) for cell in row] for row in sheet.iterfind(".//s:row", SHEET)]


def _part(book: zipfile.ZipFile, name: str) -> Element:
    return fromstring(book.read(f"xl/{name}.xml"))  # noqa: S314 - what the product has just written itself


def _cell(cell: Element, words: list[str]) -> str:
    value = cell.findtext("s:v", "", SHEET)
    return words[int(value)] if cell.get("t") == "s" else value


def words_in_pdf(made: bytes) -> str:
    """All words in the order in which they are set, without spaces, and without the foot of each page."""
    pages = [page.extract_text().split("\n") for page in pypdf.PdfReader(io.BytesIO(made)).pages]
    return "".join("".join("".join(lines).split()) for lines in pages)
