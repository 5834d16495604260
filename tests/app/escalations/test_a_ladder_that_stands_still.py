"""A ladder stands still for a company that left, and for what was taken back: no clock runs, and nothing is counted."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from app.clocks.actions import start_clock
from app.clocks.queries import running_clock, running_clocks
from app.companies.actions import close_membership, end_membership, follow_ended_memberships, join_again
from app.escalations.actions import open_due_steps, thaw_file
from app.escalations.queries import counter_sheet, may_be_proposed, requests_of
from app.mailbox.actions import withdraw_consent
from app.pipeline.clock import FixedClock, today
from app.pipeline.one_by_one import failed_items
from app.pipeline.transaction import db
from app.resolutions.actions import record_silences
from models.audit_record import AuditRecord
from models.board_item import BoardItem
from models.rules.board import ItemState
from models.rules.company_file_lifecycle import FileState
from models.rules.deadlines import ClockKind
from models.rules.escalation_ladder import CountReason, Step
from models.rules.membership import MemberType
from models.rules.request_lifecycle import RequestState
from models.rules.taxonomy.severity import Severity
from models.rules.working_days import in_japan
from tests.support.board import in_hearing
from tests.support.ladder import file_of, issued, just_after, newest, silent_through, swept
from tests.support.present import company as company_of
from tests.support.present import consulter, present
from tests.support.road import case_of, done, routed, triaged

HIGH = {"severity": Severity.HIGH}


def leaves(key: str = "alpha") -> None:
    yesterday = today() - timedelta(days=1)
    done(lambda: end_membership(company_of(key), left_on=yesterday, actor=present("manager")))


def comes_back(key: str = "alpha") -> None:
    done(
        lambda: join_again(company_of(key), member_type=MemberType.REGULAR, joined_on=today(), actor=present("manager"))
    )


def test_no_clock_of_a_frozen_ladder_runs_and_a_return_gives_each_its_whole_time(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        routed(**HIGH)
        silent_through(Step.E2)
        improvement = issued(file_of())
        leaves()
        assert file_of().state is FileState.FROZEN
        assert not running_clocks(improvement.id)
        clock.move(to=clock.now() + timedelta(days=90))
        comes_back()
        done(lambda: thaw_file(file_of(), reason_code="rejoined", actor=present("head")))
        running = {one.kind: in_japan(one.started_at).date() for one in running_clocks(improvement.id)}
        assert running == {ClockKind.REQUEST_E3: today(), ClockKind.REQUEST_E3_PROOF: today()}
        assert newest(file_of()).due_at > clock.now()  # type: ignore[operator]


def test_what_lay_before_the_board_ends_undecided_when_the_company_leaves(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        item_id = in_hearing().id
        leaves()
        item = db().get_one(BoardItem, item_id, populate_existing=True)
        assert (item.state, file_of().state) == (ItemState.UNDECIDED.value, FileState.FROZEN)
        assert not running_clocks(item_id)
        ended = db().scalars(select(AuditRecord).where(AuditRecord.name == "board.end_undecided")).one()
        assert "membership_ended" in ended.facts
        clock.move(to=clock.now() + timedelta(days=30))
        assert done(record_silences) == 0
        assert failed_items() == 0, "the clock tries in vain to go on with a hearing of a company that left"


def test_a_vacancy_stands_still_while_the_company_is_away(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        gamma = company_of("gamma")
        done(lambda: start_clock(gamma, ClockKind.VACANCY))
        done(
            lambda: close_membership(
                company_of("gamma"), last_day=today() - timedelta(days=1), actor=present("manager")
            )
        )
        done(follow_ended_memberships)
        assert running_clock(gamma.id, ClockKind.VACANCY) is None
        clock.move(to=clock.now() + timedelta(days=200))
        comes_back("gamma")
        anew = running_clock(gamma.id, ClockKind.VACANCY)
        assert anew is not None
        assert anew.due_at > clock.now()


def test_a_request_whose_consultation_was_taken_back_counts_for_nobody_and_opens_nothing(
    app: Flask, clock: FixedClock
) -> None:
    with app.app_context():
        case, code = triaged(**HIGH)
        routed(case, code)
        silent_through(Step.E2)
        third = issued(file_of())
        done(lambda: withdraw_consent(case_of(case), actor=consulter(code)))
        swept(just_after(third.due_at))
        file = file_of()
        assert newest(file).state is RequestState.SERVED
        assert [line.reason for line in counter_sheet(file).lines][-1] is CountReason.TAKEN_BACK
        assert counter_sheet(file).total == 2
        assert not may_be_proposed(file).allowed, "the board would hear of what nobody asks for any more"
        assert file.next_step is None


def test_no_step_opens_when_all_that_was_asked_for_is_taken_back(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        case, code = triaged(**HIGH)
        routed(case, code)
        file = silent_through(Step.E1)
        assert file.next_step == Step.E2.code
        done(lambda: withdraw_consent(case_of(case), actor=consulter(code)))
        done(open_due_steps)
        assert file_of().next_step is None, "a request that asks for nothing cannot be issued"
        assert [one.state for one in requests_of(file_of())] == [RequestState.UNMET]
