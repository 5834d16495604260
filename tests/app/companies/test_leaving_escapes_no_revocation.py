"""Who leaves before the day of a decided revocation is revoked all the same, and waits as long as who stayed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.applications.queries import may_begin_first
from app.certifications.actions import enter_certified
from app.certifications.queries import certification_of, waits_until_day
from app.companies.actions import end_membership, join_again
from app.pipeline.clock import FixedClock, today
from app.pipeline.transaction import begin_writing, db
from app.registry.queries import published_revocations
from app.resolutions.actions import re_examine, record_resolution, take_due_effects
from models.board_item import BoardItem
from models.company_file import CompanyFile
from models.rules.board import BoardOption
from models.rules.certification_lifecycle import CertificationState
from models.rules.company_file_lifecycle import FileState
from models.rules.lifecycle import NotAllowedNow
from models.rules.membership import MemberType
from models.rules.working_days import add_months, in_japan
from tests.support import road
from tests.support.board import all_vote, begin_vote, keep, voting
from tests.support.present import company, present


def revoked_from(clock: FixedClock) -> tuple[BoardItem, datetime]:
    item = voting(clock)
    all_vote(item, BoardOption.REVOKE)
    effect_at = record_resolution(item, reasons="要請に応じなかったため。", actor=present("manager")).effect_at
    assert effect_at is not None
    keep()
    return item, effect_at


def leaves_and_comes_back() -> None:
    yesterday = today() - timedelta(days=1)
    road.done(lambda: end_membership(company("alpha"), left_on=yesterday, actor=present("manager")))
    road.done(
        lambda: join_again(
            company("alpha"), member_type=MemberType.REGULAR, joined_on=today(), actor=present("manager")
        )
    )


def file_state() -> FileState:
    return db().scalars(select(CompanyFile.state).where(CompanyFile.company_id == company("alpha").id)).one()


def first_day(effect_at: datetime) -> date:
    return add_months(in_japan(effect_at).date(), 12)


def test_leaving_before_the_day_of_a_revocation_shortens_no_waiting_time(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        _item, effect_at = revoked_from(clock)
        leaves_and_comes_back()
        certification = certification_of(company("alpha").id)
        assert certification is not None
        assert certification.state is CertificationState.LAPSED_MEMBERSHIP
        assert waits_until_day(company("alpha").id) == first_day(effect_at)
        assert not may_begin_first(company("alpha"))
        with pytest.raises(NotAllowedNow):
            enter_certified(
                company("alpha"), number="KC-2", valid_from=today(), resolution_reference="R", actor=present("head")
            )
        assert file_state() is FileState.DECIDED
        clock.move(to=effect_at + timedelta(minutes=5))
        assert road.done(take_due_effects) == 1
        assert file_state() is FileState.EFFECTIVE
        assert [one.number for one in published_revocations()] == ["KC-2025-0001"]
        clock.move(to=effect_at + timedelta(days=367))
        assert waits_until_day(company("alpha").id) is None
        assert may_begin_first(company("alpha"))


def test_what_the_board_takes_back_ends_the_waiting_of_a_company_that_left(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        item, effect_at = revoked_from(clock)
        leaves_and_comes_back()
        clock.move(to=effect_at + timedelta(days=2))
        road.done(take_due_effects)
        begin_writing()
        decided = db().get_one(BoardItem, item.id)
        following = begin_vote(re_examine(decided, grounds="新しい事実", actor=present("head")), clock)
        all_vote(following, BoardOption.WARNING)
        record_resolution(following, reasons="新しい事実が認められたため。", actor=present("manager"))
        keep()
        certification = certification_of(company("alpha").id)
        assert certification is not None
        assert certification.state is CertificationState.LAPSED_MEMBERSHIP, "who left is not put back on the list"
        assert published_revocations() == []
        assert waits_until_day(company("alpha").id) is None
        assert may_begin_first(company("alpha"))
