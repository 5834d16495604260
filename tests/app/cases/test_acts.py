"""What the desk's acts on a case do and refuse, from triage to closing, whichever page they come from."""

from __future__ import annotations

import json
import uuid

import pytest
from flask import Flask
from sqlalchemy import select

from app.cases.actions import (
    acknowledge_consultation,
    advise,
    ask_information,
    begin_review,
    close_case,
    conclude_without_answer,
    confirm_close,
    decide_extension,
    give_feedback,
    monitor,
    open_triage,
    record_triage,
    refuse_close,
    reopen,
    resume_triage,
    return_report,
    write_note,
)
from app.cases.queries import severity_of
from app.clocks.queries import calendar, running_clock, running_clocks
from app.mailbox.actions import answer
from app.pipeline.acting import ChangedMeanwhile
from app.pipeline.clock import now
from app.pipeline.standing import OutOfReach
from app.pipeline.transaction import db
from app.responses.actions import ask_extension
from crypto import CannotOpen
from models.audit_record import AuditRecord
from models.case import Case
from models.case_facet import CaseFacet
from models.company_file import CompanyFile
from models.compartment import Compartment
from models.exchange import Exchange
from models.extension import Extension
from models.message import Message
from models.rules.case_clocks import PROMISED
from models.rules.case_lifecycle import CaseState
from models.rules.company_file_lifecycle import FILE_LIFECYCLE
from models.rules.deadlines import ClockKind, due, policy_at
from models.rules.lifecycle import NotAllowedNow
from models.rules.taxonomy.harassment_type import HarassmentType
from models.rules.taxonomy.organisational_issue import OrganisationalIssue
from models.rules.taxonomy.outcome import Outcome
from models.rules.taxonomy.severity import Severity
from tests.support import road
from tests.support.present import consulter, present

# Triage.


def test_a_code_with_a_floor_lifts_the_grade(app: Flask):
    with app.app_context():
        case, _code = road.triaged(severity=Severity.LOW, types=(HarassmentType.INTIMIDATION,))
        assert severity_of(road.case_of(case)) is Severity.HIGH


def test_nobody_is_advised_and_no_copy_is_shown_before_a_case_was_weighed(app: Flask):
    with app.app_context():
        case, _code = road.submitted()
        road.done(lambda: open_triage(case, actor=present("counselor")))
        with pytest.raises(NotAllowedNow):
            road.done(lambda: advise(road.case_of(case), "お休みになれますか。", actor=present("counselor")))
        with pytest.raises(NotAllowedNow):
            road.copied(road.case_of(case))
        assert road.case_of(case).state is CaseState.TRIAGE
        assert db().scalars(select(Message)).all() == []


def test_triage_recorded_again_leaves_only_the_newest_codes(app: Flask):
    with app.app_context():
        case, _code = road.triaged()
        road.done(
            lambda: record_triage(
                case,
                severity=Severity.MODERATE,
                types=[HarassmentType.REPETITION],
                org_issues=[],
                is_crisis=True,
                actor=present("counselor"),
            )
        )
        fields = db().scalars(select(CaseFacet.field).where(CaseFacet.case_id == case.id)).all()
        assert [field for field in fields if field in {"harassment_type", "organisational_issue"}] == [
            "harassment_type"
        ]
        assert road.case_of(case).is_crisis


def test_the_record_of_triage_holds_tokens_and_no_code(app: Flask):
    with app.app_context():
        road.triaged(org_issues=(OrganisationalIssue.RETALIATION,))
        facts = [json.loads(one) for one in db().scalars(select(AuditRecord.facts))]
        assert not [one for one in facts for value in one.values() if str(value).startswith(("HT-", "OI-", "S2", "S3"))]


def test_a_question_stops_the_desks_clock_and_the_answer_starts_it_again(app: Flask):
    with app.app_context():
        case, code = road.triaged()
        road.done(lambda: ask_information(case, "いつのことでしたか。", actor=present("counselor")))
        running = {clock.kind for clock in running_clocks(case.id)}
        assert running - set(PROMISED) == {ClockKind.CONSULTER_ANSWER}
        road.done(lambda: answer(road.case_of(case), "先週です。", actor=consulter(code)))
        assert running_clock(case.id, ClockKind.TRIAGE) is not None


