"""Each check of the simulation finds what it is there for: one violation is planted for each, and is named."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.clocks.actions import start_clock
from app.operations.simulation.invariants import CHECKS
from app.pipeline.clock import FixedClock, now, today
from app.pipeline.transaction import begin_writing, commit, db
from app.resolutions.actions import record_resolution
from models.board_item import BoardItem
from models.certification import Certification
from models.certification_status import CertificationStatus
from models.company_file import CompanyFile
from models.formal_request import FormalRequest
from models.letter_number import LetterNumber
from models.membership import Membership
from models.recusal import Recusal
from models.rules.board import BoardOption
from models.rules.certification_lifecycle import CertificationState
from models.rules.company_file_lifecycle import FileState
from models.rules.deadlines import ClockKind
from models.rules.escalation_ladder import Step
from models.rules.membership import Beginning, MemberType
from models.rules.request_lifecycle import RequestState
from models.rules.taxonomy.severity import Severity
from models.vote import Vote
from tests.support.board import all_vote, keep, voting
from tests.support.ladder import issued, just_after, silent_through, swept
from tests.support.present import company, present
from tests.support.road import routed

Plant = Callable[[FixedClock], None]


def alpha() -> Certification:
    return db().scalars(select(Certification).where(Certification.company_id == company("alpha").id)).one()


def a_ladder() -> CompanyFile:
    """The company alpha has let E1 and E2 pass, and E3 lies with it."""
    routed(severity=Severity.HIGH)
    silent_through(Step.E2)
    issued(file_of_alpha())
    begin_writing()
    return file_of_alpha()


def file_of_alpha() -> CompanyFile:
    return db().scalars(select(CompanyFile).where(CompanyFile.company_id == company("alpha").id)).one()


def request(step: str) -> FormalRequest:
    return db().scalars(select(FormalRequest).where(FormalRequest.step == step)).one()


def decided(clock: FixedClock) -> BoardItem:
    item = voting(clock)
    all_vote(item, BoardOption.REVOKE)
    record_resolution(item, reasons="要請に応じなかったため。", actor=present("manager"))
    keep()
    return item


def revoked(*, since: datetime) -> None:
    alpha().state = CertificationState.REVOKED
    db().add(
        CertificationStatus(
            id=uuid.uuid4(),
            certification_id=alpha().id,
            state=CertificationState.REVOKED,
            effective_at=since,
            recorded_at=since,
        )
    )


def revoked_by_nobody(_clock: FixedClock) -> None:
    revoked(since=now())


def a_notice_of_yesterday(clock: FixedClock) -> None:
    item = decided(clock)
    line = db().scalars(select(CertificationStatus).where(CertificationStatus.resolution_id.is_not(None))).one()
    line.effective_at = now()
    db().execute(update(BoardItem).where(BoardItem.id == item.id).values(notice_served_at=now() - timedelta(days=1)))


def a_vote_of_the_excluded(clock: FixedClock) -> None:
    item = decided(clock)
    voter = db().scalars(select(Vote.person_id).where(Vote.board_item_id == item.id)).first()
    db().add(Recusal(board_item_id=item.id, person_id=voter, ground="declared", declared_at=now()))


def counted_and_not_unmet(_clock: FixedClock) -> None:
    file = a_ladder()
    swept(just_after(request("E3").due_at))
    begin_writing()
    assert file.state is FileState.IMPROVEMENT
    third = request("E3")
    third.state, third.unmet_at = RequestState.SERVED, None


def a_rung_left_out(_clock: FixedClock) -> None:
    a_ladder()
    db().execute(update(FormalRequest).where(FormalRequest.step == "E2").values(step="E1"))


def over_its_day(_clock: FixedClock) -> None:
    a_ladder()
    db().execute(update(FormalRequest).where(FormalRequest.step == "E3").values(due_at=now() - timedelta(hours=1)))


def frozen_and_running(_clock: FixedClock) -> None:
    file = a_ladder()
    file.state, file.is_open, file.closed_at = FileState.FROZEN, False, now()


def frozen_and_heard(clock: FixedClock) -> None:
    voting(clock)
    file = file_of_alpha()
    file.state, file.is_open, file.closed_at = FileState.FROZEN, False, now()


def decided_for_ever(_clock: FixedClock) -> None:
    a_ladder().state = FileState.DECIDED


def left_and_running(_clock: FixedClock) -> None:
    start_clock(company("gamma"), ClockKind.VACANCY)
    company("gamma").left_on = today() - timedelta(days=1)


def a_gap_in_a_series(_clock: FixedClock) -> None:
    a_ladder()
    db().execute(update(LetterNumber).where(LetterNumber.series == "E1").values(last=5))


def a_request_without_its_letter(_clock: FixedClock) -> None:
    a_ladder()
    db().execute(update(FormalRequest).where(FormalRequest.step == "E3").values(number="E3-2026-0009"))


def listed_and_expired(_clock: FixedClock) -> None:
    alpha().state = CertificationState.EXPIRED


def held_and_left(_clock: FixedClock) -> None:
    company("alpha").left_on = today() - timedelta(days=1)


def a_day_in_two_memberships(_clock: FixedClock) -> None:
    own = company("gamma")
    own.memberships[-1].valid_to = today()
    own.memberships.append(
        Membership(
            id=uuid.uuid4(),
            company_id=own.id,
            member_type=MemberType.REGULAR,
            began=Beginning.CAME_BACK,
            valid_from=today(),
        )
    )


def held_after_its_end(_clock: FixedClock) -> None:
    alpha().valid_to = today() - timedelta(days=1)


def certified_too_soon(clock: FixedClock) -> None:
    decided(clock)
    line = db().scalars(select(CertificationStatus).where(CertificationStatus.resolution_id.is_not(None))).one()
    clock.move(to=line.effective_at + timedelta(days=90))
    alpha().state = CertificationState.REVOKED
    first = today() - timedelta(days=1)
    db().add(
        Certification(
            id=uuid.uuid4(),
            company_id=company("alpha").id,
            state=CertificationState.CERTIFIED,
            number="KC-2027-0001",
            valid_from=first,
            valid_to=date(first.year + 2, first.month, 1),
        )
    )


PLANTED: tuple[tuple[str, Plant, str], ...] = (
    ("nothing is revoked without a resolution", revoked_by_nobody, "without a resolution"),
    ("nothing is revoked without a resolution", a_notice_of_yesterday, "too soon after the notice"),
    ("only the votes of directors who may take part", a_vote_of_the_excluded, "may vote"),
    ("no counted request lies outside its 12 months", counted_and_not_unmet, "counts"),
    ("each request follows an unmet one", a_rung_left_out, "without an unmet E2"),
    ("what fell due is met or unmet", over_its_day, "is neither"),
    ("no ladder runs on", frozen_and_running, "the clock request_e3 runs"),
    ("no ladder runs on", frozen_and_heard, "lies before the board"),
    ("what was decided ends a file", decided_for_ever, "waits for no day"),
    ("no ladder runs on", left_and_running, "the clock vacancy runs"),
    ("each letter and number exists once", a_gap_in_a_series, "has a gap"),
    ("each letter and number exists once", a_request_without_its_letter, "left 0 times as a letter"),
    ("the public list equals the status", listed_and_expired, "stands on the list 1 times while it is expired"),
    ("only members hold a certification", held_and_left, "the membership ended"),
    ("no day is in two memberships", a_day_in_two_memberships, "cannot be"),
    ("no day is in two memberships", held_and_left, "its memberships differ"),
    ("a term that is over has ended", held_after_its_end, "renewal filed: None"),
    ("nobody is certified anew within the waiting time", certified_too_soon, "KC-2027-0001"),
)


@pytest.mark.parametrize(("rule", "plant", "words"), PLANTED, ids=[plant.__name__ for _rule, plant, _words in PLANTED])
def test_what_is_planted_is_named(app: Flask, clock: FixedClock, rule: str, plant: Plant, words: str) -> None:
    (check,) = [found for name, found in CHECKS.items() if name.startswith(rule)]
    with app.app_context():
        assert not list(check()), "before anything was planted"
        begin_writing()
        plant(clock)
        commit()
        db().expire_all()
        found = [what for _company, what in check()]
    assert any(words in one for one in found), found
