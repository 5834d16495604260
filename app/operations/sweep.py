"""The sweep: what falls due is done, one named piece of work after another, each in a transaction of its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog
from flask import Flask

from app.cases.actions import deliver_held
from app.certifications.actions import expire_due
from app.escalations.actions import issue_due_reminders, mark_due_unmet, open_due_steps
from app.operations.leases import give_back, new_holder, take_lease
from app.pipeline.transaction import transaction
from app.resolutions.actions import record_silences, take_due_effects

log = structlog.get_logger()
LEASE = "sweep"
LEASE_LENGTH = timedelta(seconds=90)


@dataclass(frozen=True)
class Work:
    """One piece of work by the clock: its name, and the action that does whatever of it is due."""

    name: str
    do: Callable[[], object]


@dataclass(frozen=True)
class Swept:
    """What came of a sweep."""

    done: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    left_to_another: bool = False


# In this order: what is delivered begins to count, what is reminded of was due, and what is decided comes last.
CLOCKWORK = (
    Work("deliver_held", deliver_held),
    Work("issue_due_reminders", issue_due_reminders),
    Work("open_due_steps", open_due_steps),
    Work("mark_due_unmet", mark_due_unmet),
    Work("record_silences", record_silences),
    Work("take_due_effects", take_due_effects),
    Work("expire_due", expire_due),
)


def sweep(app: Flask, *, wait_seconds: float = 0.0, works: tuple[Work, ...] | None = None) -> Swept:
    """Do all that is due, unless another process is at it; then wait for it this long first.

    One piece of work that fails is undone and logged by its kind, and the others go on: the next sweep tries again.
    """
    holder = new_holder()
    deadline = time.monotonic() + wait_seconds
    while not _take(app, holder):
        if time.monotonic() >= deadline:
            return Swept(left_to_another=True)
        time.sleep(0.2)
    done: list[str] = []
    failed: list[str] = []
    try:
        for work in works or CLOCKWORK:
            _take(app, holder)
            (done if _did(app, work) else failed).append(work.name)
    finally:
        with app.app_context():
            give_back(LEASE, holder=holder)
    return Swept(tuple(done), tuple(failed))


def _take(app: Flask, holder: str) -> bool:
    with app.app_context():
        return take_lease(LEASE, holder=holder, length=LEASE_LENGTH)


def _did(app: Flask, work: Work) -> bool:
    # A context of its own gives each piece of work a fresh session: nothing that an earlier one read is believed.
    try:
        with app.app_context(), transaction():
            work.do()
    except Exception as failure:  # noqa: BLE001 - whatever one piece of work meets must not stop the others
        log.error("sweep_failed", name=work.name, kind=type(failure).__name__)  # noqa: TRY400 - a trace may hold words
        return False
    return True
