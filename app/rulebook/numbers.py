"""The numbers that may be changed, as they are and as they will be, and what stands in the way of a change."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time

from sqlalchemy import func, select

from app.pipeline.clock import TOKYO, now
from app.pipeline.transaction import db
from app.rulebook.queries import deadlines_at, file_limits_at, rulebook
from models.clock import Clock
from models.retaliation_watch import RetaliationWatch
from models.rule_change import RuleChange
from models.rules.amendable import (
    ORDER,
    Amendable,
    amendables,
    amended_deadlines,
    amended_files,
    amount,
    out_of_order,
)
from models.rules.attachments import ATTACHMENT_POLICIES, attachment_policy_at
from models.rules.deadlines import DEADLINE_POLICIES, ClockKind, DeadlinePolicy, policy_at
from models.rules.rule_change import Amended, RuleKind

NUMBERS = frozenset({RuleKind.DEADLINE, RuleKind.LIMIT})


def numbers() -> dict[str, Amendable]:
    """Every number that may be changed, by its key."""
    return dict(amendables(deadlines_at(now())))


def amount_on(key: str, day: date) -> int:
    """How much a number is on a day, by the rows that are entered now."""
    at = _noon(day)
    return amount(key, deadlines=deadlines_at(at), files=file_limits_at(at))


def changes_of_numbers() -> Sequence[RuleChange]:
    """The changes of numbers that hold or will hold, oldest first."""
    wanted = select(RuleChange).where(RuleChange.kind.in_(NUMBERS), RuleChange.ended_at.is_(None))
    return db().scalars(wanted.order_by(RuleChange.valid_from, RuleChange.id)).all()


def changes_ahead(day: date) -> dict[str, list[RuleChange]]:
    """The changes that begin after a day, by the key of their number."""
    found: dict[str, list[RuleChange]] = {}
    for change in changes_of_numbers():
        if change.valid_from > day:
            found.setdefault(change.key, []).append(change)
    return found


def running_of(number: Amendable) -> int:
    """How many clocks of a number run now, whatever their severity; they keep their day."""
    if number.kind is not RuleKind.DEADLINE:
        return 0
    kind = ClockKind(number.key.partition(":")[0])
    running = select(func.count()).where(Clock.kind == kind, Clock.met_at.is_(None), Clock.stopped_at.is_(None))
    return db().scalar(running) or 0


def watches_running() -> int:
    """How many cases are watched over now; a longer watch holds for them from its day on."""
    return db().scalar(select(func.count()).where(RetaliationWatch.ended_at.is_(None))) or 0


def policy_with(added: Amended) -> DeadlinePolicy:
    """How long the clocks would be on the first day of a change that is only looked at."""
    return policy_at(_noon(added.valid_from), amended_deadlines(DEADLINE_POLICIES, [*rulebook().amended, added]))


def pairs_out_of_order(
    *, added: Iterable[Amended] = (), without: RuleChange | None = None
) -> tuple[tuple[str, str], ...]:
    """What would no longer stand in its order, on any day from now on, with one row more or one row less."""
    rows = [as_amended(one) for one in changes_of_numbers() if without is None or one.id != without.id]
    rows += added
    deadlines = amended_deadlines(DEADLINE_POLICIES, (row for row in rows if not _is_of_files(row.key)))
    files = amended_files(ATTACHMENT_POLICIES, (row for row in rows if _is_of_files(row.key)))
    keys = {key for pair in ORDER for key in pair}
    moments = [now(), *(_noon(row.valid_from) for row in rows if _noon(row.valid_from) > now())]
    found: list[tuple[str, str]] = []
    for at in moments:
        of_clocks, of_files = policy_at(at, deadlines), attachment_policy_at(at, files)
        found += out_of_order({key: amount(key, deadlines=of_clocks, files=of_files) for key in keys})
    return tuple(dict.fromkeys(found))


def as_amended(change: RuleChange) -> Amended:
    """A row as the rules take it."""
    return Amended(change.key, int(json.loads(change.value)["amount"]), change.valid_from)


def _is_of_files(key: str) -> bool:
    return key.startswith("attachment:")


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), TOKYO)
