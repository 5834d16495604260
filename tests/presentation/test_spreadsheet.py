"""A file for spreadsheets holds words and no formulas, and is read as Japanese."""

import csv
import io
from datetime import UTC, datetime

import pytest
from flask import Flask

from app.presentation.spreadsheet import as_words, spreadsheet, workbook
from tests.support.report_files import lines_in_workbook


@pytest.mark.parametrize(
    "cell", ["=1+1", "+81", "-2", "@SUM(A1)", "\t=1", " =1", "\u3000=1", "\uff1d1", "\uff201", "\r=1"]
)
def test_what_a_program_would_compute_is_made_words(cell: str):
    assert as_words(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["会社", "2026年11月27日", "CN-2", "1-2", "", 12])
def test_ordinary_words_stay_as_they_are(cell: object):
    assert as_words(cell) == str(cell)


def test_the_file_begins_with_the_mark_and_keeps_commas_and_lines_in_their_cells(app: Flask):
    with app.test_request_context():
        answer = spreadsheet("record.csv", ["会社", "宛先"], [("甲,乙\n丙", "=HYPERLINK()")])
    told = answer.get_data().decode("utf-8")
    assert told.startswith("\ufeff")
    assert list(csv.reader(io.StringIO(told[1:]))) == [["会社", "宛先"], ["甲,乙\n丙", "'=HYPERLINK()"]]
    assert answer.headers["Content-Disposition"] == 'attachment; filename="record.csv"'


def test_a_workbook_says_the_same_computes_nothing_and_is_made_again_byte_for_byte(app: Flask):
    at = datetime(2027, 4, 1, tzinfo=UTC)
    rows = [("=HYPERLINK()", 12), ("https://example.org", "非表示"), ("+81", 0)]
    with app.test_request_context():
        first = workbook("report.xlsx", "年度", ["項目", "@数"], rows, made_at=at).get_data()
        assert workbook("report.xlsx", "年度", ["項目", "@数"], rows, made_at=at).get_data() == first
    assert lines_in_workbook(first) == [
        ["項目", "'@数"],
        ["'=HYPERLINK()", "12"],
        ["https://example.org", "非表示"],
        ["'+81", "0"],
    ]
