"""A company leaves during a ladder: the certification lapses, its workers are told, a return finds the frozen file."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.cases.actions import arrange_sending, deliver_held
from app.cases.queries import exchanges_of, may_send
from app.certifications.queries import certification_of, statuses_of
from app.companies.actions import MembershipRefused, end_membership, follow_ended_memberships, join_again
from app.escalations.queries import file_of_company
from app.operations.sweep import CLOCKWORK
from app.pipeline.clock import TOKYO, now, today
from app.pipeline.identity import THE_CLOCK
from app.pipeline.transaction import db
from app.registry.queries import listed
from models.audit_record import AuditRecord
from models.exchange import Exchange
from models.outbox_message import OutboxMessage
from models.rules.certification_lifecycle import CertificationState
from models.rules.company_file_lifecycle import FileState
from models.rules.escalation_ladder import Step
from models.rules.membership import MemberType
from models.rules.taxonomy.severity import Severity
from tests.support import ladder, road
from tests.support.present import company, person, present
from tests.support.visitor import enter, sign_in


def yesterday() -> date:
    return now().astimezone(TOKYO).date() - timedelta(days=1)


def leaves(left_on: date | None = None) -> None:
    day = left_on or yesterday()
    road.done(lambda: end_membership(company("alpha"), left_on=day, actor=present("manager")))


def is_listed() -> bool:
    return any(entry.number == "KC-2025-0001" for entry in listed(today()))


def events(name: str) -> int:
    return len(db().scalars(select(AuditRecord).where(AuditRecord.name == name)).all())


def test_the_certification_lapses_with_the_membership_and_is_off_the_list(app: Flask) -> None:
    with app.app_context():
        assert is_listed()
        leaves()
        certification = certification_of(company("alpha").id)
        assert certification is not None
        assert certification.state is CertificationState.LAPSED_MEMBERSHIP
        assert events("certification.lapsed") == 1
        assert not is_listed()


def test_until_the_last_day_is_over_it_is_certified_and_then_the_clock_lets_it_lapse_once(app: Flask) -> None:
    with app.app_context():
        leaves(now().astimezone(TOKYO).date())
        assert is_listed()
        assert road.done(follow_ended_memberships) == 0
        road.let_hours_pass(24)
        assert road.done(follow_ended_memberships) == 1
        assert road.done(follow_ended_memberships) == 0
        assert not is_listed()
        assert events("certification.lapsed") == 1
        assert "follow_ended_memberships" in [work.name for work in CLOCKWORK]


def test_a_worker_with_an_open_case_is_told_and_one_whose_case_is_over_is_not(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged(severity=Severity.HIGH)
        road.routed(case, code)
        ended, code_of_ended = road.triaged()
        road.closed(road.routed(ended, code_of_ended))
        leaves()
    page = enter(app, code).page
    assert "会社が協会の会員ではなくなりました" in page.text
    assert "あなたの相談は終わりではありません" in page.text
    assert "会員ではなくなりました" not in enter(app, code_of_ended).page.text


def test_what_lies_with_the_company_goes_on_as_a_request_and_its_counselor_is_told_once(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged(severity=Severity.HIGH)
        exchange = road.routed(case, code)
        assert exchange.feeds_ladder
        leaves()
        found = db().get_one(Exchange, exchange.id)
        assert (found.state, found.feeds_ladder) == ("routed", False)
        road.done(follow_ended_memberships)
        assert events("exchange.company_left") == 1
        mails = db().scalars(
            select(OutboxMessage.idempotency_key).where(OutboxMessage.person_id == person("counselor").id)
        )
        assert len([key for key in mails if "company-left" in key]) == 1
        road.acknowledged(exchange)


def test_a_copy_that_waits_is_not_delivered_to_a_company_that_has_left(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged()
        road.approved(case, code, road.copied(case))
        exchange = exchanges_of(case)[0]
        road.done(lambda: arrange_sending(road.case_of(case), exchange, actor=present("counselor")))
        leaves()
        road.let_hours_pass(25)
        assert road.done(deliver_held) == 0
        found = db().get_one(Exchange, exchange.id)
        assert (found.state, found.hold_until) == ("preparing", None)
        assert may_send(road.case_of(case), found).reason == "not_a_member"


def test_a_return_finds_the_frozen_file_and_no_certification(app: Flask) -> None:
    with app.app_context():
        road.routed(severity=Severity.HIGH)
        number = ladder.silent_through(Step.E1).number
        leaves()
        file = file_of_company(company("alpha").id)
        assert file is not None
        assert file.state is FileState.FROZEN
    manager = sign_in(app, "manager")
    with app.app_context():
        page = f"/companies/{company('alpha').id}"
    manager.get(page)
    manager.send({"join-member_type": "regular", "join-joined_on": "2020/01/01"})
    assert "退会した日より後" in manager.page.text
    with app.app_context():
        day = now().astimezone(TOKYO).date()
    manager.send({"join-member_type": "regular", "join-joined_on": f"{day:%Y/%m/%d}"})
    assert "再入会を登録しました" in manager.page.text
    assert "凍結した記録を見る" in manager.page.text
    assert f"/escalations/{number}" in manager.page.html
    with app.app_context():
        road.done(follow_ended_memberships)
        found = file_of_company(company("alpha").id)
        assert found is not None
        assert (found.number, found.state) == (number, FileState.FROZEN)
        assert not is_listed()
        assert company("alpha").is_member_on(day)


def test_nobody_joins_again_who_has_not_left(app: Flask) -> None:
    with app.app_context(), pytest.raises(MembershipRefused, match="member_now"):
        road.done(
            lambda: join_again(company("alpha"), member_type=MemberType.REGULAR, joined_on=yesterday(), actor=THE_CLOCK)
        )


def test_the_line_of_the_public_list_stands_from_the_day_after_the_last_one(app: Flask) -> None:
    with app.app_context():
        leaves()
        certification = certification_of(company("alpha").id)
        assert certification is not None
        last = statuses_of(certification)[-1]
        assert last.effective_at.astimezone(TOKYO).date() == yesterday() + timedelta(days=1)
