"""What will go and when, month by month: every number in one question, and behind each number a list, a page at a time.

A month is asked of the index of what is over by when it was closed, within the days that lie behind the month by the
term of each rule: what is asked grows with what goes in a year, and not with what is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from app.pipeline.clock import TOKYO, today
from app.pipeline.identity import Actor
from app.pipeline.standing import visible_cases
from app.pipeline.transaction import db
from app.presentation.pagination import Page, forward_page, moment_and_row
from app.retention.lists import ROWS
from app.retention.queries import beginning_of, content_of_kind, kept_alone, term_over
from models.case import Case
from models.erasure import Erasure
from models.legal_hold import LegalHold
from models.rules.erasure import ErasedPart
from models.rules.permissions import Permission
from models.rules.retention import DataKind, kept_until, months_after, rule_on

MONTHS_SHOWN = 12
OVERDUE = "overdue"
"""In the place of a month: what is past its term and waits for the clock's next turn."""
KINDS = (DataKind.CASE_CONTENT, DataKind.SHORT_CASE)
LATELY = timedelta(days=30)


@dataclass(frozen=True)
class Stretch:
    """The days of one line of the plan: a month, or all that is past."""

    name: str
    first: date | None
    last: date


@dataclass(frozen=True)
class Line:
    """One line: how much of each kind goes within it."""

    stretch: Stretch
    numbers: dict[DataKind, int]

    @property
    def has_any(self) -> bool:
        """Whether anything goes within it: a page shows no others, since most months of a year are empty."""
        return any(self.numbers.values())


@dataclass(frozen=True)
class Plan:
    """All that the page says in numbers."""

    lines: list[Line]
    held: int
    to_review: int
    going: int
    gone_lately: int


@dataclass(frozen=True)
class Going:
    """One case of a list, and the last day on which it is kept."""

    number: str
    closed_on: date
    kept_until: date


def stretches(day: date) -> list[Stretch]:
    """What is overdue, and then this month and those that follow; this one begins with tomorrow."""
    first = day.replace(day=1)
    begins = [months_after(first, place) for place in range(MONTHS_SHOWN + 1)]
    months = [
        Stretch(f"{begin:%Y-%m}", max(begin, day + timedelta(days=1)), end - timedelta(days=1))
        for begin, end in pairwise(begins)
    ]
    # On the last day of a month nothing of it is left to come.
    return [Stretch(OVERDUE, None, day), *(one for one in months if one.first is not None and one.first <= one.last)]


def plan(actor: Actor) -> Plan:
    """Every number of the page, in one question however many there are."""
    found = [(stretch, kind) for stretch in stretches(today()) for kind in KINDS]
    held = _within_reach(select(func.count()).select_from(LegalHold).join(Case, Case.id == LegalHold.case_id), actor)
    held = held.where(LegalHold.lifted_at.is_(None))
    gone = select(func.count()).select_from(Erasure).join(Case, Case.id == Erasure.case_id)
    going = _within_reach(gone, actor).where(Erasure.done_at.is_(None))
    lately = gone.where(
        Erasure.done_at >= beginning_of(today() - LATELY), visible_cases(actor, Permission.RETENTION_LIST, erased=True)
    )
    others = (
        held,
        held.where(or_(LegalHold.review_on.is_(None), LegalHold.review_on <= today())),
        going,
        lately,
    )
    columns = [
        *(_count(_goes(kind, stretch, actor)).label(f"n{place}") for place, (stretch, kind) in enumerate(found)),
        *(query.scalar_subquery().label(f"other{place}") for place, query in enumerate(others)),
    ]
    row = [int(number) for number in db().execute(select(*columns)).one()]
    numbers = dict(zip(found, row, strict=False))
    lines = [Line(one, {kind: numbers[one, kind] for kind in KINDS}) for one in stretches(today())]
    return Plan(lines, *row[len(found) :])


def stretch_named(name: str) -> Stretch | None:
    """The line of the plan with this name; None for what is no line of it."""
    return next((one for one in stretches(today()) if one.name == name), None)


def page_of_going(stretch: Stretch, kind: DataKind, actor: Actor, after: str | None) -> Page[Going]:
    """One page of what goes within a stretch, the earliest first."""
    position = moment_and_row(after)
    query = _goes(kind, stretch, actor).order_by(Case.closed_at, Case.id).limit(ROWS + 1)
    if position is not None:
        at, last = position
        query = query.where(or_(Case.closed_at > at, and_(Case.closed_at == at, Case.id > last)))
    cases = db().scalars(query).all()
    page = forward_page(cases, size=ROWS, position_of=_place, began_after=after if position is not None else None)
    return Page(tuple(_going(one, kind) for one in page.rows), page.previous, page.next)


def _going(case: Case, kind: DataKind) -> Going:
    closed_on = _closed_at(case).astimezone(TOKYO).date()
    until = kept_until(rule_on(kind, closed_on), closed_on)
    if until is None:
        raise ValueError(f"{kind.code} goes on a day, and its rule names none")
    return Going(case.number, closed_on, until - timedelta(days=1))


def _goes(kind: DataKind, stretch: Stretch, actor: Actor) -> Select[Case]:
    """Cases of a kind whose term ends within a stretch, and that nothing holds back."""
    within = term_over(kind, stretch.last)
    if stretch.first is not None:
        within = and_(within, ~term_over(kind, stretch.first - timedelta(days=1)))
    reach = visible_cases(actor, Permission.RETENTION_LIST)
    return kept_alone(ErasedPart.CONTENT).where(content_of_kind(kind), within, reach)


def _count(query: Select[Case]) -> Any:
    return query.with_only_columns(func.count(), maintain_column_froms=True).order_by(None).scalar_subquery()


def _within_reach(query: Select[Any], actor: Actor) -> Select[Any]:
    return query.where(visible_cases(actor, Permission.RETENTION_LIST))


def _closed_at(case: Case) -> datetime:
    if case.closed_at is None:
        raise ValueError("what was not closed has no term")
    return case.closed_at


def _place(case: Case) -> tuple[str, str]:
    return _closed_at(case).isoformat(), case.id.hex
