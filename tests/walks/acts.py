"""What anybody may try in a walk, and what is usually done next in each state of a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import select

from app.advisers.actions import (
    acknowledge_secrecy,
    agree_to_access,
    ask_access,
    call_off_access,
    refuse_access,
    step_back,
    write_advice,
)
from app.advisers.queries import showable_parts
from app.cases.actions import (
    accept_report,
    acknowledge_consultation,
    advise,
    arrange_sending,
    ask_information,
    assign,
    begin_review,
    close_case,
    confirm_close,
    confirm_recall,
    decide_extension,
    draft_copy,
    exclude,
    give_feedback,
    monitor,
    open_triage,
    put_copy,
    recall,
    record_triage,
    refuse_close,
    refuse_recall,
    reopen,
    reroute,
    resume_triage,
    return_report,
    return_to_ready,
    return_to_triage,
    route_again,
    write_message,
    write_note,
)
from app.cases.queries import exchanges_of, latest_copy, reports_of
from app.mailbox.actions import (
    accept_result,
    answer,
    approve_copy,
    ask_for_change,
    decline_copy,
    say_not_satisfied,
    set_consent,
    withdraw,
    withdraw_consent,
    write,
)
from app.phone_desk.actions.consents import Caller, Word, key_consent
from app.phone_desk.actions.withdrawals import withdraw_on_request
from app.pipeline.clock import now, today
from app.pipeline.identity import Actor
from app.pipeline.transaction import db
from app.responses.actions import (
    acknowledge,
    ask_extension,
    log_action,
    open_exchange,
    record_response,
    reply_to_worker,
    submit_report,
)
from models.adviser_access import AdviserAccess
from models.case import Case
from models.exchange import Exchange
from models.extension import Extension
from models.forwarded_copy import ForwardedCopy
from models.report import Report
from models.rules.adviser_access import AdviceSought
from models.rules.case_lifecycle import CASE_LIFECYCLE, CaseAct, CaseState
from models.rules.consent import ConsentLevel, ConsentOption
from models.rules.desk_reasons import RecallReason
from models.rules.keyed_intake import ReadBack
from models.rules.known_by import KnownBy
from models.rules.lifecycle import NotAllowedNow
from models.rules.taxonomy.company_action import CompanyAction
from models.rules.taxonomy.harassment_type import HarassmentType
from models.rules.taxonomy.organisational_issue import OrganisationalIssue
from models.rules.taxonomy.outcome import Outcome
from models.rules.taxonomy.response_method import ResponseMethod
from models.rules.taxonomy.severity import Severity
from models.rules.withdrawal import AskedBy
from tests.support import road
from tests.support.present import company, person

DAYS = 10
WORDS = "経過をお伝えします。"

Act = Callable[[Case, Actor], object]
Thing = TypeVar("Thing")


def _nothing_there(case: Case) -> NotAllowedNow:
    """No page offers the act: there is nothing to do it with."""
    return NotAllowedNow(CASE_LIFECYCLE.name, case.state, CaseAct.OPEN_TRIAGE)


def _exchange(case: Case, *states: str) -> Exchange:
    for exchange in exchanges_of(case):
        if exchange.state in states:
            return exchange
    raise _nothing_there(case)


def _copy(case: Case) -> ForwardedCopy:
    for exchange in exchanges_of(case):
        copy = latest_copy(exchange)
        if exchange.state == "preparing" and copy is not None and copy.put_at is not None:
            return copy
    raise _nothing_there(case)


def _report(case: Case) -> Report:
    for exchange in exchanges_of(case):
        reports = reports_of(exchange)
        if reports:
            return reports[-1]
    raise _nothing_there(case)


def _extension(case: Case) -> Extension:
    found = (
        db().query(Extension).join(Exchange, Exchange.id == Extension.exchange_id).filter_by(case_id=case.id).first()
    )
    if found is None:
        raise _nothing_there(case)
    return found


def _weigh(severity: Severity) -> Act:
    return lambda case, actor: record_triage(
        case,
        severity=severity,
        types=(HarassmentType.ABUSE,),
        org_issues=(OrganisationalIssue.NO_SUPPORT,),
        is_crisis=severity is Severity.CRITICAL,
        actor=actor,
    )


def _put_a_copy(key: str, level: ConsentLevel) -> Act:
    def put(case: Case, actor: Actor) -> None:
        copy = draft_copy(case, company(key), text=road.FORWARDED, level=level, actor=actor)
        put_copy(case, copy, actor=actor)

    return put


def _access(case: Case) -> AdviserAccess:
    wanted = select(AdviserAccess).where(AdviserAccess.case_id == case.id).order_by(AdviserAccess.asked_at.desc())
    return _one_of(db().scalars(wanted.limit(1)).all(), case)


def _one_of(found: Sequence[Thing], case: Case) -> Thing:
    if not found:
        raise _nothing_there(case)
    return found[0]


def keyed(level: ConsentLevel, read_back: ReadBack) -> Callable[[Case, Actor, str], object]:
    """What she says by telephone of what a company may be told, with her code."""
    return lambda case, actor, code: key_consent(case, Word(level), Caller(code), read_back=read_back, actor=actor)


TELEPHONE: Mapping[str, Callable[[Case, Actor, str], object]] = {
    "tells_nobody": keyed(ConsentLevel.CN_0, ReadBack.NOT_YET),
    "tells_less": keyed(ConsentLevel.CN_1, ReadBack.NOT_YET),
    "tells_more": keyed(ConsentLevel.CN_3, ReadBack.READ_ALOUD),
}
DESK: Mapping[str, Act] = {
    "acknowledge": lambda case, actor: acknowledge_consultation(case, actor=actor),
    "open_triage": lambda case, actor: open_triage(case, actor=actor),
    "weigh_low": _weigh(Severity.LOW),
    "weigh_moderate": _weigh(Severity.MODERATE),
    "weigh_high": _weigh(Severity.HIGH),
    "ask": lambda case, actor: ask_information(case, WORDS, actor=actor),
    "resume": lambda case, actor: resume_triage(case, actor=actor),
    "advise": lambda case, actor: advise(case, WORDS, actor=actor),
    "note": lambda case, actor: write_note(case, WORDS, actor=actor),
    "message": lambda case, actor: write_message(case, WORDS, actor=actor),
    "copy_for_alpha": _put_a_copy("alpha", ConsentLevel.CN_2),
    "copy_for_beta": _put_a_copy("beta", ConsentLevel.CN_1),
    "send": lambda case, actor: arrange_sending(case, _exchange(case, "preparing"), actor=actor),
    "send_at_once": lambda case, actor: arrange_sending(
        case, _exchange(case, "preparing"), consulter_agrees=True, actor=actor
    ),
    "reroute": lambda case, actor: reroute(case, _exchange(case, "routed"), "conflict", actor=actor),
    "route_again": lambda case, actor: route_again(case, _exchange(case, "preparing", "routed"), actor=actor),
    "recall": lambda case, actor: recall(
        case, _exchange(case, "routed", "preparing"), RecallReason.WRONG_CONTENT, actor=actor
    ),
    "confirm_recall": lambda case, actor: confirm_recall(case, _exchange(case, "routed"), actor=actor),
    "refuse_recall": lambda case, actor: refuse_recall(case, _exchange(case, "routed"), actor=actor),
    "to_ready": lambda case, actor: return_to_ready(case, actor=actor),
    "to_triage": lambda case, actor: return_to_triage(case, actor=actor),
    "begin_review": lambda case, actor: begin_review(case, actor=actor),
    "return_report": lambda case, actor: return_report(case, _report(case), WORDS, actor=actor),
    "accept_report": lambda case, actor: accept_report(case, _report(case), actor=actor),
    "grant_extension": lambda case, actor: decide_extension(case, _extension(case), True, actor=actor),
    "feedback": lambda case, actor: give_feedback(case, road.TOLD, actor=actor),
    "monitor": lambda case, actor: monitor(case, actor=actor),
    "close": lambda case, actor: close_case(case, Outcome.IMPROVED, actor=actor),
    "close_out_of_scope": lambda case, actor: close_case(case, Outcome.OUT_OF_SCOPE, actor=actor),
    "confirm_close": lambda case, actor: confirm_close(case, actor=actor),
    "refuse_close": lambda case, actor: refuse_close(case, actor=actor),
    "reopen": lambda case, actor: reopen(case, "recurrence", actor=actor),
    "assign": lambda case, actor: assign(case, person("second_counselor"), actor=actor),
    "exclude_officer": lambda case, actor: exclude(case, person("alpha_officer"), "consulter", actor=actor),
    "withdraw_on_request": lambda case, actor: withdraw_on_request(
        case, WORDS, asked_by=AskedBy.PHONE, known_by=KnownBy.QUESTIONS, actor=actor
    ),
    "ask_adviser": lambda case, actor: ask_access(
        case,
        person("adviser"),
        _one_of(showable_parts(case), case),
        sought=AdviceSought.LAW,
        question=WORDS,
        last_day=today() + timedelta(days=DAYS),
        actor=actor,
    ),
    "call_off_adviser": lambda case, actor: call_off_access(_access(case), actor=actor),
    "exclude_adviser": lambda case, actor: exclude(case, person("adviser"), "desk", actor=actor),
    "exclude_deputy": lambda case, actor: exclude(case, person("beta_deputy"), "desk", actor=actor),
}
COMPANY: Mapping[str, Act] = {
    "open": lambda case, actor: open_exchange(_exchange(case, "routed"), actor=actor),
    "acknowledge": lambda case, actor: acknowledge(_exchange(case, "routed"), actor=actor),
    "log": lambda case, actor: log_action(
        _exchange(case, "routed"),
        action=CompanyAction.HEARD_WORKER,
        note=WORDS,
        done_on=now().date(),
        actor=actor,
    ),
    "reply": lambda case, actor: reply_to_worker(_exchange(case, "routed"), WORDS, actor=actor),
    "respond": lambda case, actor: record_response(
        _exchange(case, "routed"), how=ResponseMethod.MESSAGE, note=WORDS, actor=actor
    ),
    "ask_extension": lambda case, actor: ask_extension(
        _exchange(case, "routed"), working_days=DAYS, reason=WORDS, actor=actor
    ),
    "report": lambda case, actor: submit_report(_exchange(case, "routed"), road.REPORT, actor=actor),
}
ADVISER: Mapping[str, Act] = {
    "promise": lambda case, actor: acknowledge_secrecy(_access(case), actor=actor),
    "write_advice": lambda case, actor: write_advice(_access(case), WORDS, actor=actor),
    "step_back": lambda case, actor: step_back(_access(case), actor=actor),
}
CONSULTER: Mapping[str, Act] = {
    "write": lambda case, actor: write(case, WORDS, actor=actor),
    "answer": lambda case, actor: answer(case, WORDS, actor=actor),
    "approve": lambda case, actor: approve_copy(case, _copy(case), actor=actor),
    "ask_for_change": lambda case, actor: ask_for_change(case, _copy(case), comment=WORDS, actor=actor),
    "decline": lambda case, actor: decline_copy(case, _copy(case), actor=actor),
    "raise": lambda case, actor: set_consent(case, ConsentLevel.CN_3, (ConsentOption.CN_EP,), actor=actor),
    "lower": lambda case, actor: set_consent(case, ConsentLevel.CN_1, (), actor=actor),
    "withdraw_consent": lambda case, actor: withdraw_consent(case, actor=actor),
    "agree_to_adviser": lambda case, actor: agree_to_access(_access(case), actor=actor),
    "refuse_adviser": lambda case, actor: refuse_access(_access(case), actor=actor),
    "not_satisfied": lambda case, actor: say_not_satisfied(case, WORDS, actor=actor),
    "accept": lambda case, actor: accept_result(case, actor=actor),
    "withdraw": lambda case, actor: withdraw(case, WORDS, actor=actor),
}
USUALLY: Mapping[CaseState, tuple[tuple[str, str], ...]] = {
    CaseState.RECEIVED: (("desk", "open_triage"), ("desk", "acknowledge")),
    CaseState.TRIAGE: (
        ("desk", "copy_for_alpha"),
        ("desk", "weigh_moderate"),
        ("desk", "copy_for_beta"),
        ("desk", "weigh_high"),
        ("manager", "ask_adviser"),
        ("desk", "ask"),
        ("desk", "advise"),
        ("desk", "close_out_of_scope"),
    ),
    CaseState.NEED_INFO: (("consulter", "answer"), ("desk", "resume"), ("consulter", "agree_to_adviser")),
    CaseState.AWAIT_CONSENT: (
        ("consulter", "approve"),
        ("consulter", "approve"),
        ("consulter", "agree_to_adviser"),
        ("consulter", "ask_for_change"),
        ("consulter", "decline"),
        ("desk", "advise"),
        ("desk", "close"),
    ),
    CaseState.READY: (("desk", "send_at_once"), ("desk", "send"), ("adviser", "promise")),
    CaseState.ROUTED: (
        ("company", "acknowledge"),
        ("manager", "confirm_recall"),
        ("desk", "recall"),
        ("desk", "reroute"),
    ),
    CaseState.REROUTE: (("desk", "route_again"),),
    CaseState.RECALLED: (("desk", "to_ready"), ("desk", "to_triage"), ("desk", "close")),
    CaseState.ACKED: (("company", "log"), ("company", "ask_extension")),
    CaseState.IN_ACTION: (("company", "report"), ("company", "respond"), ("desk", "grant_extension")),
    CaseState.RESPONDED: (("company", "report"),),
    CaseState.REPORTED: (("desk", "begin_review"),),
    CaseState.REVIEW: (("desk", "accept_report"), ("desk", "accept_report"), ("desk", "return_report")),
    CaseState.FEEDBACK: (
        ("desk", "feedback"),
        ("desk", "monitor"),
        ("desk", "feedback"),
        ("consulter", "not_satisfied"),
        ("consulter", "accept"),
    ),
    CaseState.MONITOR: (("desk", "reopen"), ("desk", "close"), ("manager", "confirm_close")),
    CaseState.ADVICE: (("desk", "copy_for_alpha"), ("desk", "close"), ("manager", "confirm_close")),
    CaseState.WITHDRAWN: (("desk", "close"), ("manager", "confirm_close")),
    CaseState.CLOSED: (("desk", "reopen"),),
}
"""Of what usually comes next, one thing that can be done now is done."""
