"""A table as a file for spreadsheets: read as Japanese by all of them, and run by none of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from flask import Response, make_response

BYTE_ORDER_MARK = "\ufeff"
# A cell that begins so is taken for a formula; full-width forms count, because some programs read them alike.
BEGINS_A_FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


def spreadsheet(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """The file, with this name for downloading it."""
    lines = io.StringIO()
    writer = csv.writer(lines)
    writer.writerow([as_words(cell) for cell in header])
    writer.writerows([as_words(cell) for cell in row] for row in rows)
    # Spreadsheets take a file for Japanese of another time unless it begins with this mark.
    response: Response = make_response(BYTE_ORDER_MARK + lines.getvalue())
    response.mimetype = "text/csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def workbook(
    name: str, title: str, header: Sequence[str], rows: Iterable[Sequence[object]], *, made_at: datetime
) -> Response:
    """The same as a workbook of one sheet: whole numbers are numbers, all else is words, and nothing is computed."""
    # Loaded by whoever asks for a workbook, so that no worker carries it.
    import xlsxwriter  # noqa: PLC0415 - see above

    written = io.BytesIO()
    book = xlsxwriter.Workbook(
        written,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False},
    )
    book.set_properties({"title": title, "created": made_at.astimezone(UTC).replace(tzinfo=None)})
    sheet = book.add_worksheet(as_words(title))
    sheet.freeze_panes(1, 0)
    for place, line in enumerate((header, *rows)):
        for column, cell in enumerate(line):
            if isinstance(cell, int):
                sheet.write_number(place, column, cell)
            else:
                sheet.write_string(place, column, as_words(cell))
    sheet.autofit()
    book.close()
    response: Response = make_response(written.getvalue())
    response.mimetype = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def as_words(cell: object) -> str:
    """What a cell says; an apostrophe before what would be computed makes it words."""
    words = str(cell)
    return f"'{words}" if words.lstrip(" \u3000").startswith(BEGINS_A_FORMULA) else words
