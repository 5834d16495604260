"""The report of a year: its sections in words, made from the counts once and read from what was kept ever after."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from app.certifications.queries import states_in_force
from app.people.queries import name_of
from app.pipeline.transaction import db
from app.presentation.filters import label
from app.statistics.measures import half_were_over, shares
from app.statistics.queries import Table, Year, counted, tables_of
from models.case import Case
from models.certification import Certification
from models.formal_request import FormalRequest
from models.person import Person
from models.rules.certification_lifecycle import HELD
from models.rules.escalation_ladder import REQUESTS
from models.rules.request_lifecycle import RequestState
from models.rules.small_cells import parts_of_a_whole
from models.rules.yearly_report import Share, targets_at
from models.yearly_report import YearlyReport

LANGUAGES = ("ja", "en")
WHOLE = 100


@dataclass(frozen=True)
class Line:
    """One line of a table: its words, and its number or what is said in words; None is suppressed."""

    item: str
    value: int | str | None


@dataclass(frozen=True)
class ReportTable:
    """One table of the report."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Section:
    """A part of the report."""

    title: str
    tables: tuple[ReportTable, ...]


@dataclass(frozen=True)
class Report:
    """The report of one year in one language."""

    year: Year
    sections: tuple[Section, ...]

    @property
    def rows(self) -> list[tuple[str, str, str, str, int | str]]:
        """Every line with the year, section and table it stands in; what is suppressed says so."""
        return [
            (self.year.words, section.title, table.title, line.item, shown_value(line))
            for section in self.sections
            for table in section.tables
            for line in table.lines
        ]


def shown_value(line: Line) -> int | str:
    """A number as it is shown; what is suppressed looks the same whatever it is."""
    return str(_("非表示")) if line.value is None else line.value


def made_report(year: Year) -> YearlyReport | None:
    """The report of a year, if it was made."""
    return db().scalar(select(YearlyReport).where(YearlyReport.year == year.begins))


def maker_of(kept: YearlyReport) -> str:
    """Who made a report."""
    return name_of(db().get(Person, kept.made_by_id))


def read_report(kept: YearlyReport, language: str) -> Report:
    """What was kept, in one of the languages in which it was kept."""
    sections = json.loads(kept.content)[language]
    return Report(
        Year(kept.year),
        tuple(
            Section(
                section["title"],
                tuple(
                    ReportTable(table["title"], tuple(Line(**line) for line in table["lines"]))
                    for table in section["tables"]
                ),
            )
            for section in sections
        ),
    )


def content_of(year: Year) -> str:
    """All that the report of a year will ever show, as it is kept."""
    cases = counted(year)
    content = {}
    for language in LANGUAGES:
        with force_locale(language):
            content[language] = [asdict(section) for section in _sections(year, cases)]
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _sections(year: Year, cases: Sequence[Case]) -> tuple[Section, ...]:
    tables = tables_of(cases)
    return (
        Section(str(_("期限と目標")), (_of_targets(year, cases, tables),)),
        Section(str(_("相談の数")), tuple(_as_lines(table) for table in tables)),
        Section(str(_("会社への正式な要請")), _of_requests(year)),
        Section(str(_("認定")), (_of_certifications(year),)),
    )


def _as_lines(table: Table) -> ReportTable:
    lines = [Line(words, count) for words, count in table.shown.cells.items()]
    return ReportTable(table.title, (*lines, Line(str(_("合計")), table.shown.total)))


def _of_targets(year: Year, cases: Sequence[Case], tables: Sequence[Table]) -> ReportTable:
    _begins, ends = year.span
    targets = targets_at(ends)
    lines = [
        Line(_("%(measure)s(目標%(percent)s%%)", measure=label(measure), percent=share.target), _in_words(share))
        for measure, share in shares(cases, tables, targets).items()
    ]
    shortest, longest = targets.closure_days
    closure = _("終わるまでの日数の中央値(目安%(shortest)s〜%(longest)s日)", shortest=shortest, longest=longest)
    lines.append(Line(closure, label(half_were_over(cases, tables, targets))))
    return ReportTable(str(_("期限を守った割合")), tuple(lines))


def _in_words(share: Share) -> str:
    if share.least is None:
        return str(_("数が少ないため、出しません"))
    if share.below is None:
        band = _("%(least)s%%", least=share.least) if share.least == WHOLE else _("%(least)s%%以上", least=share.least)
    elif share.least == 0:
        band = _("%(below)s%%未満", below=share.below)
    else:
        band = _("%(least)s%%以上%(below)s%%未満", least=share.least, below=share.below)
    if share.reached is None:
        return str(_("%(band)s(目標に達したかどうかは、数が少ないため出しません)", band=band))
    verdict = _("目標に達しました") if share.reached else _("目標に達していません")
    return str(_("%(band)s(%(verdict)s)", band=band, verdict=verdict))


def _of_requests(year: Year) -> tuple[ReportTable, ...]:
    begins, ends = year.span
    issued = db().execute(
        select(FormalRequest.step, FormalRequest.state).where(
            FormalRequest.issued_at >= begins, FormalRequest.issued_at < ends
        )
    )
    rows = [(row.step, row.state) for row in issued]
    by_step = Counter(step for step, _state in rows)
    by_state = Counter(state for _step, state in rows)
    states = [state for state in RequestState if state is not RequestState.DRAFTED]
    return tuple(
        _as_lines(Table(name, str(title), parts_of_a_whole(counts)))
        for name, title, counts in (
            ("step", _("段階"), {f"{step.code} {label(step)}": by_step[step.code] for step in REQUESTS}),
            ("state", _("年度の報告を作ったときの状態"), {label(state): by_state[state] for state in states}),
        )
    )


def _of_certifications(year: Year) -> ReportTable:
    """What the public list showed at either end of the year; it is nobody's secret, and shown whole."""
    certifications = db().scalars(select(Certification)).all()
    before, after = (
        {one for one, state in states_in_force(certifications, moment).items() if state in HELD} for moment in year.span
    )
    return ReportTable(
        str(_("認定されている会社")),
        (
            Line(str(_("年度の初め")), len(before)),
            Line(str(_("新しく認定された・認定が戻った")), len(after - before)),
            Line(str(_("認定が終わった")), len(before - after)),
            Line(str(_("年度の終わり")), len(after)),
        ),
    )
