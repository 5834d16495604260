"""Closing: by one, or by two where the matter is grave; and opening again."""

from __future__ import annotations

from app.advisers.actions.ending import end_accesses_to
from app.cases.actions.limits import promise_again
from app.cases.actions.sending import close_exchange
from app.cases.links import was_merged
from app.cases.queries import exchanges_of, gravest_of, outcome_of, severity_of, withdrawal_asked_for
from app.clocks.actions import start_clock, stop_clocks
from app.clocks.queries import calendar
from app.pipeline.acting import ChangedMeanwhile
from app.pipeline.acting_on_cases import perform_on_case
from app.pipeline.audit import of_case, record
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.secrets import facet
from app.pipeline.standing import must_be_allowed, towards_case
from app.pipeline.transaction import db
from app.retention.queries import content_goes
from app.rulebook.queries import deadlines_at
from models.case import Case
from models.company_file import CompanyFile
from models.rules.case_clocks import PROMISED
from models.rules.case_lifecycle import CASE_LIFECYCLE, CaseAct, CaseState, closing_needs_second_person, may_reopen
from models.rules.company_file_lifecycle import follows_silence
from models.rules.deadlines import ClockKind
from models.rules.lifecycle import NotAllowedNow
from models.rules.people import Standing
from models.rules.permissions import Permission
from models.rules.taxonomy.outcome import Outcome

CLOSING_ACTS = {CaseState.TRIAGE: CaseAct.PUT_OUT_OF_SCOPE, CaseState.AWAIT_CONSENT: CaseAct.CLOSE_WITHOUT_CONSENT}


def close_case(case: Case, outcome: Outcome, *, actor: Actor) -> bool:
    """Close a case, or ask a second person to where that is needed. Returns whether it is closed."""
    act = CLOSING_ACTS.get(case.state, CaseAct.CLOSE)
    if closing_needs_second_person(gravest_of(case), outcome):
        ask_to_close(case, outcome, actor=actor)
        return False
    _close(case, act, facet("outcome", outcome.value), actor=actor)
    return True


def ask_to_close(case: Case, outcome: Outcome, *, actor: Actor) -> None:
    """Ask a second person to agree to closing."""
    CASE_LIFECYCLE.row_for(case.state, CaseAct.CONFIRM_CLOSE)
    must_be_allowed(Permission.CASE_CLOSE, actor=actor, standing=towards_case(actor, case))
    token = facet("outcome", outcome.value)
    case.closing_asked_by_id, case.closing_outcome_token = actor.id, token
    case.version += 1
    record(of_case(case), "case.ask_close", actor=actor, facts={"outcome": token.hex()})


def confirm_close(case: Case, *, actor: Actor) -> None:
    """Agree, as the second person, to what another asked for."""
    waits = case.closing_asked_by_id is not None and withdrawal_asked_for(case) is None
    if not waits or case.closing_outcome_token is None:
        raise ChangedMeanwhile(of_case(case))
    if case.closing_asked_by_id == actor.id:
        raise NotAllowedNow(CASE_LIFECYCLE.name, case.state, CaseAct.CONFIRM_CLOSE)
    _close(case, CaseAct.CONFIRM_CLOSE, case.closing_outcome_token, actor=actor)


def refuse_close(case: Case, *, actor: Actor) -> None:
    """Do not agree to closing; the case goes on."""
    must_be_allowed(Permission.CASE_SECOND_CLOSE, actor=actor, standing=towards_case(actor, case))
    if case.closing_asked_by_id is None or withdrawal_asked_for(case) is not None:
        raise ChangedMeanwhile(of_case(case))
    case.closing_asked_by_id = case.closing_outcome_token = None
    case.version += 1
    record(of_case(case), "case.refuse_close", actor=actor, facts={})


