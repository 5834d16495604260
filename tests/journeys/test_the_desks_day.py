"""What happens at the desk, in the scenarios' own words (domain 7.11, 7.35, 7.44)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.custody.queries import compartment_of_case
from app.duty.actions import plan_shift
from app.escalations.actions import open_due_steps
from app.operations.outbox import send_waiting
from app.operations.sweep import sweep
from app.pipeline.clock import FixedClock, now
from app.pipeline.transaction import db
from crypto import CannotOpen
from models.case import Case
from models.company_file import CompanyFile
from models.compartment import Compartment
from models.exchange import Exchange
from models.formal_request import FormalRequest
from models.outbox_message import OutboxMessage
from models.rules.help_lines import crisis_lines
from models.rules.mail_kinds import MailKind
from models.rules.people import CompartmentKind, Role
from models.rules.taxonomy.severity import Severity
from models.rules.working_days import JST
from models.visit import Visit
from tests.support import road
from tests.support.coming_and_going import again, leaves, newcomer, works_off_the_queue
from tests.support.present import company, person, present
from tests.support.visitor import Visitor, sign_in
from tests.support.world import COMPANIES

DESPAIR = "毎日どなられて、もう消えてしまいたいと思っています。"


def test_a_member_without_certification_receives_a_request_without_ladder(app: Flask, clock: FixedClock) -> None:
    """7.11: Given a member that is not certified, when the worker consents, then the company receives a request without
    ladder and the statistics keep it apart.
    """
    with app.app_context():
        exchange = road.routed(company="delta", severity=Severity.HIGH)
        reference, apart = exchange.reference, exchange.feeds_ladder
        assert apart is False
    officer = sign_in(app, "delta_officer")
    assert reference in officer.get("/office/").links
    clock.move(to=clock.now() + timedelta(days=120))
    with app.app_context():
        road.done(open_due_steps)
    sweep(app)
    with app.app_context():
        assert db().scalars(select(FormalRequest)).all() == []
        of_delta = CompanyFile.company_id == company("delta").id
        assert db().scalars(select(CompanyFile).where(of_delta)).all() == []
    assert reference in sign_in(app, "delta_officer").get("/office/").links, "it is still asked of the company"


def test_words_of_despair_at_night_bring_the_lines_at_once_and_an_alarm_without_content(
    app: Flask, clock: FixedClock
) -> None:
    """7.35: Given text suggesting suicidal thoughts, when submitted at night, then crisis lines appear at once, the
    case is first in the list with an alarm to the on-duty contact that has no content.
    """
    with app.app_context():
        others = [road.submitted()[0].number for _other in range(3)]
    clock.move(to=datetime(2026, 11, 26, 2, 40, tzinfo=JST))
    with app.app_context():
        shift = {"starts_at": now() - timedelta(hours=4), "ends_at": now() + timedelta(hours=4)}
        road.done(lambda: plan_shift(person("second_counselor"), **shift, actor=present("manager")))
    worker = Visitor(app)
    worker.get("/consult")
    worker.send({"text": DESPAIR}, action="/consult/check")
    assert all(line.number in worker.page.text for line in crisis_lines()), "before anything is sent"
    worker.send({}, action="/consult/send")
    assert all(line.number in worker.page.text for line in crisis_lines())
    with app.app_context():
        number = db().scalars(select(Case.number).where(Case.is_crisis)).one()
        alarms = db().scalars(select(OutboxMessage).where(OutboxMessage.kind == "alarm")).all()
        assert [alarm.person_id for alarm in alarms] == [person("second_counselor").id]
    board = sign_in(app, "second_counselor").page
    assert "緊急の呼び出しが続いています" in board.text
    listed = board.text.split("相談の一覧(期限の近い順)")[1]
    assert all(listed.index(number) < listed.index(other) for other in others)
    assert "消えて" not in board.html
    send_waiting(app)
    mails = [file.read_text(encoding="utf-8") for file in (app.config["KIKITE"].data / "mail").glob("*.eml")]
    alarm = next(mail for mail in mails if MailKind.ALARM.ja in mail)
    for told in (number, "K-", "消えて", "危険", *COMPANIES["alpha"][:3]):
        assert told not in alarm


def test_when_a_counselor_leaves_the_successor_gets_the_keys_and_the_old_device_opens_nothing(app: Flask) -> None:
    """7.44: Given a counselor leaves, when the account ends, then wrapped keys are re-issued to successors and the old
    device opens nothing.
    """
    old_device = sign_in(app, "counselor")
    with app.app_context():
        exchange = road.routed(severity=Severity.HIGH)
        number = db().get_one(Case, exchange.case_id).number
        leaver = present("counselor")
        assert leaver.held.opens(narrative(exchange))
    assert old_device.get(f"/desk/{number}").status == 200
    with app.app_context():
        successor = newcomer(Role.COUNSELOR)
        leaves("counselor")
        works_off_the_queue("second_counselor")
        assert again(successor).held.opens(narrative(exchange)), "what was before"
        later = road.routed(by="second_counselor", severity=Severity.HIGH)
        assert again(successor).held.opens(narrative(later)), "and what comes"
        for matter in (exchange, later):
            with pytest.raises(CannotOpen):
                again(leaver).held.compartment_key(narrative(matter))
        assert db().scalar(select(Visit.id).where(Visit.person_id == leaver.id)) is None
    assert old_device.get(f"/desk/{number}").path.startswith("/sign-in")


def narrative(exchange: Exchange) -> Compartment:
    found = compartment_of_case(db().get_one(Case, exchange.case_id), CompartmentKind.NARRATIVE)
    assert found is not None
    return found
