"""A company that does not answer, step by step, on the days that the rules say."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.cases.actions import begin_review, return_report
from app.clocks.actions import meet_clocks, start_clock
from app.consents.actions import enter_line
from app.custody.queries import compartment_of_file
from app.escalations.actions import (
    accept_as_met,
    answer_request,
    draft_request,
    issue_request,
    propose,
    record_compliance,
    thaw_file,
)
from app.escalations.queries import (
    addressed_people,
    counter_sheet,
    draft_of,
    file_of_company,
    matters_of,
    may_be_proposed,
    requests_of,
)
from app.pipeline.acting import ChangedMeanwhile
from app.pipeline.clock import FixedClock
from app.pipeline.standing import OutOfReach
from app.pipeline.transaction import db
from crypto import CannotOpen
from models.audit_record import AuditRecord
from models.board_item import BoardItem
from models.case import Case
from models.exchange import Exchange
from models.formal_request import FormalRequest
from models.rules.company_duties import Duty
from models.rules.company_file_lifecycle import FileState
from models.rules.consent import ConsentLevel
from models.rules.deadlines import ClockKind
from models.rules.escalation_ladder import ProposalRefusal, Step, threshold_met
from models.rules.lifecycle import NotAllowedNow
from models.rules.people import CompartmentKind
from models.rules.request_lifecycle import RequestState
from models.rules.taxonomy.severity import Severity
from models.rules.working_days import in_japan
from models.sealed import open_from
from tests.support.ladder import (
    GROUNDS,
    LETTER,
    at,
    drafted,
    file_of,
    issued,
    just_after,
    move_to,
    newest,
    proposed,
    silent_through,
    swept,
)
from tests.support.present import company as company_of
from tests.support.present import present
from tests.support.road import accepted, acknowledged, done, in_action, reported, routed

HIGH = {"severity": Severity.HIGH}


def day(moment: datetime | None) -> str:
    assert moment is not None
    return f"{in_japan(moment):%Y-%m-%d %H:%M}"


def test_a_silent_company_climbs_from_a_reminder_to_the_last_request_around_the_year_end(
    app: Flask, clock: FixedClock
) -> None:
    with app.app_context():
        move_to(at(2026, 12, 25, 11))
        exchange = routed(**HIGH)
        assert exchange.routed_at is not None
        # Three business days from Friday 12-25: 12-28, 01-04, 01-05. The third after that is 01-08.
        swept(at(2027, 1, 8, 10, 0))
        assert file_of_company(exchange.company_id) is None
        swept(at(2027, 1, 8, 10, 1))
        file = file_of()
        assert (file.next_step, file.state, file.number[:7]) == ("E1", FileState.CALM, "F-2027-")
        first = issued(file)
        assert (first.number, first.service, day(first.due_at)) == ("E1-2027-0001", "system", "2027-01-18 17:00")
        swept(at(2027, 1, 18, 17, 0))
        assert newest(file_of()).state is RequestState.SERVED
        swept(at(2027, 1, 18, 17, 1))
        file = file_of()
        assert newest(file).state is RequestState.UNMET
        assert (file.next_step, file.state) == ("E2", FileState.REQUESTING)
        second = issued(file)
        assert day(second.due_at) == "2027-01-25 17:00"
        swept(at(2027, 1, 26, 9))
        third = issued(file_of())
        # The plan is due after ten business days, the proof after thirty (02-11 and 02-23 are holidays).
        assert (file_of().state, day(third.due_at)) == (FileState.IMPROVEMENT, "2027-02-09 17:00")
        swept(at(2027, 2, 9, 18))
        fourth = issued(file_of())
        assert day(fourth.due_at) == "2027-02-25 17:00"
        swept(at(2027, 2, 25, 18))
        file = file_of()
        assert [request.state for request in requests_of(file)] == [RequestState.UNMET] * 4
        assert file.next_step is None
        assert counter_sheet(file).total == 4


def test_the_threshold_only_allows(app: Flask) -> None:
    with app.app_context():
        routed(**HIGH)
        file = silent_through(Step.E2)
        assert ProposalRefusal(may_be_proposed(file).reason) is ProposalRefusal.BELOW_THRESHOLD
        third = issued(file)
        swept(just_after(third.due_at))
        file = file_of()
        assert threshold_met(counter_sheet(file))
        for _hour in range(3):
            swept(at(2027, 3, 1))
        assert db().scalars(select(BoardItem)).all() == []
        assert file_of().state is FileState.IMPROVEMENT
        item = proposed(file_of())
        assert (item.state, file_of().state) == ("proposed", FileState.PROPOSED)


def test_only_the_head_proposes_and_only_above_the_threshold(app: Flask) -> None:
    with app.app_context():
        routed(**HIGH)
        file = silent_through(Step.E2)
        with pytest.raises(ChangedMeanwhile):
            done(lambda: propose(file, grounds=GROUNDS, actor=present("head")))
        for stranger in ("manager", "counselor", "alpha_officer", "chair"):
            with pytest.raises(OutOfReach):
                done(lambda key=stranger: propose(file_of(), grounds=GROUNDS, actor=present(key)))


@pytest.mark.parametrize(
    ("step", "who"),
    [
        (Step.E1, ("counselor", "head", "alpha_officer", "auditor", "chair")),
        (Step.E2, ("counselor", "head", "alpha_representative")),
        (Step.E3, ("counselor", "manager", "alpha_representative")),
        (Step.E4, ("counselor", "manager")),
    ],
)
def test_nobody_issues_a_step_that_is_not_theirs(app: Flask, step: Step, who: tuple[str, ...]) -> None:
    with app.app_context():
        routed(**HIGH)
        _climb_to(step)
        request = drafted(file_of())
        for stranger in who:
            with pytest.raises((OutOfReach, CannotOpen)):
                done(lambda key=stranger: issue_request(db().get_one(FormalRequest, request.id), actor=present(key)))
        db().expire_all()
        assert db().get_one(FormalRequest, request.id).number is None


def _climb_to(step: Step) -> None:
    before = {Step.E2: Step.E1, Step.E3: Step.E2, Step.E4: Step.E3}.get(step)
    if before is not None:
        silent_through(before)
    else:
        move_to(at(2026, 12, 2))
        swept()


def test_a_draft_is_written_once_and_only_for_the_step_that_is_due(app: Flask) -> None:
    with app.app_context():
        routed(**HIGH)
        _climb_to(Step.E1)
        file = file_of()
        with pytest.raises(ChangedMeanwhile):
            done(lambda: draft_request(file, Step.E2, text=LETTER, actor=present("counselor")))
        drafted(file)
        with pytest.raises(ChangedMeanwhile):
            done(lambda: draft_request(file_of(), Step.E1, text=LETTER, actor=present("manager")))
        with pytest.raises(OutOfReach):
            done(lambda: draft_request(file_of(), Step.E1, text=LETTER, actor=present("head")))


def test_the_company_opens_a_letter_and_nothing_of_the_file_before_it(app: Flask) -> None:
    with app.app_context():
        routed(**HIGH)
        _climb_to(Step.E1)
        file = file_of()
        compartment = compartment_of_file(file, CompartmentKind.COMPANY_FILE)
        assert compartment is not None
        drafted(file)
        assert present("head").held.opens(compartment)
        assert not present("alpha_officer").held.opens(compartment)
        request = issued(file_of())
        for reader in ("alpha_officer", "alpha_deputy", "alpha_representative", "counselor"):
            key = present(reader).held.compartment_key(compartment)
            assert open_from(request, "sealed_matter", key=key) == LETTER
        for stranger in ("beta_deputy", "chair", "auditor"):
            assert not present(stranger).held.opens(compartment)


def test_what_is_done_in_time_meets_the_request_at_once(app: Flask) -> None:
    with app.app_context():
        exchange = routed(**HIGH)
        _climb_to(Step.E1)
        request = issued(file_of())
        assert [matter.duty for matter, _exchange in matters_of(request)] == [Duty.ACKNOWLEDGE]
        move_to(at(2026, 12, 4))
        acknowledged(exchange)
        file = file_of()
        assert newest(file).state is RequestState.MET
        assert file.complied_at == newest(file).met_at == at(2026, 12, 4)
        swept(at(2026, 12, 11))
        assert counter_sheet(file_of()).total == 0
        done(lambda: record_compliance(file_of(), actor=present("manager")))
        file = file_of()
        assert (file.state, file.is_open, file.complied_at) == (FileState.COMPLIED, False, at(2026, 12, 4))


def test_late_compliance_stops_the_ladder_and_stays_counted(app: Flask) -> None:
    with app.app_context():
        exchange = routed(**HIGH)
        silent_through(Step.E3)
        assert file_of().next_step == "E4"
        # The initial report fell due meanwhile; acting at once answers for both.
        reported(exchange)
        file = file_of()
        assert (file.next_step, file.next_due_at) == (None, None)
        assert file.complied_at is not None
        assert {request.state for request in requests_of(file)} == {RequestState.UNMET}
        assert counter_sheet(file).total == 3
        assert ProposalRefusal(may_be_proposed(file).reason) is ProposalRefusal.COMPLIED
        names = [entry.name for entry in db().scalars(select(AuditRecord)) if entry.name.startswith("request.fulfil")]
        assert set(names) == {"request.fulfilled_late"}


def test_compliance_before_the_board_shows_on_the_item(app: Flask) -> None:
    with app.app_context():
        exchange = routed(**HIGH)
        item = proposed(silent_through(Step.E3))
        reported(exchange)
        db().expire_all()
        assert db().get_one(BoardItem, item.id).late_compliance_at == file_of().complied_at is not None
        assert file_of().state is FileState.PROPOSED
        done(lambda: record_compliance(file_of(), actor=present("manager")))
        assert (file_of().state, file_of().is_open) == (FileState.PROPOSED, True)


def test_a_sweep_that_comes_late_counts_nobody_who_was_in_time(app: Flask) -> None:
    with app.app_context():
        exchange = routed(**HIGH)
        _climb_to(Step.E1)
        request = issued(file_of())

        def acknowledge_unnoticed() -> None:
            exchange_now = db().get_one(type(exchange), exchange.id)
            exchange_now.acknowledged_at = at(2026, 12, 3)

        done(acknowledge_unnoticed)
        swept(at(2027, 1, 15))
        request = db().get_one(FormalRequest, request.id)
        assert (request.state, request.met_at) == (RequestState.MET, at(2026, 12, 3))


def test_a_plan_in_time_gives_until_the_day_of_its_proof(app: Flask) -> None:
    with app.app_context():
        move_to(at(2027, 1, 6, 11))
        routed(**HIGH)
        file = silent_through(Step.E2)
        request = issued(file)
        plan_due = request.due_at
        assert plan_due is not None
        done(lambda: answer_request(newest(file_of()), "来月までに改めます。", actor=present("alpha_representative")))
        swept(just_after(plan_due))
        request = newest(file_of())
        assert request.state is RequestState.SERVED
        assert request.due_at is not None
        assert request.due_at > plan_due
        swept(just_after(request.due_at))
        assert (newest(file_of()).state, file_of().next_step) == (RequestState.UNMET, "E4")


def test_a_person_accepts_a_plan_and_its_proof(app: Flask) -> None:
    with app.app_context():
        routed(**HIGH)
        request = issued(silent_through(Step.E2))
        with pytest.raises(OutOfReach):
            done(lambda: accept_as_met(newest(file_of()), actor=present("counselor")))
        done(lambda: accept_as_met(newest(file_of()), actor=present("manager")))
        assert newest(file_of()).state is RequestState.MET
        assert newest(file_of()).id == request.id
        assert file_of().complied_at is not None


def test_words_alone_meet_nothing(app: Flask) -> None:
    with app.app_context():
        routed(**HIGH)
        _climb_to(Step.E1)
        request = issued(file_of())
        done(lambda: answer_request(newest(file_of()), "確認いたします。", actor=present("alpha_officer")))
        swept(just_after(request.due_at))
        assert newest(file_of()).state is RequestState.UNMET


def test_a_company_that_answered_the_worker_and_did_not_report_is_asked_for_the_report_alone(app: Flask) -> None:
    """Scenario 7.21: the worker was answered, the secretariat was not; the request names the report alone."""
    with app.app_context():
        exchange = acknowledged(**HIGH)
        in_action(exchange)
        # Thirty business days from 11-24 end on 01-12, and the last reminder goes out three after that.
        swept(at(2027, 1, 15, 10))
        assert file_of_company(exchange.company_id) is None
        swept(at(2027, 1, 15, 11))
        request = issued(file_of())
        assert [(matter.duty, one and one.id) for matter, one in matters_of(request)] == [(Duty.REPORT, exchange.id)]


def test_a_member_without_certification_never_gets_a_file(app: Flask) -> None:
    with app.app_context():
        exchange = routed(company="delta", **HIGH)
        swept(at(2027, 4, 1))
        assert not exchange.feeds_ladder
        assert file_of_company(exchange.company_id) is None


@pytest.mark.parametrize("for_this_company_alone", [False, True], ids=["for all companies", "for this company alone"])
def test_a_consultation_without_consent_in_its_ledger_never_feeds_a_file(
    app: Flask, *, for_this_company_alone: bool
) -> None:
    with app.app_context():
        exchange = routed(**HIGH)
        case = db().get_one(Case, exchange.case_id)
        only = exchange.company_id if for_this_company_alone else None
        done(lambda: enter_line(case, level=ConsentLevel.CN_0, options=(), act="withdrawn", company_id=only))
        assert case.consent_level is ConsentLevel.CN_2, "what the case says of itself is no ledger"
        swept(at(2027, 4, 1))
        assert file_of_company(exchange.company_id) is None


def test_what_she_keeps_from_another_company_feeds_this_ones_file(app: Flask) -> None:
    with app.app_context():
        exchange = routed(**HIGH)
        case = db().get_one(Case, exchange.case_id)
        other = company_of("beta").id
        done(lambda: enter_line(case, level=ConsentLevel.CN_0, options=(), act="withdrawn", company_id=other))
        swept(at(2027, 4, 1))
        assert file_of_company(exchange.company_id) is not None


def test_a_file_freezes_with_the_membership_and_is_found_again(app: Flask) -> None:
    with app.app_context():
        routed(**HIGH)
        file = silent_through(Step.E1)
        waiting = issued(file)

        def leave() -> None:
            company_of("alpha").left_on = in_japan(waiting.served_at).date()  # type: ignore[arg-type]

        done(leave)
        swept(waiting.served_at + timedelta(days=1))  # type: ignore[operator]
        frozen = file_of()
        assert (frozen.state, frozen.is_open, frozen.next_step) == (FileState.FROZEN, False, None)
        assert newest(frozen).state is RequestState.SERVED
        assert counter_sheet(frozen).total == 1
        swept(at(2027, 5, 6))
        assert newest(file_of()).state is RequestState.SERVED

        def come_back() -> None:
            company_of("alpha").left_on = None

        done(come_back)
        with pytest.raises(OutOfReach):
            done(lambda: thaw_file(file_of(), reason_code="rejoined", actor=present("manager")))
        done(lambda: thaw_file(file_of(), reason_code="rejoined", actor=present("head")))
        again = file_of()
        assert (again.id, again.state, again.is_open) == (frozen.id, FileState.REQUESTING, True)
        assert day(newest(again).due_at) == "2027-05-13 17:00"


def test_with_officer_and_deputy_gone_the_representative_is_addressed_about_the_vacancy(app: Flask) -> None:
    """Scenario 7.7."""
    with app.app_context():
        done(lambda: start_clock(company_of("gamma"), ClockKind.VACANCY))
        swept(at(2026, 12, 8, 16))
        assert file_of_company(company_of("gamma").id) is None
        swept(at(2026, 12, 8, 18))
        request = issued(file_of("gamma"))
        assert [person.role.value for person in addressed_people(request)] == ["representative"]
        assert [(matter.duty, exchange) for matter, exchange in matters_of(request)] == [(Duty.VACANCY, None)]


def test_the_record_of_a_letter_holds_its_number_and_digest_and_none_of_its_words(app: Flask) -> None:
    with app.app_context():
        routed(**HIGH)
        _climb_to(Step.E1)
        request = issued(file_of())
        entry = db().scalars(select(AuditRecord).where(AuditRecord.name == "request.issued")).one()
        facts = json.loads(entry.facts)
        assert request.letter_digest is not None
        assert (facts["number"], facts["letter_digest"]) == (request.number, request.letter_digest.hex())
        assert draft_of(file_of()) is None


def test_a_draft_that_asks_for_what_was_done_since_is_not_issued(app: Flask) -> None:
    with app.app_context():
        exchange = routed(**HIGH)
        _climb_to(Step.E1)
        request = drafted(file_of())
        acknowledged(exchange)
        with pytest.raises(ChangedMeanwhile):
            done(lambda: issue_request(db().get_one(FormalRequest, request.id), actor=present("manager")))
        swept()
        assert file_of().next_step is None


def test_a_request_is_not_issued_twice(app: Flask) -> None:
    with app.app_context():
        routed(**HIGH)
        _climb_to(Step.E1)
        request = issued(file_of())
        with pytest.raises((ChangedMeanwhile, NotAllowedNow)):
            done(lambda: issue_request(db().get_one(FormalRequest, request.id), actor=present("manager")))


def test_a_report_returned_twice_leads_to_an_improvement_request_and_its_acceptance_meets_it(app: Flask) -> None:
    """Scenario 7.22."""
    with app.app_context():
        exchange = reported(severity=Severity.HIGH)
        _return(exchange)
        swept(at(2026, 11, 26))
        assert file_of_company(exchange.company_id) is None
        reported(exchange)
        _return(exchange)
        swept(at(2026, 11, 27))
        file = file_of()
        assert file.next_step == "E3"
        request = issued(file)
        assert [matter.duty for matter, _exchange in matters_of(request)] == [Duty.POOR_REPORT]
        accepted(exchange)
        swept(at(2026, 11, 30))
        assert newest(file_of()).state is RequestState.MET


def _return(exchange: Exchange) -> None:
    def act() -> None:
        actor = present("counselor")
        case = db().get_one(Case, exchange.case_id)
        return_report(case, begin_review(case, actor=actor), reason="再発防止の内容を補ってください。", actor=actor)

    done(act)


def test_a_vacant_post_that_is_filled_late_is_late_compliance(app: Flask) -> None:
    with app.app_context():
        company = company_of("gamma")
        done(lambda: start_clock(company, ClockKind.VACANCY))
        swept(at(2026, 12, 8, 18))
        issued(file_of("gamma"))
        swept(at(2026, 12, 16))
        assert file_of("gamma").next_step == "E2"
        done(lambda: meet_clocks(company, [ClockKind.VACANCY]))
        swept(at(2026, 12, 17))
        file = file_of("gamma")
        assert (file.next_step, file.complied_at) == (None, at(2026, 12, 16))
        assert newest(file).state is RequestState.UNMET
