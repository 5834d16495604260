"""A table as a file for spreadsheets: read as Japanese by all of them, and run by none of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

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


def as_words(cell: object) -> str:
    """What a cell says; an apostrophe before what would be computed makes it words."""
    words = str(cell)
    return f"'{words}" if words.lstrip(" \u3000").startswith(BEGINS_A_FORMULA) else words