def monitor(case: Case, *, actor: Actor) -> None:
    """Watch how things go on, after the result was told."""
    perform_on_case(case, CaseAct.MONITOR, actor=actor)
    stop_clocks(case, but=PROMISED)
    start_clock(case, ClockKind.PROGRESS_NOTE)


def reopen(case: Case, reason_code: str, *, actor: Actor) -> None:
    """Open a case again, within the term that the rules give; what went up in another one goes on there.

    What a company has answered is over and stays as it was; a company is told anew by a new copy, with a new consent.
    """
    if was_merged(case):
        raise NotAllowedNow(CASE_LIFECYCLE.name, case.state, CaseAct.REOPEN)
    # Whoever orders its erasure at this moment is waited for: the clock would destroy the keys of an open case.
    db().refresh(case, with_for_update=True)
    if content_goes(case):
        raise NotAllowedNow(CASE_LIFECYCLE.name, case.state, CaseAct.REOPEN)
    if case.closed_at is not None and not may_reopen(
        closed_at=case.closed_at, now=now(), calendar=calendar(), policy=deadlines_at(case.closed_at)
    ):
        raise NotAllowedNow(CASE_LIFECYCLE.name, case.state, CaseAct.REOPEN)
    perform_on_case(case, CaseAct.REOPEN, actor=actor, facts={"reason_code": reason_code})
    case.is_open = True
    for exchange in exchanges_of(case):
        if exchange.accepted_at is not None:
            # Its report was accepted: that is over, and what happened since is sent to the company anew.
            close_exchange(case, exchange, "finished", actor=actor)
    stop_clocks(case, but=PROMISED)
    start_clock(case, ClockKind.TRIAGE, severity=severity_of(case))
    promise_again(case)


def end_with_its_group(case: Case, outcome: Outcome, *, standing: Standing, actor: Actor) -> None:
    """Close what was answered with a group; S3 and S4 never come here, they are closed singly and by two."""
    if closing_needs_second_person(gravest_of(case), outcome):
        raise NotAllowedNow(CASE_LIFECYCLE.name, case.state, CaseAct.CLOSE)
    perform_on_case(
        case, CaseAct.CLOSE, actor=actor, standing=standing, facts={"outcome": facet("outcome", outcome.value).hex()}
    )
    put_to_rest(case, actor=actor)


def conclude_without_answer(case: Case, file: CompanyFile, *, actor: Actor) -> None:
    """The company does not answer: its silence is followed in the company file, and the consulter is told so."""
    silent = {exchange.company_id for exchange in exchanges_of(case) if exchange.state == "routed"}
    if not follows_silence(file.state, is_open=file.is_open) or file.company_id not in silent:
        raise NotAllowedNow(CASE_LIFECYCLE.name, case.state, CaseAct.CONCLUDE_WITHOUT_ANSWER)
    perform_on_case(case, CaseAct.CONCLUDE_WITHOUT_ANSWER, actor=actor, facts={"company_file_id": file.id.hex})
    for exchange in exchanges_of(case):
        if exchange.company_id == file.company_id:
            close_exchange(case, exchange, "no_answer", actor=actor)
    stop_clocks(case, but=PROMISED)
    start_clock(case, ClockKind.FEEDBACK)


def put_to_rest(case: Case, *, actor: Actor) -> None:
    """What follows from closing, whoever closed: nothing runs or waits to be sent, and no adviser reads on."""
    case.is_open = False
    case.closing_asked_by_id = case.closing_outcome_token = None
    for exchange in exchanges_of(case):
        close_exchange(case, exchange, "finished", actor=actor)
    end_accesses_to(case, actor=actor)
    stop_clocks(case)


def _close(case: Case, act: CaseAct, token: bytes, *, actor: Actor) -> None:
    perform_on_case(case, act, actor=actor, facts={"outcome": token.hex()})
    put_to_rest(case, actor=actor)


def outcome_asked_for(case: Case) -> Outcome | None:
    """The outcome with which somebody asked to close."""
    return outcome_of(case.closing_outcome_token)