def test_the_desk_keeps_the_short_term_of_a_grave_case_after_an_answer_and_when_it_is_opened_again(app: Flask):
    with app.app_context():
        case, code = road.triaged(severity=Severity.CRITICAL)
        road.done(lambda: ask_information(road.case_of(case), "いつのことですか。", actor=present("counselor")))
        road.done(lambda: answer(road.case_of(case), "昨夜です。", actor=consulter(code)))
        answered = running_clock(case.id, ClockKind.TRIAGE)
        assert answered is not None
        by_rule = due(
            ClockKind.TRIAGE, from_=now(), calendar=calendar(), policy=policy_at(now()), severity=Severity.CRITICAL
        )
        assert answered.due_at == by_rule.due_at
        other = road.closed(severity=Severity.CRITICAL)
        closed = db().get_one(Case, other.case_id)
        road.done(lambda: reopen(road.case_of(closed), "recurrence", actor=present("counselor")))
        opened = running_clock(closed.id, ClockKind.TRIAGE)
        assert opened is not None
        again = due(
            ClockKind.TRIAGE, from_=now(), calendar=calendar(), policy=policy_at(now()), severity=Severity.CRITICAL
        )
        assert opened.due_at == again.due_at


def test_triage_goes_on_without_an_answer(app: Flask):
    with app.app_context():
        case, _code = road.triaged()
        road.done(lambda: ask_information(case, "いつのことでしたか。", actor=present("counselor")))
        road.done(lambda: resume_triage(case, actor=present("counselor")))
        assert road.case_of(case).state is CaseState.TRIAGE


def test_the_first_human_word_meets_the_clock_of_acknowledgement(app: Flask):
    with app.app_context():
        case, _code = road.submitted()
        assert running_clock(case.id, ClockKind.ACKNOWLEDGE_CONSULTER) is not None
        road.done(lambda: acknowledge_consultation(case, actor=present("counselor")))
        assert running_clock(case.id, ClockKind.ACKNOWLEDGE_CONSULTER) is None


def test_a_desk_note_is_not_the_consulters_to_open(app: Flask):
    with app.app_context():
        case, code = road.triaged()
        note = road.done(lambda: write_note(case, "折り返しは午後に。", actor=present("counselor")))
        compartment = db().get_one(Compartment, note.compartment_id)
        assert present("manager").held.opens(compartment)
        with pytest.raises(CannotOpen):
            consulter(code).held.compartment_key(compartment)


def test_a_weighed_case_stays_due_until_it_is_decided_what_is_done(app: Flask):
    with app.app_context():
        case, _code = road.triaged(severity=Severity.LOW)
        lighter = running_clock(case.id, ClockKind.TRIAGE).due_at
        graver, _code = road.triaged(severity=Severity.HIGH)
        assert running_clock(graver.id, ClockKind.TRIAGE).due_at < lighter
        road.copied(road.case_of(case))
        assert running_clock(case.id, ClockKind.TRIAGE) is None
        assert running_clock(case.id, ClockKind.CONSENT_ANSWER) is not None


# Review.


def test_a_report_that_came_is_due_for_review(app: Flask):
    with app.app_context():
        case, code = road.triaged()
        road.reported(road.routed(case, code))
        assert running_clock(case.id, ClockKind.REVIEW) is not None


def test_a_returned_report_is_due_again_and_its_second_version_can_be_accepted(app: Flask):
    with app.app_context():
        case, code = road.triaged()
        exchange = road.reported(road.routed(case, code))

        def send_back() -> None:
            actor = present("counselor")
            return_report(case, begin_review(case, actor=actor), "事実の確認を書き足してください。", actor=actor)

        road.done(send_back)
        assert road.case_of(case).state is CaseState.IN_ACTION
        assert running_clock(exchange.id, ClockKind.FINAL_REPORT) is not None
        road.accepted(road.reported(db().get_one(Exchange, exchange.id)))
        assert road.case_of(case).state is CaseState.FEEDBACK
        assert road.newest_report(exchange).number == 2


def test_an_extension_is_granted_once_and_moves_the_due_date(app: Flask):
    with app.app_context():
        case, code = road.triaged()
        exchange = road.in_action(road.routed(case, code))
        before = running_clock(exchange.id, ClockKind.FINAL_REPORT).due_at
        extension = road.done(
            lambda: ask_extension(
                exchange, working_days=10, reason="調査に時間がかかります。", actor=present("alpha_officer")
            )
        )
        road.done(lambda: decide_extension(road.case_of(case), extension, True, actor=present("counselor")))
        found = db().get_one(Extension, extension.id)
        after = running_clock(exchange.id, ClockKind.FINAL_REPORT).due_at
        assert found.granted
        assert before < after == found.new_due_at
        with pytest.raises(ChangedMeanwhile):
            road.done(lambda: decide_extension(road.case_of(case), found, True, actor=present("counselor")))


