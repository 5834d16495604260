"""How the year kept what was aimed at: a share of each measure, as far as it may be said beside the tables."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select

from app.pipeline.transaction import db
from app.presentation.filters import label
from app.statistics.queries import TOLD, LimitKept, Table, WhoWasTold, limits_kept, of_limit, who_was_told
from models.audit_record import AuditRecord
from models.case import Case
from models.clock import Clock
from models.exchange import Exchange
from models.rules.deadlines import ClockKind
from models.rules.small_cells import Shown, tables_like
from models.rules.yearly_report import (
    ClosureTime,
    Measure,
    Share,
    Split,
    YearlyTargets,
    closure_time,
    share_said,
    splits_of,
)

OF_EVERYBODY = {
    Measure.ACKNOWLEDGED: ClockKind.ACKNOWLEDGE_OUTER,
    Measure.FEEDBACK: ClockKind.FEEDBACK_OUTER,
}
OF_THE_CERTIFIED = {
    Measure.ROUTED: ClockKind.ROUTE,
    Measure.OFFICER: ClockKind.OFFICER_ACK,
    Measure.REPORTED: ClockKind.FINAL_REPORT,
}


def shares(cases: Sequence[Case], tables: Sequence[Table], targets: YearlyTargets) -> dict[Measure, Share]:
    """The share of each measure, or that it cannot be said of so few."""
    shown = {table.name: table.shown for table in tables}
    ids = frozenset(case.id for case in cases)
    found: dict[Measure, Share] = {}
    for measure, kind in OF_EVERYBODY.items():
        possible: list[Split] = [tuple(table.values()) for table in tables_like(shown[kind.code])]
        split = tuple(limits_kept(ids, kind).values())
        found[measure] = share_said(split, target=targets.of(measure), possible=possible)
    # What is said of the certified companies is said of as many people as the table shows there, or not at all.
    told = shown[TOLD].cells[label(WhoWasTold.CERTIFIED)]
    certified = {case_id for case_id, what in who_was_told(ids).items() if what is WhoWasTold.CERTIFIED}
    for measure, kind in OF_THE_CERTIFIED.items():
        split = _split(certified, kind)
        found[measure] = share_said(split, target=targets.of(measure), possible=splits_of(told or 0))
    returned = _came_back(ids)
    found[Measure.RETURNED] = share_said(
        (returned, len(ids) - returned),
        target=targets.of(Measure.RETURNED),
        possible=[(some, len(ids) - some) for some in range(len(ids) + 1)] if shown[TOLD].total else [],
    )
    return {measure: found[measure] for measure in Measure}


def half_were_over(cases: Sequence[Case], tables: Sequence[Table], targets: YearlyTargets) -> ClosureTime:
    """Where the median of the days to the end lies."""
    outcomes: Shown[str] = next(table.shown for table in tables if table.name == "outcome")
    *over, _not_yet = outcomes.cells.values()
    days = [(case.closed_at - case.received_at).days for case in cases if case.closed_at is not None]
    return closure_time(days, known=sum(count or 0 for count in over), targets=targets)


def _split(case_ids: Collection[uuid.UUID], kind: ClockKind) -> Split:
    """In time, late, neither: a case is late where one of its clocks was, else in time where one was met."""
    told = select(Exchange.id, Exchange.case_id).where(Exchange.case_id.in_(list(case_ids)), Exchange.feeds_ladder)
    case_of = {case_id: case_id for case_id in case_ids}
    case_of.update((exchange_id, case_id) for exchange_id, case_id in db().execute(told))
    clocks = select(Clock).where(Clock.subject_id.in_(list(case_of)), Clock.kind == kind).order_by(Clock.started_at)
    newest: Mapping[uuid.UUID, Clock] = {clock.subject_id: clock for clock in db().scalars(clocks)}
    kept: dict[uuid.UUID, set[LimitKept]] = defaultdict(set)
    for subject_id, clock in newest.items():
        kept[case_of[subject_id]].add(of_limit(clock))
    counted = Counter(_worst(kept[case_id]) for case_id in case_ids)
    in_time, late = counted[LimitKept.IN_TIME], counted[LimitKept.LATE]
    return (in_time, late, len(case_ids) - in_time - late)


def _worst(kept: Collection[LimitKept]) -> LimitKept:
    order = (LimitKept.LATE, LimitKept.IN_TIME)
    return next((one for one in order if one in kept), LimitKept.NOT_COUNTED)


def _came_back(case_ids: Collection[uuid.UUID]) -> int:
    used = select(AuditRecord.subject_id).where(
        AuditRecord.subject_kind == "case",
        AuditRecord.subject_id.in_(list(case_ids)),
        AuditRecord.name == "receipt.used",
    )
    return len(set(db().scalars(used)))
