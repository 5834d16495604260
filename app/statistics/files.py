"""The report of a year as a file: the same lines for a spreadsheet, as a workbook, and set for printing."""

from __future__ import annotations

import hashlib
from datetime import date

from flask import Response, current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from app.letters.queries import NotTheSame, Paper, Piece, file_of_paper, heading, paragraphs, table
from app.presentation.filters import current_language
from app.presentation.spreadsheet import spreadsheet, workbook
from app.statistics.report import Report, read_report, shown_value
from models.rules.letters import LAYOUT
from models.rules.retention import SMALLEST_CELL
from models.rules.working_days import in_japan
from models.yearly_report import YearlyReport

LANGUAGE_OF_THE_PAPER = "ja"


def as_spreadsheet(kept: YearlyReport) -> Response:
    """As text with commas, which every program reads."""
    return spreadsheet(f"report-{kept.year}.csv", _header(), read_report(kept, current_language()).rows)


def as_workbook(kept: YearlyReport) -> Response:
    """As a workbook whose numbers are numbers."""
    rows = read_report(kept, current_language()).rows
    return workbook(f"report-{kept.year}.xlsx", str(_("年度の報告")), _header(), rows, made_at=kept.made_at)


def as_paper(kept: YearlyReport) -> bytes:
    """As it is printed: the very file whose digest stands in the record. Raises NotTheSame for another."""
    made = set_report(read_report(kept, LANGUAGE_OF_THE_PAPER), day=in_japan(kept.made_at).date(), layout=kept.layout)
    if hashlib.sha256(made).digest() != kept.file_digest:
        raise NotTheSame
    return made


def set_report(report: Report, *, day: date, layout: int = LAYOUT) -> bytes:
    """The report as PDF/A, from its lines alone."""
    with force_locale(LANGUAGE_OF_THE_PAPER):
        return file_of_paper(_paper(report, day, layout))


def _paper(report: Report, day: date, layout: int) -> Paper:
    pieces: list[Piece] = paragraphs(
        str(
            _(
                "統計に使ってよいと答えた方の、選択肢の答えだけを数えました。"
                "%(smallest)s人に満たない数は「非表示」とし、ほかの数から計算できてしまう項目も出していません。",
                smallest=SMALLEST_CELL,
            )
        )
    )
    for section in report.sections:
        pieces.append(heading(section.title))
        for one in section.tables:
            rows = [(line.item, str(shown_value(line))) for line in one.lines]
            pieces.append(table((one.title, str(_("数・結果"))), rows))
    return Paper(
        number=str(_("年度の報告 %(year)s", year=report.year.begins)),
        day=day,
        title=str(_("%(year)sの報告", year=report.year.words)),
        to=(),
        sender=(str(current_app.config["KIKITE"].association_name),),
        pieces=pieces,
        layout=layout,
    )


def _header() -> list[str]:
    return [str(_("年度")), str(_("区分")), str(_("表")), str(_("項目")), str(_("数・結果"))]