# Closing.


def test_what_is_grave_is_closed_by_a_second_person_and_not_by_the_first_again(app: Flask):
    with app.app_context():
        case, code = road.triaged(severity=Severity.HIGH)
        road.fed_back(road.routed(case, code))
        assert not road.done(lambda: close_case(case, Outcome.IMPROVED, actor=present("counselor")))
        assert road.case_of(case).state is CaseState.FEEDBACK
        with pytest.raises(NotAllowedNow):
            road.done(lambda: confirm_close(road.case_of(case), actor=present("counselor")))
        with pytest.raises(OutOfReach):
            road.done(lambda: confirm_close(road.case_of(case), actor=present("second_counselor")))
        road.done(lambda: confirm_close(road.case_of(case), actor=present("manager")))
        assert road.case_of(case).state is CaseState.CLOSED


def test_the_second_person_may_refuse_and_the_case_goes_on(app: Flask):
    with app.app_context():
        case, code = road.triaged(severity=Severity.HIGH)
        road.fed_back(road.routed(case, code))
        road.done(lambda: close_case(case, Outcome.IMPROVED, actor=present("counselor")))
        road.done(lambda: refuse_close(road.case_of(case), actor=present("manager")))
        assert road.case_of(case).closing_asked_by_id is None
        with pytest.raises(ChangedMeanwhile):
            road.done(lambda: confirm_close(road.case_of(case), actor=present("manager")))


def test_what_was_not_triaged_is_not_put_out_of_scope_by_one_alone(app: Flask):
    with app.app_context():
        case, _code = road.submitted()
        road.done(lambda: open_triage(case, actor=present("counselor")))
        assert not road.done(lambda: close_case(case, Outcome.OUT_OF_SCOPE, actor=present("counselor")))
        road.done(lambda: confirm_close(road.case_of(case), actor=present("manager")))
        assert road.case_of(case).state is CaseState.CLOSED


def test_a_closed_case_opens_again_within_twelve_months_and_not_later(app: Flask):
    with app.app_context():
        case, code = road.triaged()
        road.closed(road.routed(case, code))
        road.done(lambda: reopen(road.case_of(case), "new_facts", actor=present("counselor")))
        found = road.case_of(case)
        assert (found.state, found.is_open, found.closed_at, found.outcome_token) == (
            CaseState.TRIAGE,
            True,
            None,
            None,
        )
        road.done(lambda: close_case(found, Outcome.ADVICE, actor=present("counselor")))
        road.let_hours_pass(24 * 370)
        with pytest.raises(NotAllowedNow):
            road.done(lambda: reopen(road.case_of(case), "new_facts", actor=present("counselor")))


def test_a_result_may_be_watched_for_a_while(app: Flask):
    with app.app_context():
        case, code = road.triaged()
        road.fed_back(road.routed(case, code))
        road.done(lambda: monitor(road.case_of(case), actor=present("counselor")))
        found = road.case_of(case)
        assert (found.state, found.next_due_kind) == (CaseState.MONITOR, ClockKind.PROGRESS_NOTE)


def test_only_the_manager_or_the_head_concludes_without_an_answer(app: Flask):
    with app.app_context():
        case, code = road.triaged()
        exchange = road.routed(case, code)

        def follow() -> CompanyFile:
            file = CompanyFile(
                id=uuid.uuid4(),
                company_id=exchange.company_id,
                number="F-TEST-0001",
                state=FILE_LIFECYCLE.begins,
                opened_at=now(),
            )
            db().add(file)
            return file

        file = road.done(follow)
        with pytest.raises(OutOfReach):
            road.done(lambda: conclude_without_answer(road.case_of(case), file, actor=present("counselor")))
        road.done(lambda: conclude_without_answer(road.case_of(case), file, actor=present("head")))
        assert road.case_of(case).state is CaseState.FEEDBACK
        assert db().get_one(Exchange, exchange.id).closed_because == "no_answer"
        road.done(lambda: give_feedback(road.case_of(case), "会社の回答がありません。", actor=present("counselor")))
