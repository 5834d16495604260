"""The board: cases in the order in which they are due, whoever is in danger first, without opening anything sealed."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, or_, select, true

from app.cases.links import tell_of_retaliation
from app.cases.queries import ask_to_be_protected, in_hand_and_searched, severity_of
from app.cases.recalls import cases_with_a_recall
from app.clocks.queries import calendar
from app.incidents.queries import is_a_group, is_of_a_group
from app.people.queries import name_of
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.standing import visible_cases
from app.pipeline.transaction import db
from app.presentation.due import TimeLeft, time_left
from app.presentation.fields import Words
from app.presentation.pagination import Page, backward_page, decode_position, forward_page
from app.watch.queries import watched_and_worried
from models.case import Case
from models.person import Person
from models.rules.case_lifecycle import OVER, WITH_THE_COMPANY, CaseState
from models.rules.people import standing_towards
from models.rules.permissions import Permission, decide, needs_reason
from models.rules.taxonomy.severity import Severity

SIZE = 25
AWAITING_THE_CONSULTER = (CaseState.NEED_INFO, CaseState.AWAIT_CONSENT)
TABS = {
    "all": _l("すべて"),
    "mine": _l("自分の担当"),
    "untaken": _l("担当なし"),
    "company": _l("会社で対応中"),
    "consulter": _l("相談者の返事待ち"),
    "closing": _l("二人目の確認待ち"),
    "closed": _l("終結"),
}
NO_DAY = ""
Mark = tuple[Words, str]
Marked = tuple[tuple[set[uuid.UUID], Mark], ...]
"""Which cases of a page bear a mark, and its words and tone."""
RECALLING: Mark = (_l("転送取消しの確認待ち"), "danger")
SEARCHED: Mark = (_l("相談者を探す言葉"), "warning")
GROUPED: Mark = (_l("一斉相談"), "info")
GROUP: Mark = (_l("一斉相談のグループ"), "info")
RETALIATION: Mark = (_l("仕返しの訴え"), "danger")
WORRIED: Mark = (_l("見守りの答えを確認"), "danger")
PROTECTION: Mark = (_l("不利な扱いの防止を希望"), "warning")

TONES = {
    **dict.fromkeys(CaseState, "progress"),
    CaseState.RECEIVED: "info",
    CaseState.NEED_INFO: "warning",
    CaseState.AWAIT_CONSENT: "warning",
    CaseState.READY: "success",
    CaseState.RECALLED: "danger",
    CaseState.FEEDBACK: "success",
    CaseState.CLOSED: "ended",
    CaseState.WITHDRAWN: "ended",
}


@dataclass(frozen=True)
class Line:
    """One case on the board."""

    case: Case
    severity: Severity | None
    left: TimeLeft | None
    assignee: str
    may_open: bool
    needs_reason: bool
    flags: tuple[tuple[str, str], ...]
    tone: str


@dataclass(frozen=True)
class Stretch:
    """A part of the board within which cases lie in one order: in danger or not, with a due date or without."""

    is_crisis: bool
    has_day: bool

    def holds(self) -> ColumnElement[bool]:
        day = Case.next_due_at.is_not(None) if self.has_day else Case.next_due_at.is_(None)
        return and_(Case.is_crisis.is_(self.is_crisis), day)


# Each stretch is one run along the board's index, so that a page costs the same however many cases there are.
STRETCHES = tuple(
    Stretch(is_crisis=is_crisis, has_day=has_day) for is_crisis in (True, False) for has_day in (True, False)
)
Position = tuple[int, str, str]


def page_of_board(actor: Actor, tab: str, *, after: str | None, before: str | None) -> Page[Case]:
    """One page of the board."""
    narrowed = and_(visible_cases(actor, Permission.CASE_LIST), _of_tab(tab, actor))
    end = decode_position(before, int, str, str)
    if end is not None:
        return backward_page(_fetch(narrowed, _readable(end), backwards=True), size=SIZE, position_of=_position_of)
    start = decode_position(after, int, str, str)
    fetched = _fetch(narrowed, _readable(start), backwards=False)
    return forward_page(fetched, size=SIZE, position_of=_position_of, began_after=after if start else None)


def lines_of(cases: Sequence[Case], actor: Actor) -> list[Line]:
    """The cases of one page as they are shown."""
    if not cases:
        return []
    ids = {case.assignee_id for case in cases if case.assignee_id}
    people = {person.id: name_of(person) for person in db().scalars(select(Person).where(Person.id.in_(ids)))}
    shown = [case.id for case in cases]
    recalling = set(db().scalars(select(Case.id).where(Case.id.in_(shown), cases_with_a_recall())))
    grouped = set(db().scalars(select(Case.id).where(Case.id.in_(shown), is_of_a_group())))
    groups = set(db().scalars(select(Case.id).where(Case.id.in_(shown), is_a_group())))
    retaliation = tell_of_retaliation(shown)
    marked = (
        (recalling, RECALLING),
        (in_hand_and_searched(shown), SEARCHED),
        (retaliation, RETALIATION),
        (ask_to_be_protected(cases, actor) - retaliation, PROTECTION),
        (watched_and_worried(shown), WORRIED),
        (grouped, GROUPED),
        (groups, GROUP),
    )
    return [_line(case, actor, people, marked) for case in cases]


def _line(case: Case, actor: Actor, people: dict[uuid.UUID, str], marked: Marked) -> Line:
    # Whoever is excluded is not on the list at all: the query that found the case saw to that.
    standing = standing_towards(
        actor.role, is_assigned=case.assignee_id == actor.id, has_assignee=case.assignee_id is not None
    )
    flags = []
    if case.is_crisis:
        flags.append((_("緊急の確認"), "danger"))
    if case.closing_asked_by_id is not None:
        flags.append((_("終結の確認待ち"), "warning"))
    flags += [(str(words), tone) for cases, (words, tone) in marked if case.id in cases]
    return Line(
        case=case,
        severity=severity_of(case),
        left=time_left(case.next_due_at, at=now(), calendar=calendar()) if case.next_due_at else None,
        assignee=people.get(case.assignee_id, "") if case.assignee_id else "",
        may_open=bool(decide(Permission.CASE_READ, role=actor.role, standing=standing)),
        needs_reason=needs_reason(Permission.CASE_READ, role=actor.role, standing=standing),
        flags=tuple(flags),
        tone=TONES[case.state],
    )


def _of_tab(tab: str, actor: Actor) -> ColumnElement[bool]:
    is_open = Case.is_open.is_(tab != "closed")
    conditions: dict[str, ColumnElement[bool]] = {
        "mine": Case.assignee_id == actor.id,
        "untaken": Case.assignee_id.is_(None),
        "company": Case.state.in_(WITH_THE_COMPANY),
        "consulter": Case.state.in_(AWAITING_THE_CONSULTER),
        "closing": or_(Case.closing_asked_by_id.is_not(None), cases_with_a_recall()),
    }
    return and_(is_open, conditions.get(tab, true()))


def _position_of(case: Case) -> Position:
    stretch = STRETCHES.index(Stretch(is_crisis=case.is_crisis, has_day=case.next_due_at is not None))
    return (stretch, case.next_due_at.isoformat() if case.next_due_at else NO_DAY, case.id.hex)


def _readable(position: tuple[Any, ...] | None) -> tuple[int, datetime | None, uuid.UUID] | None:
    """A cursor comes from an address, which anybody may write: what does not fit means the first page."""
    if position is None:
        return None
    try:
        stretch, day, row = position
        at = datetime.fromisoformat(day) if day else None
        found = STRETCHES[stretch] if stretch >= 0 else None
        if found is None or found.has_day != (at is not None) or (at is not None and at.tzinfo is None):
            return None
        return stretch, at, uuid.UUID(row)
    except (ValueError, IndexError):
        return None


def _fetch(
    narrowed: ColumnElement[bool], position: tuple[int, datetime | None, uuid.UUID] | None, *, backwards: bool
) -> list[Case]:
    order = range(len(STRETCHES) - 1, -1, -1) if backwards else range(len(STRETCHES))
    fetched: list[Case] = []
    for place in order:
        passed = position is not None and (place > position[0] if backwards else place < position[0])
        if passed:
            continue
        query = select(Case).where(narrowed, STRETCHES[place].holds())
        if position is not None and place == position[0]:
            query = query.where(_beyond(position[1], position[2], backwards=backwards))
        query = _in_order(query, has_day=STRETCHES[place].has_day, backwards=backwards)
        fetched += db().scalars(query.limit(SIZE + 1 - len(fetched))).all()
        if len(fetched) > SIZE:
            break
    return fetched


def _beyond(day: datetime | None, row: uuid.UUID, *, backwards: bool) -> ColumnElement[bool]:
    further = Case.id < row if backwards else Case.id > row
    if day is None:
        return further
    later = Case.next_due_at < day if backwards else Case.next_due_at > day
    return later | and_(Case.next_due_at == day, further)


def _in_order(query: Select[Any], *, has_day: bool, backwards: bool) -> Select[Any]:
    columns: list[Any] = [Case.next_due_at, Case.id] if has_day else [Case.id]
    return query.order_by(*(column.desc() for column in columns) if backwards else columns)


def is_over(case: Case) -> bool:
    """Whether nothing more happens with a case unless somebody opens it again."""
    return case.state in OVER
