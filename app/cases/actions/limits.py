"""The outer limits of what the consulter was promised: a first word, and the result (domain section 6.3)."""

from __future__ import annotations

from sqlalchemy import Select, select

from app.cases.actions.triage import is_excluded
from app.clocks.actions import meet_clocks, start_clock
from app.clocks.queries import clocks_of, running_clock
from app.people.queries import serving
from app.pipeline.audit import of_case, record
from app.pipeline.clock import now
from app.pipeline.first_look import Moment
from app.pipeline.identity import THE_CLOCK
from app.pipeline.one_by_one import one_by_one
from app.pipeline.outbox import queue_mail
from app.pipeline.transaction import db
from models.case import Case
from models.clock import Clock
from models.person import Person
from models.rules.case_clocks import OUTER_LIMITS
from models.rules.deadlines import ClockKind
from models.rules.mail_kinds import MailKind
from models.rules.people import Role

FIRST_WORD = (ClockKind.ACKNOWLEDGE_CONSULTER, ClockKind.ACKNOWLEDGE_OUTER)
AT_A_TIME = 100


def note_word_to_her(case: Case, purpose: str) -> None:
    """The consulter was written to: the first word was waited for, and from it the limit of the result is counted."""
    is_first = running_clock(case.id, ClockKind.ACKNOWLEDGE_OUTER) is not None
    meet_clocks(case, FIRST_WORD)
    if purpose == "feedback":
        meet_clocks(case, [ClockKind.FEEDBACK_OUTER])
    elif is_first and running_clock(case.id, ClockKind.FEEDBACK_OUTER) is None:
        start_clock(case, ClockKind.FEEDBACK_OUTER)


def promise_again(case: Case) -> None:
    """A case that was opened again: what may come of it is told within the outer limit, counted from now."""
    if any(clock.kind in OUTER_LIMITS for clock in clocks_of(case.id)):
        start_clock(case, ClockKind.FEEDBACK_OUTER)


def passed_limits(at: Moment) -> Select[Clock]:
    """The outer limits that have passed, and of which nobody has been told."""
    return select(Clock).where(
        Clock.subject_kind == Case.__tablename__,
        Clock.kind.in_(OUTER_LIMITS),
        Clock.met_at.is_(None),
        Clock.stopped_at.is_(None),
        Clock.due_at < at,
        Clock.passing_told_at.is_(None),
    )


def tell_of_passed_limits() -> int:
    """Let those who answer for it know, once, that an outer limit has passed; called by the clock. Returns how many."""
    passed = (
        db()
        .scalars(
            passed_limits(now()).order_by(Clock.due_at, Clock.id).limit(AT_A_TIME).with_for_update(skip_locked=True)
        )
        .all()
    )
    return one_by_one(passed, _tell, work="tell_of_passed_limits")


def _tell(clock: Clock) -> bool:
    case = db().get_one(Case, clock.subject_id)
    clock.passing_told_at = now()
    record(of_case(case), "case.limit_passed", actor=THE_CLOCK, facts={"clock": clock.kind.value})
    if clock.kind is ClockKind.ACKNOWLEDGE_OUTER and running_clock(case.id, ClockKind.FEEDBACK_OUTER) is None:
        # Where nobody wrote in time, the result is due as if somebody had on the last day for it.
        start_clock(case, ClockKind.FEEDBACK_OUTER, from_=clock.due_at)
    counselor = db().get(Person, case.assignee_id) if case.assignee_id else None
    answer_for_it = [*serving(now(), Role.MANAGER), *([counselor] if counselor is not None else [])]
    for person in answer_for_it:
        if person.serves_at(now()) and not is_excluded(case, person):
            queue_mail(person, MailKind.UPDATE, actor=THE_CLOCK, key=f"limit:{clock.id.hex}")
    return True
