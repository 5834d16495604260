"""Every way of the domain's table of states (6.1) is travelled by the actions themselves, as the record tells."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask

from app.cases.actions import (
    accept_report,
    advise,
    ask_information,
    begin_review,
    close_case,
    monitor,
    reopen,
    reroute,
    return_report,
    return_to_ready,
    return_to_triage,
    route_again,
)
from app.cases.queries import exchanges_of
from app.incidents.queries import case_of as case_of_group
from app.mailbox.actions import accept_result, answer, decline_copy, say_not_satisfied, withdraw
from app.phone_desk.actions.withdrawals import withdraw_on_request
from app.responses.actions import record_response, submit_report
from models.case import Case
from models.exchange import Exchange
from models.rules.case_lifecycle import CaseState
from models.rules.known_by import KnownBy
from models.rules.taxonomy.outcome import Outcome
from models.rules.taxonomy.response_method import ResponseMethod
from models.rules.taxonomy.severity import Severity
from models.rules.withdrawal import AskedBy
from tests.app.incidents.test_grouped_copy import a_group
from tests.app.incidents.test_grouped_copy import approved as approved_as_a_group
from tests.rules.test_the_table_of_states import TABLE_6_1
from tests.support import road
from tests.support.present import consulter, present
from tests.walks.coverage import ways_of

WORDS = "経過をお伝えします。"
Way = tuple[CaseState, CaseState]


def desk(case: Case, act: Callable[..., object], *rest: object, by: str = "counselor", **more: object) -> None:
    road.done(lambda: act(road.case_of(case), *rest, actor=present(by), **more))


def hers(case: Case, code: str, act: Callable[..., object], *rest: object, **more: object) -> None:
    road.done(lambda: act(road.case_of(case), *rest, actor=consulter(code), **more))


def travelled(case: Case) -> set[Way]:
    """The ways of a case, told again from its record alone."""
    return {(row.while_in, row.makes) for row in ways_of(road.case_of(case))}


def answered_by_the_company(case: Case, code: str) -> Exchange:
    exchange = road.in_action(road.acknowledged(road.routed(road.case_of(case), code)))
    road.done(
        lambda: record_response(
            exchange, how=ResponseMethod.MESSAGE, note=WORDS, actor=present(road.officer_of(exchange))
        )
    )
    return exchange


def through_the_whole_line_and_back_again() -> Case:
    case, code = road.triaged()
    road.fed_back(answered_by_the_company(case, code))
    desk(case, monitor)
    desk(case, close_case, Outcome.IMPROVED)
    desk(case, reopen, "recurrence")
    desk(case, ask_information, "いつのことですか。")
    hers(case, code, answer, WORDS)
    desk(case, advise, WORDS)
    copy = road.copied(road.case_of(case), text=road.FORWARDED + "以上です。")
    hers(case, code, decline_copy, copy)
    desk(case, close_case, Outcome.ADVICE)
    return case


def returned_and_not_enough() -> Case:
    case, code = road.triaged()
    exchange = road.reported(road.in_action(road.acknowledged(road.routed(case, code))))
    desk(case, begin_review)
    desk(case, return_report, road.newest_report(exchange), WORDS)
    road.done(lambda: submit_report(exchange, road.REPORT, actor=present(road.officer_of(exchange))))
    road.fed_back(road.accepted(exchange))
    hers(case, code, say_not_satisfied, WORDS)
    desk(case, accept_report, road.newest_report(exchange))
    road.fed_back(exchange)
    hers(case, code, accept_result)
    return case


def sent_to_somebody_else_taken_back_and_closed() -> Case:
    case, code = road.triaged(severity=Severity.MODERATE)
    road.routed(case, code)
    (exchange,) = exchanges_of(road.case_of(case))
    desk(case, reroute, exchange, "wrong")
    desk(case, route_again, exchange)
    road.recalled(exchange)
    desk(case, return_to_ready)
    road.recalled(road.routed(road.case_of(case), code))
    desk(case, return_to_triage)
    road.recalled(road.routed(road.case_of(case), code))
    desk(case, close_case, Outcome.REFERRED)
    return case


def watched_and_opened_again() -> Case:
    case, code = road.triaged()
    road.fed_back(road.routed(case, code))
    desk(case, monitor)
    desk(case, reopen, "retaliation")
    return case


def closed_without_consent() -> Case:
    case, _code = road.triaged()
    road.copied(case)
    desk(case, close_case, Outcome.NO_CONSENT)
    return case


def withdrawn_and_closed() -> Case:
    case, code = road.triaged()
    hers(case, code, withdraw)
    desk(case, close_case, Outcome.WITHDRAWN)
    return case


def withdrawn_at_her_request() -> Case:
    case, _code = road.triaged()
    desk(case, withdraw_on_request, WORDS, asked_by=AskedBy.PHONE, known_by=KnownBy.QUESTIONS)
    return case


def told_as_a_group() -> Case:
    group, _sent = a_group(20)
    approved_as_a_group(group)
    return case_of_group(group)


ROADS = (
    through_the_whole_line_and_back_again,
    returned_and_not_enough,
    sent_to_somebody_else_taken_back_and_closed,
    watched_and_opened_again,
    closed_without_consent,
    withdrawn_and_closed,
    withdrawn_at_her_request,
    told_as_a_group,
)


def test_every_way_of_the_table_is_travelled_by_the_actions(app: Flask) -> None:
    with app.app_context():
        ways: set[Way] = set().union(*(travelled(go()) for go in ROADS))
    of_the_table = {(state, to) for state, leads_to, _clocks in TABLE_6_1 for to in leads_to}
    assert of_the_table - ways == set()
    assert (CaseState.TRIAGE, CaseState.WITHDRAWN) in ways
