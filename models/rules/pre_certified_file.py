"""The file of the pre-certified (事前認定): how it is read, and why a whole file cannot be (domain 1.3).

It is a table of five columns with Japanese headings, as a spreadsheet saves it: in UTF-8 with or without its mark, or in
the Shift_JIS of Windows. What cannot be read as a whole is refused as a whole; what is wrong in one line is for
pre_certified.py.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from models.rules.labelled import Labelled

LARGEST_FILE = 128 * 1024
MOST_LINES = 300
LONGEST_CELL = 120
"""No company's name in the register is longer, and nothing else in this file."""


class Column(Labelled):
    """The columns, in the order of the empty table; the Japanese words are the headings."""

    # fmt: off
    CORPORATE_NUMBER = "corporate_number", "法人番号",     "Corporate number"
    COMPANY          = "company",          "会社名",       "Company"
    NUMBER           = "number",           "認定番号",     "Certification number"
    VALID_FROM       = "valid_from",       "認定の初日",   "First day"
    VALID_TO         = "valid_to",         "認定の最終日", "Last day"
    # fmt: on


class OwnColumn(Labelled):
    """What our own list of refused lines adds: that list may be corrected and given again."""

    LINE   = "line",   "行",   "Line"
    REASON = "reason", "理由", "Reason"


class FileProblem(Labelled):
    """Why nothing of a file could be read."""

    TOO_LARGE = (
        "too_large",
        "ファイルが大きすぎます。128キロバイトまでです。表のほかに何も入っていないか確かめてください。",
        "The file is too large: 128 kilobytes at most. Make sure that it holds nothing but the table.",
    )
    UNREADABLE = (
        "unreadable",
        "文字を読み取れませんでした。表計算ソフトで「CSV UTF-8」の形で保存し直してから、もう一度選んでください。",
        "The characters cannot be read. Save it again as “CSV UTF-8” in your spreadsheet, then choose it again.",
    )
    BROKEN = (
        "broken",
        'CSVの形が途中で崩れています。引用符(")が閉じているか確かめて、保存し直してください。',
        'The table breaks off. Check that every quotation mark (") is closed, and save it again.',
    )
    NO_HEADINGS = (
        "no_headings",
        "1行目に、ひな形と同じ5つの見出しが見つかりません。ひな形を保存して、その見出しの下に書いてください。",
        "The first line lacks the five headings of the empty table. Save the empty table and write below its headings.",
    )
    MORE = (
        "more",
        "ひな形にない見出しか、同じ見出しが2つあります。担当者の名前などの列は消してから、もう一度選んでください。",
        "There is a heading that the empty table lacks, or one twice. Remove columns such as contact names, then choose it again.",
    )
    NO_LINES = (
        "no_lines",
        "見出しの下に、1行も書かれていません。",
        "Nothing is written below the headings.",
    )
    TOO_MANY = (
        "too_many",
        "一度に300行までです。ファイルを分けて、取り込んでください。",
        "At most 300 lines at once. Split the file and bring in each part.",
    )


class Unusable(Exception):
    """Nothing of the file can be used."""

    def __init__(self, problem: FileProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Line:
    """One line below the headings, as it is written; cells is by column."""

    at: int
    cells: dict[Column, str]
    has_more: bool = False
    """Whether something stands to the right of the last heading, as when a comma is not in quotation marks."""


def read_file(body: bytes) -> list[Line]:
    """The lines of a file. Raises Unusable."""
    if len(body) > LARGEST_FILE:
        raise Unusable(FileProblem.TOO_LARGE)
    rows = list(_rows(_words(body)))
    if not rows:
        raise Unusable(FileProblem.NO_HEADINGS)
    headings = _headings(rows[0][1])
    if len(rows) == 1:
        raise Unusable(FileProblem.NO_LINES)
    if len(rows) > MOST_LINES + 1:
        raise Unusable(FileProblem.TOO_MANY)
    return [_line(at, cells, headings) for at, cells in rows[1:]]


def _words(body: bytes) -> str:
    for encoding in ("utf-8-sig", "cp932"):
        try:
            words = body.decode(encoding)
        except UnicodeDecodeError:
            continue
        if any(sign not in "\t\r\n" and unicodedata.category(sign) == "Cc" for sign in words):
            break
        # Signs that show nothing come along when a name is copied from a page.
        return "".join(sign for sign in words if unicodedata.category(sign) != "Cf")
    raise Unusable(FileProblem.UNREADABLE)


def _rows(words: str) -> Iterator[tuple[int, list[str]]]:
    """Each row in which something stands, with the line of the file on which it begins."""
    reader = csv.reader(io.StringIO(words, newline=""), strict=True)
    begins = 1
    try:
        for cells in reader:
            tidy = [" ".join(cell.split()) for cell in cells]
            if any(tidy):
                yield begins, tidy
            begins = reader.line_num + 1
    except csv.Error as broken:
        raise Unusable(FileProblem.BROKEN) from broken


def _headings(cells: Sequence[str]) -> list[Column | None]:
    """Which column stands where; None for one of our own that is not read again."""
    written = [unicodedata.normalize("NFKC", cell).replace(" ", "") for cell in cells]
    while written and not written[-1]:
        written.pop()
    known: dict[str, Column | None] = {column.ja: column for column in Column}
    if not set(known) <= set(written):
        raise Unusable(FileProblem.NO_HEADINGS)
    known.update((column.ja, None) for column in OwnColumn)
    if len(set(written)) < len(written) or not set(written) <= set(known):
        raise Unusable(FileProblem.MORE)
    return [known[words] for words in written]


def _line(at: int, cells: Sequence[str], headings: Sequence[Column | None]) -> Line:
    padded = [*cells, *[""] * (len(headings) - len(cells))]
    named = {column: cell for column, cell in zip(headings, padded, strict=False) if column is not None}
    return Line(at, named, has_more=any(cells[len(headings) :]))
