"""A consultation that the desk withdraws because the consulter asked for it, by telephone for example (6.1)."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from sqlalchemy import select

from app.cases.actions import confirm_close
from app.cases.queries import exchanges_of
from app.clocks.queries import running_clocks
from app.custody.queries import compartment_of_exchange
from app.phone_desk.actions.withdrawals import confirm_withdrawal, refuse_withdrawal, withdraw_on_request
from app.pipeline.acting import ChangedMeanwhile
from app.pipeline.standing import OutOfReach
from app.pipeline.transaction import db
from models.audit_record import AuditRecord
from models.case import Case
from models.rules.case_lifecycle import CaseState
from models.rules.known_by import KnownBy
from models.rules.lifecycle import NotAllowedNow
from models.rules.people import CompartmentKind
from models.rules.taxonomy.severity import Severity
from models.rules.withdrawal import AskedBy
from tests.app.incidents.test_grouped_copy import a_group
from tests.support import road
from tests.support.present import present
from tests.support.visitor import enter, sign_in

WORDS = "もう気持ちの整理がついたので、取り下げたいです。"
ANSWERS = {"asked_by": "phone", "known_by": "questions", "words": WORDS, "read_out": "1"}


def asked_for(case: Case, *, by: str = "counselor") -> None:
    road.done(
        lambda: withdraw_on_request(
            road.case_of(case), WORDS, asked_by=AskedBy.LETTER, known_by=KnownBy.CALLED_BACK, actor=present(by)
        )
    )


def test_the_desk_reads_out_what_stays_withdraws_and_she_finds_it_on_her_page(app: Flask) -> None:
    with app.app_context():
        case, code = road.triaged()
        exchange_id = road.acknowledged(road.routed(case, code)).id
        number = road.case_of(case).number
    counselor = sign_in(app, "counselor")
    counselor.get(f"/desk/{number}")
    assert "申し出により取り下げる" in counselor.page.text
    page = counselor.get(f"/desk/{number}/withdraw")
    assert "すでに行った対応を、なかったことにはできません" in page.text
    counselor.send({**ANSWERS, "read_out": None})
    assert "エラー" in counselor.page.title
    assert WORDS in counselor.page.html, "what was typed is kept"
    counselor.send(ANSWERS)
    assert "お申し出により、相談を取り下げました" in counselor.page.text
    with app.app_context():
        found = road.case_of(case)
        (exchange,) = exchanges_of(found)
        assert found.state is CaseState.WITHDRAWN
        assert running_clocks(found.id) == []
        assert (exchange.id, exchange.state, exchange.closed_because) == (exchange_id, "closed", "withdrawn")
        forwarded = compartment_of_exchange(exchange, CompartmentKind.FORWARDED)
        assert forwarded is not None
        assert not present("alpha_officer").held.opens(forwarded)
        event = db().scalars(select(AuditRecord).where(AuditRecord.name == "case.withdrawn_on_request")).one()
        facts = json.loads(event.facts)
        assert (facts["asked_by"], facts["known_by"]) == ("phone", "questions")
        assert WORDS not in event.facts
    visitor = enter(app, code)
    for words in ("電話でお申し出をいただき、ご相談を取り下げました", WORDS, "お心当たりがないときは"):
        assert words in visitor.page.text


def test_only_who_has_the_case_withdraws_it_for_her(app: Flask) -> None:
    with app.app_context():
        case, _code = road.triaged()
        for key in ("second_counselor", "manager", "head", "alpha_officer"):
            with pytest.raises(OutOfReach):
                asked_for(case, by=key)
        assert road.case_of(case).state is CaseState.TRIAGE
        asked_for(case)
        with pytest.raises(NotAllowedNow):
            asked_for(case)


def test_a_group_is_withdrawn_by_nobody(app: Flask) -> None:
    with app.app_context():
        group, _sent = a_group(20)
        of_group = db().get_one(Case, group.case_id)
        with pytest.raises((NotAllowedNow, OutOfReach)):
            asked_for(of_group)


def test_a_grave_case_is_withdrawn_by_two_and_goes_on_until_the_second_has_agreed(app: Flask):
    with app.app_context():
        case, code = road.triaged(severity=Severity.HIGH)
        exchange_id = road.acknowledged(road.routed(case, code)).id
        number = road.case_of(case).number
    desk = sign_in(app, "counselor")
    page = desk.get(f"/desk/{number}/withdraw")
    assert "二人で取り下げます" in page.text
    desk.send(ANSWERS)
    assert "取下げの確認を求めました" in desk.page.text
    assert "二人目として確認し、取り下げる" not in desk.page.text
    with app.app_context():
        found = road.case_of(case)
        assert (found.is_open, found.withdrawn_at) == (True, None)
        assert exchanges_of(found)[0].state != "closed"
    visitor = enter(app, code)
    for words in (
        "取下げのお申し出をいただきました",
        WORDS,
        "もう一人の担当者が確かめてから",
        "お心当たりがないときは",
    ):
        assert words in visitor.page.text
    manager = sign_in(app, "manager")
    manager.get(f"/desk/{number}?reason=second")
    assert "決めておいた合言葉を言っていただいた" in manager.page.text
    manager.send(action="/confirm-withdrawal")
    assert "二人目として確認し、相談を取り下げました" in manager.page.text
    with app.app_context():
        found = road.case_of(case)
        assert (found.state, found.closing_asked_by_id) == (CaseState.WITHDRAWN, None)
        assert (exchanges_of(found)[0].id, exchanges_of(found)[0].closed_because) == (exchange_id, "withdrawn")
        event = db().scalars(select(AuditRecord).where(AuditRecord.name == "case.withdrawal_confirmed")).one()
        facts = json.loads(event.facts)
        assert (facts["asked_by"], facts["known_by"]) == ("phone", "questions")
    visitor.get("/mailbox")
    assert "電話でお申し出をいただき、ご相談を取り下げました" in visitor.page.text


def test_a_withdrawal_that_the_second_does_not_agree_to_lets_the_case_go_on_and_is_confirmed_as_no_closing(app: Flask):
    with app.app_context():
        case, code = road.triaged(severity=Severity.HIGH)
        asked_for(case)
        with pytest.raises(OutOfReach):
            road.done(lambda: confirm_withdrawal(road.case_of(case), actor=present("counselor")))
        with pytest.raises(ChangedMeanwhile):
            road.done(lambda: confirm_close(road.case_of(case), actor=present("manager")))
        road.done(lambda: refuse_withdrawal(road.case_of(case), actor=present("manager")))
        assert road.case_of(case).closing_asked_by_id is None
        with pytest.raises(ChangedMeanwhile):
            road.done(lambda: confirm_withdrawal(road.case_of(case), actor=present("manager")))
        assert road.case_of(case).state is CaseState.TRIAGE
    visitor = enter(app, code)
    assert "まだ取り下げていません" in visitor.page.text
