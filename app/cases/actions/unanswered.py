"""When the consulter does not answer: nothing is told to a company, and the desk goes on (domain section 6.1)."""

from __future__ import annotations

from sqlalchemy import Select, select

from app.cases.actions.resting import go_on_after
from app.clocks.actions import start_clock, stop_clocks
from app.pipeline.acting_on_cases import perform_on_case
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
from models.rules.case_clocks import ANSWERS, RESTS_IN
from models.rules.case_lifecycle import CASE_LIFECYCLE, CaseAct, CaseState
from models.rules.deadlines import ClockKind
from models.rules.mail_kinds import MailKind
from models.rules.people import Standing

AT_A_TIME = 100


def unanswered(at: Moment) -> Select[Clock, Case]:
    """The answers that did not come in time, each with its case."""
    return (
        select(Clock, Case)
        .join(Case, Case.id == Clock.subject_id)
        .where(
            Clock.subject_kind == Case.__tablename__,
            Clock.kind.in_(ANSWERS),
            Clock.met_at.is_(None),
            Clock.stopped_at.is_(None),
            Clock.due_at < at,
            Case.closing_asked_by_id.is_(None),
        )
    )


def go_on_unanswered() -> int:
    """Where an answer did not come in time, the desk's own term goes on; called by the clock. Returns how many.

    She may still answer afterwards. Nothing is closed and nothing is told by the clock: that is for people to decide. A
    case that somebody asked to close is left to the second person.
    """
    rows = db().execute(
        unanswered(now()).order_by(Clock.due_at, Clock.id).limit(AT_A_TIME).with_for_update(skip_locked=True)
    )
    return one_by_one([(clock, case) for clock, case in rows], _go_on, work="go_on_unanswered")


def _go_on(waited: tuple[Clock, Case]) -> bool:
    clock, case = waited
    asked_in = case.state
    stop_clocks(case, [clock.kind])
    if CASE_LIFECYCLE.allows(asked_in, CaseAct.GO_ON_UNANSWERED):
        perform_on_case(
            case, CaseAct.GO_ON_UNANSWERED, actor=THE_CLOCK, standing=Standing.NONE, facts={"clock": clock.kind.value}
        )
    else:
        # A copy for a second company, while the case is on its way with the first.
        record(of_case(case), "copy.unanswered", actor=THE_CLOCK, facts={"clock": clock.kind.value})
        case.version += 1
    if asked_in in RESTS_IN:
        go_on_after(asked_in, case)
    elif asked_in is CaseState.FEEDBACK:
        # She was told the result and says nothing: the desk decides whether to watch on or to close.
        start_clock(case, ClockKind.FEEDBACK)
    counselor = db().get(Person, case.assignee_id) if case.assignee_id else None
    if counselor is not None and counselor.serves_at(now()):
        queue_mail(counselor, MailKind.UPDATE, actor=THE_CLOCK, key=f"unanswered:{clock.id.hex}")
    return True
