"""The sweep: what falls due is done, one named piece of work after another, each in a transaction of its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from flask import Flask

from app.absences.actions import due_absences, follow_absences
from app.advisers.actions.ending import due_accesses, end_due_accesses
from app.applications.actions import due_renewals, open_renewals
from app.cases.actions import (
    deliver_held,
    go_on_unanswered,
    held_until,
    passed_limits,
    tell_of_passed_limits,
    unanswered,
)
from app.certifications.actions import expire_due, terms_over
from app.companies.actions import ended_memberships, follow_ended_memberships
from app.duty.actions import due_alarms, repeat_alarms
from app.escalations.actions import (
    is_a_reminder_due,
    issue_due_reminders,
    mark_due_unmet,
    open_due_steps,
    past_their_day,
)
from app.incidents.actions import due_gatherings, gather
from app.joint_acts.actions import lapse_joint_acts, lapsing
from app.leaks.actions.days import due_reports, remind_of_leaks
from app.operations.erasing import erase_due
from app.operations.file_removal import erase_files, remove_files
from app.operations.file_sweep import sweep_files
from app.operations.head_exports import export_heads
from app.operations.key_terms import is_a_key_due, remind_of_keys
from app.operations.leases import give_back, new_holder, take_lease
from app.operations.policy_pages import check_policies
from app.operations.unusual_readings import find_unusual_readings
from app.people.actions.posts import due_posts, follow_posts
from app.pipeline.first_look import AT, DAY, Reasons, at_rest
from app.pipeline.one_by_one import failed_items
from app.pipeline.transaction import has_changed, transaction
from app.pledges.actions import (
    follow_confirmations,
    is_a_confirmation_due,
    is_a_confirmation_to_be_reminded_of,
    remind_of_confirmations,
)
from app.recovery.actions import remind_of_drills
from app.recovery.queries import due_drills
from app.resolutions.actions import due_effects, record_silences, take_due_effects, unexplained
from app.retention.actions import due_settlements, settle_due
from app.successions.actions import due_successions, follow_successions
from app.surveys.actions import is_a_survey_to_be_reminded_of, remind_of_surveys
from app.watch.actions.watching import due_watches, keep_watch

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
    """Whether it waits for something else than the database, and has no transaction around it for that long. Whoever
    does says by her answer whether she did anything."""
    due: Reasons = field(default=(), compare=False)
    """What finds the things that wait for it: where there are none, it does not begin."""
    has_cause: Callable[[], bool] | None = field(default=None, compare=False)
    """Likewise, where the rules must be asked about each of the things that the database finds; it takes no pen."""


@dataclass(frozen=True)
class Swept:
    """What came of a sweep."""

    done: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    """What was undone as a whole, or done without the things that failed."""
    failed_items: int = 0
    """How many single things failed while the others of their work were done."""
    left_to_another: bool = False


@dataclass(frozen=True)
class Came:
    """What came of one piece of work: nothing, where nothing of it was due."""

    failing: int = 0
    """How many things of it failed by themselves."""
    is_undone: bool = False
    """Whether it failed as a whole."""
    has_changed: bool = False


# In this order: danger comes first, what belongs together is put together, who left is sent nothing new, what is
# delivered begins to count, what is reminded of was due, and what is decided comes last.
CLOCKWORK = (
    Work("repeat_alarms", repeat_alarms, due=(due_alarms(AT),)),
    Work("gather", gather, due=due_gatherings()),
    Work("end_due_accesses", end_due_accesses, due=(due_accesses(AT),)),
    Work("follow_successions", follow_successions, due=(due_successions(DAY),)),
    Work("follow_ended_memberships", follow_ended_memberships, due=(ended_memberships(DAY),)),
    Work("follow_absences", follow_absences, due=(due_absences(DAY),)),
    Work("follow_posts", follow_posts, due=due_posts()),
    Work("deliver_held", deliver_held, due=(held_until(AT),)),
    Work("go_on_unanswered", go_on_unanswered, due=(unanswered(AT),)),
    Work("tell_of_passed_limits", tell_of_passed_limits, due=(passed_limits(AT),)),
    Work("issue_due_reminders", issue_due_reminders, has_cause=is_a_reminder_due),
    Work("open_due_steps", open_due_steps),
    Work("mark_due_unmet", mark_due_unmet, due=(past_their_day(AT),)),
    Work("record_silences", record_silences, due=(unexplained(AT),)),
    Work("take_due_effects", take_due_effects, due=(due_effects(AT),)),
    Work("open_renewals", open_renewals, due=due_renewals(DAY)),
    Work("follow_confirmations", follow_confirmations, has_cause=is_a_confirmation_due),
    Work("remind_of_confirmations", remind_of_confirmations, has_cause=is_a_confirmation_to_be_reminded_of),
    Work("remind_of_surveys", remind_of_surveys, has_cause=is_a_survey_to_be_reminded_of),
    Work("expire_due", expire_due, due=(terms_over(DAY),)),
    Work("keep_watch", keep_watch, due=due_watches(AT)),
    Work("remind_of_leaks", remind_of_leaks, due=(due_reports(AT),)),
    Work("remind_of_keys", remind_of_keys, has_cause=is_a_key_due),
    Work("lapse_joint_acts", lapse_joint_acts, due=(lapsing(AT),)),
    Work("remind_of_drills", remind_of_drills, due=due_drills()),
    Work("find_unusual_readings", find_unusual_readings, waits=True),
    Work("check_policies", check_policies, waits=True),
    Work("erase_due", erase_due, waits=True),
    Work("settle_due", settle_due, due=due_settlements()),
    Work("export_heads", export_heads, waits=True),
    Work("erase_files", erase_files, waits=True),
    Work("remove_files", remove_files, waits=True),
    Work("sweep_files", sweep_files, waits=True),
)


def sweep(
    app: Flask, *, wait_seconds: float = 0.0, works: tuple[Work, ...] | None = None, is_alone: bool = False
) -> Swept:
    """Do all that is due, unless another process is at it; then wait for it this long first.

    Whoever ``is_alone`` with an installation that no other process knows of asks for no lease.

    One piece of work that fails is undone and logged by its kind, and the others go on: the next sweep tries again. So
    is one thing within it (app/pipeline/one_by_one.py), while the work itself is done for all the others.
    """
    works = CLOCKWORK if works is None else works
    holder = new_holder()
    deadline = time.monotonic() + wait_seconds
    while not (is_alone or _take(app, holder)):
        if time.monotonic() >= deadline:
            return Swept(left_to_another=True)
        time.sleep(0.2)
    swept: dict[str, Came] = {}
    taken = time.monotonic()
    look: frozenset[str] | None = None
    try:
        for place, work in enumerate(works):
            if not is_alone and time.monotonic() - taken > RENEWED_AFTER.total_seconds():
                _take(app, holder)
                taken = time.monotonic()
            if work.due and look is None:
                look = _at_rest(app, works[place:])
            if (work.due and look and work.name in look) or not _has_cause(app, work):
                swept[work.name] = Came()
                continue
            swept[work.name] = _came_of(app, work)
            # What one has done may be what the next one waits for.
            look = None if swept[work.name].has_changed else look
    finally:
        if not is_alone:
            with app.app_context():
                give_back(LEASE, holder=holder)
    failed = tuple(name for name, came in swept.items() if came.is_undone or came.failing)
    done = tuple(name for name in swept if name not in failed)
    return Swept(done, failed, sum(came.failing for came in swept.values()))


def _take(app: Flask, holder: str) -> bool:
    with app.app_context():
        return take_lease(LEASE, holder=holder, length=LEASE_LENGTH)


def _at_rest(app: Flask, works: tuple[Work, ...]) -> frozenset[str]:
    """Of which pieces of work nothing is due. Where nobody can be asked, each begins and fails by itself if it must."""
    try:
        with app.app_context():
            return at_rest({work.name: work.due for work in works if work.due})
    except Exception as failure:  # noqa: BLE001 - without the look, everything is done as it would be after it
        log.error("first_look_failed", kind=type(failure).__name__)  # noqa: TRY400 - a trace may hold words
        return frozenset()


def _has_cause(app: Flask, work: Work) -> bool:
    """Whether a piece of work may have anything to do; it does where nobody can be asked."""
    if work.has_cause is None:
        return True
    try:
        with app.app_context():
            return work.has_cause()
    except Exception as failure:  # noqa: BLE001 - as above
        log.error("first_look_failed", name=work.name, kind=type(failure).__name__)  # noqa: TRY400 - as above
        return True


def _came_of(app: Flask, work: Work) -> Came:
    """Do a piece of work, and say what came of it."""
    # A context of its own gives each piece of work a fresh session: nothing that an earlier one read is believed.
    try:
        with app.app_context(), nullcontext() if work.waits else transaction():
            done = work.do()
            return Came(failing=failed_items(), has_changed=bool(done) if work.waits else has_changed())
    except Exception as failure:  # noqa: BLE001 - whatever one piece of work meets must not stop the others
        log.error("sweep_failed", name=work.name, kind=type(failure).__name__)  # noqa: TRY400 - a trace may hold words
        return Came(is_undone=True)
