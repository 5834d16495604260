"""What was approved is what is sent, byte for byte; a text that was tampered with is refused on the record."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from sqlalchemy import select

from app.cases.actions import Sending, arrange_sending, deliver_held
from app.cases.queries import digest_of_copy, exchanges_of, latest_copy
from app.mailbox.actions import approve_copy, ask_for_change
from app.pipeline.acting import ChangedMeanwhile
from app.pipeline.transaction import db
from app.responses.queries import copy_text
from models.audit_record import AuditRecord
from models.case import Case
from models.compartment import Compartment
from models.exchange import Exchange
from models.forwarded_copy import ForwardedCopy
from models.message import Message
from models.rules.consent import ConsentLevel
from models.rules.taxonomy.severity import Severity
from models.sealed import seal_into
from tests.support import road
from tests.support.present import consulter, present
from tests.support.visitor import sign_in

TEXT = "　全角の空白で始まり、\n改行と絵文字😀と髙﨑と\tタブと、末尾に空白のある文章です。 "
OTHER = "　全角の空白で始まり、\n改行と絵文字😀と髙﨑と\tタブと、末尾に空白のある文章です。"


def approved(severity: Severity, text: str = TEXT) -> tuple[Case, Exchange]:
    case, code = road.triaged(severity=severity)
    road.approved(case, code, road.copied(case, text=text))
    return road.case_of(case), exchanges_of(case)[0]


def tampered(exchange: Exchange, *, text: str = OTHER, **other: object) -> None:
    """Somebody with the desk's keys and a hand in the database puts another text into the same row."""

    def put() -> None:
        copy = latest_copy(exchange)
        assert copy is not None
        key = present("counselor").held.compartment_key(db().get_one(Compartment, copy.compartment_id))
        seal_into(copy, "sealed_text", text, key=key)
        for name, value in other.items():
            setattr(copy, name, value)

    road.done(put)


def sent(case: Case, exchange: Exchange) -> Sending:
    found, passing = road.case_of(case), db().get_one(Exchange, exchange.id)
    return road.done(lambda: arrange_sending(found, passing, actor=present("counselor")))


def refusals() -> list[str]:
    return list(
        db().scalars(select(AuditRecord.name).where(AuditRecord.name.in_(("copy.refuse", "exchange.call_off"))))
    )


@pytest.mark.parametrize("severity", [Severity.HIGH, Severity.MODERATE])
def test_the_officer_reads_byte_for_byte_what_was_approved(app: Flask, severity: Severity):
    with app.app_context():
        case, exchange = approved(severity)
        road.done(lambda: arrange_sending(case, exchange, actor=present("counselor")))
        road.let_hours_pass(25)
        road.done(deliver_held)
        copy = latest_copy(exchange)
        assert copy is not None
        assert db().get_one(Exchange, exchange.id).state == "routed"
        assert copy_text(copy, actor=present("alpha_officer")).encode() == TEXT.encode()


@pytest.mark.parametrize("severity", [Severity.HIGH, Severity.MODERATE])
def test_a_text_that_was_changed_after_the_approval_is_not_sent(app: Flask, severity: Severity):
    with app.app_context():
        case, exchange = approved(severity)
        tampered(exchange)
        assert sent(case, exchange) is Sending.NOT_AS_APPROVED
        after = db().get_one(Exchange, exchange.id)
        assert (after.state, after.hold_until, after.seat_id) == ("preparing", None, None)
        assert refusals() == ["copy.refuse"]


def test_a_level_that_was_widened_after_the_approval_is_not_sent(app: Flask):
    with app.app_context():
        case, exchange = approved(Severity.HIGH)
        tampered(exchange, text=TEXT, level=ConsentLevel.CN_1)
        assert sent(case, exchange) is Sending.NOT_AS_APPROVED


def test_another_digest_beside_another_text_is_found_by_the_record(app: Flask):
    """Whoever has the desk's keys can make a digest that fits; the record of the approval she cannot write anew."""
    with app.app_context():
        case, exchange = approved(Severity.HIGH)
        copy = latest_copy(exchange)
        assert copy is not None
        digest = digest_of_copy(case, copy, OTHER, actor=present("counselor"))
        tampered(exchange, approved_digest=digest)
        assert sent(case, exchange) is Sending.NOT_AS_APPROVED


def test_a_text_that_was_changed_during_the_hold_is_not_delivered(app: Flask):
    with app.app_context():
        case, exchange = approved(Severity.MODERATE)
        assert road.done(lambda: arrange_sending(case, exchange, actor=present("counselor"))) is Sending.WAITS
        tampered(exchange)
        road.let_hours_pass(25)
        assert road.done(deliver_held) == 0
        assert refusals() == ["exchange.call_off"]
        facts = db().scalars(select(AuditRecord.facts).where(AuditRecord.name == "exchange.call_off")).one()
        assert json.loads(facts)["reason_code"] == "not_as_approved"
        assert road.case_of(case).state.value == "ready"


def test_the_desk_is_told_in_words_that_nothing_was_sent(app: Flask):
    with app.app_context():
        case, exchange = approved(Severity.HIGH)
        number, reference = case.number, exchange.reference
        tampered(exchange)
    desk = sign_in(app, "counselor")
    desk.get(f"/desk/{number}/send/{reference}")
    desk.send({"is_right": "1"})
    assert "相談者が承認した文章と同じものか確かめられない" in desk.page.text
    assert "承認された文面と違うため、送りませんでした" in desk.page.text


def test_a_text_that_changed_between_the_look_and_the_word_is_not_approved(app: Flask):
    with app.app_context():
        case, code = road.triaged()
        copy = road.copied(case, text=TEXT)
        exchange = db().get_one(Exchange, copy.exchange_id)
        seen = digest_of_copy(case, copy, TEXT, actor=consulter(code)).hex()
        tampered(exchange)
        with pytest.raises(ChangedMeanwhile):
            road.done(
                lambda: approve_copy(
                    road.case_of(case), db().get_one(ForwardedCopy, copy.id), seen=seen, actor=consulter(code)
                )
            )
        assert db().get_one(ForwardedCopy, copy.id).approved_at is None


def test_what_she_says_of_a_version_stays_with_that_version(app: Flask):
    with app.app_context():
        case, code = road.triaged()
        first = road.copied(case, text=TEXT)
        road.done(lambda: ask_for_change(road.case_of(case), first, comment="日付を消して。", actor=consulter(code)))
        second = road.copied(road.case_of(case), text=OTHER)
        road.done(lambda: approve_copy(road.case_of(case), second, comment="これでよいです。", actor=consulter(code)))
        said = db().execute(select(Message.copy_id).where(Message.purpose == "consent").order_by(Message.sent_at)).all()
        assert [row.copy_id for row in said] == [first.id, second.id]
