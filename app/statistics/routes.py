"""The page of statistics, and the same numbers as a file."""

from __future__ import annotations

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.pipeline.access import asks
from app.presentation.spreadsheet import spreadsheet
from app.statistics import blueprint
from app.statistics.queries import Year, tables_of, years_over
from models.rules.permissions import Permission
from models.rules.retention import SMALLEST_CELL


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
    rows = [
        (year.words, table.title, words, _number(one))
        for table in tables_of(year)
        for words, one in ((_("合計"), table.shown.total), *table.shown.cells.items())
    ]
    return spreadsheet(f"statistics-{year.begins}.csv", [_("年度"), _("表"), _("項目"), _("人数")], rows)


def _asked_for(years: tuple[Year, ...]) -> Year | None:
    """The year that the address names, or else the newest; None when none is over yet."""
    known = {str(year.begins): year for year in years}
    return known.get(request.args.get("year", ""), next(iter(years), None))


def _number(count: int | None) -> str:
    """A count as it is shown; what is suppressed looks the same whatever it is."""
    return str(_("非表示")) if count is None else str(count)
