"""The days of a worksheet: which clocks run in its state, and who is reminded of them when."""

from __future__ import annotations

from sqlalchemy import Select, select

from app.clocks.actions import start_clock, stop_clocks
from app.clocks.queries import running_clocks
from app.leaks.queries import who_decides
from app.pipeline.audit import Fact, of_leak, record
from app.pipeline.clock import now
from app.pipeline.first_look import Moment
from app.pipeline.identity import THE_CLOCK
from app.pipeline.one_by_one import one_by_one
from app.pipeline.outbox import queue_mail
from app.pipeline.transaction import db
from models.leak import Leak
from models.rules.deadlines import ClockKind
from models.rules.leak import (
    FINAL_CLOCKS,
    SPEEDY_CLOCKS,
    LeakState,
    final_clock,
    leak_rules_of,
    next_reminder,
    triggers_in,
)
from models.rules.mail_kinds import MailKind
from models.rules.working_days import in_japan

AT_A_TIME = 200
RUNS_IN = frozenset({LeakState.CHECKING, LeakState.TO_REPORT})


def follow_days(leak: Leak, *, anew: bool = False, by_who_decides: bool = False) -> None:
    """Let exactly the clocks run that the worksheet's state asks for; ``anew`` when another day is its first.

    The longer term for the full report begins ``by_who_decides`` alone, and then goes on whoever writes next.
    """
    before = {clock.kind for clock in running_clocks(leak.id)}
    wanted = _wanted(leak, longer_is_decided=by_who_decides or ClockKind.LEAK_FINAL_WRONGFUL in before)
    if anew:
        stop_clocks(leak, SPEEDY_CLOCKS | FINAL_CLOCKS)
        db().flush()
    running = {clock.kind for clock in running_clocks(leak.id)}
    stop_clocks(leak, running - wanted)
    for kind in sorted(wanted - running):
        start_clock(leak, kind, from_=leak.aware_at)
    note_next_reminder(leak)


def note_next_reminder(leak: Leak) -> None:
    """Keep the next moment at which who decides is reminded; nothing once nothing runs."""
    db().flush()
    due = [(clock.kind, clock.due_at) for clock in running_clocks(leak.id)]
    leak.next_reminder_at = next_reminder(due, after=now())


def due_reports(at: Moment) -> Select[Leak]:
    """The worksheets of which it is time to remind."""
    return select(Leak).where(Leak.next_reminder_at <= at)


def remind_of_leaks() -> int:
    """Remind of the reports that are due or overdue; called by the clock. Returns how many worksheets."""
    waiting = (
        db()
        .scalars(
            due_reports(now())
            .order_by(Leak.next_reminder_at, Leak.id)
            .limit(AT_A_TIME)
            .with_for_update(skip_locked=True)
        )
        .all()
    )
    return one_by_one(waiting, _remind, work="remind_of_leaks")


def _remind(leak: Leak) -> bool:
    if leak.next_due_at is None or leak.next_due_kind is None:
        leak.next_reminder_at = None
        return False
    day = in_japan(now()).date().isoformat()
    for person in who_decides(leak):
        queue_mail(person, MailKind.REMINDER, actor=THE_CLOCK, key=f"leak:{leak.id.hex}:{day}")
    facts: dict[str, Fact] = {
        "kind": leak.next_due_kind.value,
        "day": in_japan(leak.next_due_at).date().isoformat(),
    }
    record(of_leak(leak), "leak.remind", actor=THE_CLOCK, facts=facts)
    note_next_reminder(leak)
    return True


def _wanted(leak: Leak, *, longer_is_decided: bool) -> set[ClockKind]:
    if leak.state not in RUNS_IN or leak.final_at is not None:
        return set()
    rules = leak_rules_of(leak.rules_version)
    wanted = {final_clock(triggers_in(leak.triggers), rules=rules, longer_is_decided=longer_is_decided)}
    return wanted if leak.speedy_at is not None else wanted | SPEEDY_CLOCKS
