"""The page of statistics, and the same numbers as a file."""

from __future__ import annotations

import csv
import io

from flask import Response, abort, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.pipeline.access import asks
from app.statistics import blueprint
from app.statistics.queries import Year, tables_of, years_over
from models.rules.permissions import Permission
from models.rules.retention import SMALLEST_CELL

BYTE_ORDER_MARK = "\ufeff"


@blueprint.get("/")
@asks(Permission.STATISTICS_READ)
def overview() -> ResponseReturnValue:
    years = years_over()
    year = _asked_for(years)
    return render_template(
        "statistics/overview.html",
        years=years,
        year=year,
        tables=tables_of(year) if year else (),
        smallest=SMALLEST_CELL,
        number=_number,
    )


@blueprint.get("/file")
@asks(Permission.STATISTICS_READ)
def file() -> ResponseReturnValue:
    year = _asked_for(years_over())
    if year is None:
        abort(404)
    lines = io.StringIO()
    writer = csv.writer(lines)
    writer.writerow([_("年度"), _("表"), _("項目"), _("人数")])
    for table in tables_of(year):
        writer.writerow([year.words, table.title, _("合計"), _number(table.shown.total)])
        writer.writerows([year.words, table.title, words, _number(one)] for words, one in table.shown.cells.items())
    # Spreadsheets take a file for Japanese of another time unless it begins with this mark.
    response: Response = make_response(BYTE_ORDER_MARK + lines.getvalue())
    response.mimetype = "text/csv"
    response.headers["Content-Disposition"] = f'attachment; filename="statistics-{year.begins}.csv"'
    return response


def _asked_for(years: tuple[Year, ...]) -> Year | None:
    """The year that the address names, or else the newest; None when none is over yet."""
    known = {str(year.begins): year for year in years}
    return known.get(request.args.get("year", ""), next(iter(years), None))


def _number(count: int | None) -> str:
    """A count as it is shown; what is suppressed looks the same whatever it is."""
    return str(_("非表示")) if count is None else str(count)
