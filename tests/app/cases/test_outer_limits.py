"""A first word within five business days and the result within three months: started, kept, shown and told of (6.3)."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from app.cases.actions import (
    acknowledge_consultation,
    exclude,
    reopen,
    tell_of_passed_limits,
    write_message,
)
from app.clocks.queries import clocks_of, running_clock, running_clocks
from app.mailbox.actions import withdraw, withdraw_consent
from app.operations.sweep import sweep
from app.pipeline.transaction import db
from app.statistics.queries import LimitKept, limits_kept
from models.audit_record import AuditRecord
from models.case import Case
from models.clock import Clock
from models.outbox_message import OutboxMessage
from models.rules.case_lifecycle import CaseState
from models.rules.deadlines import ClockKind
from models.rules.taxonomy.severity import Severity
from tests.support import road
from tests.support.present import consulter, person, present
from tests.support.visitor import enter, sign_in

K = ClockKind


def acknowledged(case: Case) -> None:
    road.done(lambda: acknowledge_consultation(road.case_of(case), actor=present("counselor")))


def due_on(case: Case, kind: ClockKind) -> date | None:
    clock = running_clock(case.id, kind)
    return clock.due_at.date() if clock is not None else None


def newest(case: Case, kind: ClockKind) -> Clock:
    return [clock for clock in clocks_of(case.id) if clock.kind is kind][-1]


def mails_to(key: str) -> int:
    return len(
        db()
        .scalars(
            select(OutboxMessage).where(
                OutboxMessage.person_id == person(key).id, OutboxMessage.idempotency_key.contains(":limit:")
            )
        )
        .all()
    )


def told_of(case: Case) -> list[str]:
    events = select(AuditRecord.facts).where(AuditRecord.subject_id == case.id, AuditRecord.name == "case.limit_passed")
    return [str(facts) for facts in db().scalars(events)]


def test_a_consultation_is_answered_within_five_business_days_and_its_result_told_within_three_months(
    app: Flask,
) -> None:
    with app.app_context():
        case, _code = road.triaged()
        assert (due_on(case, K.ACKNOWLEDGE_CONSULTER), due_on(case, K.ACKNOWLEDGE_OUTER)) == (
            date(2026, 11, 26),
            date(2026, 12, 1),
        )
        assert running_clock(case.id, K.FEEDBACK_OUTER) is None
        road.let_hours_pass(24)
        acknowledged(case)
        # The three months are counted from the first word to her.
        assert due_on(case, K.FEEDBACK_OUTER) == date(2027, 2, 25)
        assert newest(case, K.ACKNOWLEDGE_OUTER).met_at is not None
        road.let_hours_pass(24)
        road.done(lambda: write_message(road.case_of(case), road.TOLD, actor=present("counselor")))
        assert due_on(case, K.FEEDBACK_OUTER) == date(2027, 2, 25), "a later word moves nothing"


def test_telling_the_result_keeps_the_promise_and_closing_ends_it(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged()
        acknowledged(case)
        exchange = road.fed_back(road.routed(case, code))
        kept = newest(case, K.FEEDBACK_OUTER)
        assert kept.met_at is not None
        assert kept.due_at.date() == date(2027, 2, 24)
        road.closed(exchange)
        assert running_clocks(case.id) == []


def test_a_promise_outlives_a_consent_that_was_taken_back_and_ends_with_a_withdrawal(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged()
        acknowledged(case)
        road.routed(case, code)
        road.done(lambda: withdraw_consent(road.case_of(case), actor=consulter(code)))
        assert road.case_of(case).state is CaseState.ADVICE
        assert due_on(case, K.FEEDBACK_OUTER) == date(2027, 2, 24)
        road.done(lambda: withdraw(road.case_of(case), actor=consulter(code)))
        assert running_clocks(case.id) == []


def test_a_first_word_that_is_owed_is_owed_after_consent_was_taken_back_too(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged()
        road.copied(case)
        road.done(lambda: withdraw_consent(road.case_of(case), actor=consulter(code)))
        assert due_on(case, K.ACKNOWLEDGE_CONSULTER) == date(2026, 11, 26)
        assert due_on(case, K.ACKNOWLEDGE_OUTER) == date(2026, 12, 1)


def test_a_case_opened_again_promises_its_result_anew(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged()
        acknowledged(case)
        road.closed(road.routed(case, code))
        road.let_hours_pass(24 * 30)
        road.done(lambda: reopen(road.case_of(case), "recurrence", actor=present("counselor")))
        assert due_on(case, K.FEEDBACK_OUTER) == date(2027, 3, 25)


def test_who_answers_for_it_is_told_once_that_nobody_wrote_in_five_business_days(app: Flask) -> None:
    with app.app_context():
        case, _code = road.triaged()
        road.let_hours_pass(24 * 7 + 6)
        assert road.done(tell_of_passed_limits) == 0, "the last day is not over"
        road.let_hours_pass(2)
        case_id = case.id
    for _time in range(2):
        assert sweep(app).failed == ()
    with app.app_context():
        case = db().get_one(Case, case_id)
        assert (mails_to("manager"), mails_to("counselor"), mails_to("second_counselor")) == (1, 1, 0)
        assert len(told_of(case)) == 1
        assert "acknowledge_outer" in told_of(case)[0]
        # The result is due as if somebody had written on the last day for it.
        assert due_on(case, K.FEEDBACK_OUTER) == date(2027, 3, 1)
        assert due_on(case, K.ACKNOWLEDGE_OUTER) == date(2026, 12, 1), "the word is owed all the same"
        acknowledged(case)
        assert due_on(case, K.FEEDBACK_OUTER) == date(2027, 3, 1)
        assert newest(case, K.ACKNOWLEDGE_OUTER).met_at is not None


def test_somebody_who_must_not_see_a_case_hears_nothing_of_its_limit(app: Flask) -> None:
    with app.app_context():
        case, _code = road.triaged()
        road.done(lambda: exclude(road.case_of(case), person("manager"), "consulter", actor=present("counselor")))
        road.let_hours_pass(24 * 8)
        assert road.done(tell_of_passed_limits) == 1
        assert (mails_to("manager"), mails_to("counselor")) == (0, 1)


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (1, "どうなったかは、おそくとも2027年2月24日(水)までに、この画面でご案内します。"),
        (100, "結果をご案内するはずの2027年2月24日(水)を過ぎてしまい、申し訳ありません。"),
    ],
)
def test_the_consulter_reads_by_when_she_is_told_the_result_and_is_asked_for_pardon_when_it_is_late(
    app: Flask, days: int, words: str
) -> None:
    with app.app_context():
        case, code = road.triaged()
        acknowledged(case)
        road.let_hours_pass(24 * days)
    visitor = enter(app, code)
    assert words in visitor.page.text.replace(" ", ""), "a day is an element of its own, which the text sets apart"


def test_the_desk_sees_both_limits_among_the_dates_of_a_case_and_in_its_timeline(app: Flask) -> None:
    with app.app_context():
        case, _code = road.triaged(severity=Severity.LOW)
        road.let_hours_pass(24 * 8)
        road.done(tell_of_passed_limits)
        number = road.case_of(case).number
    page = sign_in(app, "counselor").get(f"/desk/{number}")
    for words in ("受付の連絡の最終期限", "結果案内の最終期限", "相談者への約束の最終期限を過ぎました"):
        assert words in page.text


def test_the_years_numbers_tell_how_many_limits_were_kept(app: Flask) -> None:
    with app.app_context():
        in_time, late, gone, runs = (road.triaged()[0], road.triaged()[0], *(road.triaged() for _one in range(2)))
        acknowledged(in_time)
        road.done(lambda: withdraw(road.case_of(gone[0]), actor=consulter(gone[1])))
        road.let_hours_pass(24 * 9)
        acknowledged(late)
        ids = frozenset(one.id for one in (in_time, late, gone[0], runs[0]))
        kept = limits_kept(ids, K.ACKNOWLEDGE_OUTER)
        assert kept == {LimitKept.IN_TIME: 1, LimitKept.LATE: 2, LimitKept.ENDED_BEFORE: 1, LimitKept.NOT_COUNTED: 0}
        result = limits_kept(ids, K.FEEDBACK_OUTER)
        assert result[LimitKept.NOT_COUNTED] == 2
        assert result[LimitKept.ENDED_BEFORE] == 2
