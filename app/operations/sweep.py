"""The sweep: what falls due is done, one named piece of work after another, each in a transaction of its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module

import structlog
from flask import Flask

from app.operations.leases import give_back, new_holder, take_lease
from app.pipeline.transaction import transaction

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


def _later(place: str, name: str) -> Work:
    def do() -> object:
        action = getattr(import_module(place), name, None)
        return action() if action is not None else None

    return Work(name, do)


CLOCKWORK = (
    _later("app.cases.actions", "deliver_held"),
    _later("app.escalations.actions", "issue_due_reminders"),
    _later("app.escalations.actions", "open_due_steps"),
    _later("app.escalations.actions", "mark_due_unmet"),
    _later("app.resolutions.actions", "record_silences"),
    _later("app.resolutions.actions", "take_due_effects"),
    _later("app.certifications.actions", "expire_due"),
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
    done, failed = [], []
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
