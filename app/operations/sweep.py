"""The sweep: what falls due is done, one named piece of work after another, each in a transaction of its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import timedelta

import structlog
from flask import Flask

from app.absences.actions import follow_absences
from app.advisers.actions.ending import end_due_accesses
from app.applications.actions import open_renewals
from app.cases.actions import deliver_held, go_on_unanswered, tell_of_passed_limits
from app.certifications.actions import expire_due
from app.companies.actions import follow_ended_memberships
from app.duty.actions import repeat_alarms
from app.escalations.actions import issue_due_reminders, mark_due_unmet, open_due_steps
from app.incidents.actions import gather
from app.joint_acts.actions import lapse_joint_acts
from app.leaks.actions.days import remind_of_leaks
from app.operations.erasing import erase_due
from app.operations.file_removal import erase_files, remove_files
from app.operations.file_sweep import sweep_files
from app.operations.head_exports import export_heads
from app.operations.key_terms import remind_of_keys
from app.operations.leases import give_back, new_holder, take_lease
from app.operations.policy_pages import check_policies
from app.people.actions.posts import follow_posts
from app.pipeline.one_by_one import failed_items
from app.pipeline.transaction import transaction
from app.pledges.actions import follow_confirmations, remind_of_confirmations
from app.recovery.actions import remind_of_drills
from app.resolutions.actions import record_silences, take_due_effects
from app.retention.actions import settle_due
from app.successions.actions import follow_successions
from app.watch.actions.watching import keep_watch

log = structlog.get_logger()
LEASE = "sweep"
LEASE_LENGTH = timedelta(seconds=90)
RENEWED_AFTER = timedelta(seconds=15)
"""A sweep of which nothing is due is over long before: it takes its lease once, and not for each piece of work."""


@dataclass(frozen=True)
class Work:
    """One piece of work by the clock: its name, and the action that does whatever of it is due."""

    name: str
    do: Callable[[], object]
    waits: bool = False
    """Whether it waits for something else than the database, and has no transaction around it for that long."""


@dataclass(frozen=True)
class Swept:
    """What came of a sweep."""

    done: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    """What was undone as a whole, or done without the things that failed."""
    failed_items: int = 0
    """How many single things failed while the others of their work were done."""
    left_to_another: bool = False


# In this order: danger comes first, what belongs together is put together, who left is sent nothing new, what is
# delivered begins to count, what is reminded of was due, and what is decided comes last.
CLOCKWORK = (
    Work("repeat_alarms", repeat_alarms),
    Work("gather", gather),
    Work("end_due_accesses", end_due_accesses),
    Work("follow_successions", follow_successions),
    Work("follow_ended_memberships", follow_ended_memberships),
    Work("follow_absences", follow_absences),
    Work("follow_posts", follow_posts),
    Work("deliver_held", deliver_held),
    Work("go_on_unanswered", go_on_unanswered),
    Work("tell_of_passed_limits", tell_of_passed_limits),
    Work("issue_due_reminders", issue_due_reminders),
    Work("open_due_steps", open_due_steps),
    Work("mark_due_unmet", mark_due_unmet),
    Work("record_silences", record_silences),
    Work("take_due_effects", take_due_effects),
    Work("open_renewals", open_renewals),
    Work("follow_confirmations", follow_confirmations),
    Work("remind_of_confirmations", remind_of_confirmations),
    Work("expire_due", expire_due),
    Work("keep_watch", keep_watch),
    Work("remind_of_leaks", remind_of_leaks),
    Work("remind_of_keys", remind_of_keys),
    Work("lapse_joint_acts", lapse_joint_acts),
    Work("remind_of_drills", remind_of_drills),
    Work("check_policies", check_policies, waits=True),
    Work("erase_due", erase_due, waits=True),
    Work("settle_due", settle_due),
    Work("export_heads", export_heads, waits=True),
    Work("erase_files", erase_files, waits=True),
    Work("remove_files", remove_files, waits=True),
    Work("sweep_files", sweep_files, waits=True),
)


def sweep(app: Flask, *, wait_seconds: float = 0.0, works: tuple[Work, ...] | None = None) -> Swept:
    """Do all that is due, unless another process is at it; then wait for it this long first.

    One piece of work that fails is undone and logged by its kind, and the others go on: the next sweep tries again. So
    is one thing within it (app/pipeline/one_by_one.py), while the work itself is done for all the others.
    """
    holder = new_holder()
    deadline = time.monotonic() + wait_seconds
    while not _take(app, holder):
        if time.monotonic() >= deadline:
            return Swept(left_to_another=True)
        time.sleep(0.2)
    done: list[str] = []
    failed: list[str] = []
    items = 0
    taken = time.monotonic()
    try:
        for work in works or CLOCKWORK:
            if time.monotonic() - taken > RENEWED_AFTER.total_seconds():
                _take(app, holder)
                taken = time.monotonic()
            failing = _failing_in(app, work)
            (failed if failing is None or failing else done).append(work.name)
            items += failing or 0
    finally:
        with app.app_context():
            give_back(LEASE, holder=holder)
    return Swept(tuple(done), tuple(failed), items)


def _take(app: Flask, holder: str) -> bool:
    with app.app_context():
        return take_lease(LEASE, holder=holder, length=LEASE_LENGTH)


def _failing_in(app: Flask, work: Work) -> int | None:
    """How many things of a piece of work failed by themselves; None when it failed as a whole and was undone."""
    # A context of its own gives each piece of work a fresh session: nothing that an earlier one read is believed.
    try:
        with app.app_context(), nullcontext() if work.waits else transaction():
            work.do()
            failing = failed_items()
    except Exception as failure:  # noqa: BLE001 - whatever one piece of work meets must not stop the others
        log.error("sweep_failed", name=work.name, kind=type(failure).__name__)  # noqa: TRY400 - a trace may hold words
        return None
    return failing
