"""What is asked of clocks: which run, and by which calendar they are counted."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from flask import g
from sqlalchemy import select

from app.pipeline.transaction import db
from models.clock import Clock
from models.closure_day import ClosureDay
from models.rules.deadlines import ClockKind
from models.rules.working_days import Calendar, Closure

# Columns, not rows that a session would follow: this is asked on nearly every page.
_CLOSURE_DAYS = select(ClosureDay.__table__).order_by(ClosureDay.__table__.c.day)


class KnownClosure(Protocol):
    """As much of a closure day as a calendar knows."""

    @property
    def day(self) -> date: ...
    @property
    def reason(self) -> str: ...
    @property
    def entered_at(self) -> datetime: ...


def running_clock(subject_id: uuid.UUID, kind: ClockKind) -> Clock | None:
    return db().scalar(
        select(Clock).where(
            Clock.subject_id == subject_id, Clock.kind == kind, Clock.met_at.is_(None), Clock.stopped_at.is_(None)
        )
    )


def running_clocks(subject_id: uuid.UUID) -> Sequence[Clock]:
    return (
        db()
        .scalars(
            select(Clock)
            .where(Clock.subject_id == subject_id, Clock.met_at.is_(None), Clock.stopped_at.is_(None))
            .order_by(Clock.due_at)
        )
        .all()
    )


def clocks_of(subject_id: uuid.UUID) -> Sequence[Clock]:
    """Every clock there ever was for a thing, oldest first."""
    return db().scalars(select(Clock).where(Clock.subject_id == subject_id).order_by(Clock.started_at)).all()


def calendar() -> Calendar:
    """The association's calendar with its extra closure days, read once for each request."""
    known: Calendar | None = g.get("calendar")
    if known is None:
        known = g.calendar = calendar_with(db().connection().execute(_CLOSURE_DAYS).all())
    return known


def calendar_with(days: Sequence[KnownClosure]) -> Calendar:
    """A calendar whose version names the newest closure that it knows."""
    newest = max((day.entered_at for day in days), default=None)
    version = f"japan+{newest:%Y-%m-%dT%H%M%S}" if newest else "japan"
    return Calendar(version, tuple(Closure(day.day, day.reason, day.reason) for day in days))
