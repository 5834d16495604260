"""What is asked of clocks: which run, and by which calendar they are counted."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

from sqlalchemy import Select, select

from app.pipeline.made_once import made_once
from app.pipeline.transaction import db
from app.rulebook.queries import rulebook
from models.clock import Clock
from models.rules.deadlines import ClockKind
from models.rules.working_days import Calendar


def running_clock(subject_id: uuid.UUID, kind: ClockKind) -> Clock | None:
    return _running_of_kind.scalar(subject_id, kind)


@made_once
def _running_of_kind(subject_id: uuid.UUID, kind: ClockKind) -> Select[Clock]:
    return select(Clock).where(
        Clock.subject_id == subject_id, Clock.kind == kind, Clock.met_at.is_(None), Clock.stopped_at.is_(None)
    )


def running_clocks(subject_id: uuid.UUID) -> Sequence[Clock]:
    """The clocks of a thing that run, what is due first."""
    return _running.scalars(subject_id).all()


@made_once
def _running(subject_id: uuid.UUID) -> Select[Clock]:
    return (
        select(Clock)
        .where(Clock.subject_id == subject_id, Clock.met_at.is_(None), Clock.stopped_at.is_(None))
        .order_by(Clock.due_at)
    )


def last_stopped(subject_id: uuid.UUID, kinds: Iterable[ClockKind]) -> Clock | None:
    """Of these clocks, the one that was stopped last, which is the one that may go on."""
    return db().scalar(
        select(Clock)
        .where(Clock.subject_id == subject_id, Clock.kind.in_(list(kinds)), Clock.stopped_at.is_not(None))
        .order_by(Clock.stopped_at.desc(), Clock.started_at.desc())
        .limit(1)
    )


def ran_out(subject_id: uuid.UUID, kind: ClockKind) -> Clock | None:
    """The newest clock of a kind, where it was stopped only after it was due: what it waited for did not come."""
    newest = db().scalar(
        select(Clock)
        .where(Clock.subject_id == subject_id, Clock.kind == kind)
        .order_by(Clock.started_at.desc(), Clock.id.desc())
        .limit(1)
    )
    if newest is None or newest.stopped_at is None or newest.stopped_at < newest.due_at:
        return None
    return newest


def clocks_of(subject_id: uuid.UUID) -> Sequence[Clock]:
    """Every clock there ever was for a thing, oldest first."""
    return db().scalars(select(Clock).where(Clock.subject_id == subject_id).order_by(Clock.started_at)).all()


def calendar() -> Calendar:
    """The association's calendar with its extra closure days."""
    return rulebook().calendar
