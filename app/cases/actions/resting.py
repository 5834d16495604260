"""The desk's own term stands still while the consulter is asked, and goes on with what was left of it afterwards."""

from __future__ import annotations

from app.cases.queries import severity_of
from app.clocks.actions import meet_clocks, resume_clock, start_clock, stop_clocks
from app.clocks.queries import last_stopped, running_clock
from models.case import Case
from models.rules.case_clocks import RESTS_IN
from models.rules.case_lifecycle import CaseState
from models.rules.deadlines import ClockKind

DECIDED_WITH_THE_COPY = (ClockKind.TRIAGE, ClockKind.ADVICE)


def let_rest(case: Case) -> None:
    """The consulter was asked, and the case says so: from now on it is she who is waited for."""
    stop_clocks(case, RESTS_IN[case.state])


def go_on_after(asked_in: CaseState, case: Case) -> None:
    """She answered what was asked in that state, or is waited for no longer: the desk has what was left of its time."""
    resume_clock(case, *RESTS_IN[asked_in], severity=severity_of(case))


def triage_is_over(case: Case) -> None:
    """It is decided what is done; what went on meanwhile has come to its end."""
    meet_clocks(case, DECIDED_WITH_THE_COPY)


def go_on_with_advice(case: Case) -> None:
    """She said no to a copy: where she was being advised before, that goes on; else it begins."""
    meet_clocks(case, [ClockKind.TRIAGE])
    if running_clock(case.id, ClockKind.ADVICE) is not None:
        return
    rested = last_stopped(case.id, RESTS_IN[CaseState.AWAIT_CONSENT])
    if rested is not None and rested.kind is ClockKind.ADVICE:
        resume_clock(case, ClockKind.ADVICE)
    else:
        start_clock(case, ClockKind.ADVICE)
