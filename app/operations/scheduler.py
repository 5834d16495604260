"""The built-in scheduler: a thread that sweeps, sends and gathers, in one process of all machines at a time."""

from __future__ import annotations

import threading
from datetime import timedelta

import structlog
from flask import Flask

from app.operations.heads import gather_head_when_due
from app.operations.leases import new_holder, take_lease
from app.operations.memory import give_memory_back
from app.operations.outbox import send_waiting
from app.operations.sweep import sweep
from app.pipeline.database import carry_log, clear_log
from app.pipeline.secrets import key_store, look_at_ring
from app.pipeline.transaction import transactions

log = structlog.get_logger()
LEASE = "scheduler"


class Scheduler(threading.Thread):
    """Works by the clock for as long as its process serves; when that one dies another process's thread takes over."""

    def __init__(self, app: Flask, *, every_seconds: int) -> None:
        super().__init__(name="kikite-scheduler", daemon=True)
        self._app = app
        self._every = every_seconds
        self._stop = threading.Event()
        self._holder = new_holder()

    def run(self) -> None:
        while not self._stop.wait(self._every):
            self.take_a_turn()
            give_memory_back()

    def stop(self) -> None:
        """Begin no further turn."""
        self._stop.set()

    def take_a_turn(self) -> None:
        """One round of everything, if this process holds the lease; what fails is tried again in the next round."""
        try:
            with self._app.app_context():
                # Whoever holds the lease: a key that was added is known to every process before it writes.
                look_at_ring()
                carry_log(transactions().engine)
                # Cut, and not only carried: a key that was destroyed is to be in no file.
                clear_log(key_store().engine)
                length = timedelta(seconds=3 * self._every + 30)
                mine = take_lease(LEASE, holder=self._holder, length=length)
            if mine:
                sweep(self._app)
                send_waiting(self._app)
                with self._app.app_context():
                    gather_head_when_due()
        except Exception as failure:  # noqa: BLE001 - the thread outlives a database that is gone for a while
            log.error("scheduler_failed", kind=type(failure).__name__)  # noqa: TRY400 - a trace may hold words
