"""The page of statistics: the report of each year that is over, as it was made, and the same lines as files."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.pipeline.access import asks
from app.pipeline.identity import actor_here
from app.presentation.filters import current_language
from app.presentation.pdf import as_download
from app.statistics import blueprint
from app.statistics.actions import make_report
from app.statistics.files import as_paper, as_spreadsheet, as_workbook
from app.statistics.queries import Year, years_over
from app.statistics.report import made_report, maker_of, read_report, shown_value
from models.rules.permissions import Permission, may_ever
from models.rules.retention import SMALLEST_CELL
from models.yearly_report import YearlyReport


@blueprint.get("/")
@asks(Permission.STATISTICS_READ)
def overview() -> ResponseReturnValue:
    years = years_over()
    year = _asked_for(years)
    kept = made_report(year) if year else None
    return render_template(
        "statistics/overview.html",
        years=years,
        year=year,
        kept=kept,
        report=read_report(kept, current_language()) if kept else None,
        maker=maker_of(kept) if kept else "",
        may_make=may_ever(Permission.STATISTICS_REPORT, actor_here().role),
        smallest=SMALLEST_CELL,
        shown_value=shown_value,
    )


@blueprint.post("/report")
@asks(Permission.STATISTICS_REPORT)
def make() -> ResponseReturnValue:
    year = _named(years_over(), request.form.get("year", ""))
    if make_report(year, actor=actor_here()):
        flash(_("報告を作りました。この年度の数は、これから変わりません。"), "success")
    else:
        flash(_("この年度の報告は、もう作られています。"), "info")
    return redirect(url_for("statistics.overview", year=year.begins))


@blueprint.get("/file")
@asks(Permission.STATISTICS_READ)
def file() -> ResponseReturnValue:
    return as_spreadsheet(_kept())


@blueprint.get("/workbook")
@asks(Permission.STATISTICS_READ)
def workbook() -> ResponseReturnValue:
    return as_workbook(_kept())


@blueprint.get("/paper")
@asks(Permission.STATISTICS_READ)
def paper() -> ResponseReturnValue:
    kept = _kept()
    return as_download(as_paper(kept), f"report-{kept.year}")


def _kept() -> YearlyReport:
    """The report of the year that the address names; there is none before somebody has made it."""
    year = _named(years_over(), request.args.get("year", ""))
    return made_report(year) or abort(404)


def _named(years: tuple[Year, ...], written: str) -> Year:
    return next((year for year in years if str(year.begins) == written), None) or abort(404)


def _asked_for(years: tuple[Year, ...]) -> Year | None:
    """The year that the address names, or else the newest; None when none is over yet."""
    known = {str(year.begins): year for year in years}
    return known.get(request.args.get("year", ""), next(iter(years), None))
