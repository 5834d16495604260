"""The main line and where it bends, in the scenarios' own words (domain 7.1, 7.5, 7.6, 7.7, 7.9, 7.19)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from app.cases.actions import Sending, arrange_sending, exclude, recall
from app.cases.queries import exchanges_of
from app.cases.recalls import last_recall, read_proof
from app.clocks.actions import start_clock
from app.clocks.queries import running_clock, running_clocks
from app.custody.queries import compartment_of_exchange
from app.escalations.queries import addressed_people, matters_of
from app.operations.outbox import send_waiting
from app.people.actions import end_service
from app.pipeline.clock import FixedClock
from app.pipeline.transaction import db
from models.case import Case
from models.exchange import Exchange
from models.leak import Leak
from models.outbox_message import OutboxMessage
from models.person import Person
from models.reminder import Reminder
from models.rules.case_lifecycle import CaseState
from models.rules.company_duties import Duty
from models.rules.deadlines import ClockKind
from models.rules.desk_reasons import RecallReason
from models.rules.people import CompartmentKind
from models.rules.taxonomy.severity import Severity
from models.rules.working_days import JST, in_japan
from tests.support import road
from tests.support.ladder import at, file_of, issued, swept
from tests.support.present import company, person, present
from tests.support.visitor import Visitor, sign_in
from tests.support.world import COMPANIES

CODE = re.compile(r"(?:[0-9A-Z]{4} ?- ?){6}[0-9A-Z]{4}")
STORY = "夜勤の終わりに、同じお客様から二時間続けて怒鳴られました。"


def test_at_night_without_a_name_a_receipt_is_shown_once_and_no_address_tells(app: Flask, clock: FixedClock) -> None:
    """7.1: Given an operator on a private phone at 02:40, when she submits with no name, then she gets a receipt code
    once, sees the 110/119 and desk-hours notice, and the URL and history contain no identifier.
    """
    clock.move(to=datetime(2026, 11, 25, 2, 40, tzinfo=JST))
    worker = Visitor(app)
    addresses = [worker.get("/consult").path]
    addresses.append(worker.send({"text": STORY}, action="/consult/check").path)
    receipt = worker.send({}, action="/consult/send")
    addresses.append(receipt.path)
    found = CODE.search(receipt.text)
    assert found is not None
    code = found.group().replace(" ", "")
    for words in ("110", "119", "窓口の時間外"):
        assert words in receipt.text
    worker.get("/mailbox/enter")
    addresses.append(worker.send({"receipt": code}).path)
    with app.app_context():
        number = db().scalars(select(Case.number)).one()
    for address in addresses:
        parts = urlsplit(address)
        assert not parts.query
        assert not [told for told in (number, code, *code.split("-")) if told in address]
    assert code not in worker.get("/mailbox").html, "it is shown once, and never again"


def test_a_silent_officer_is_reminded_on_the_right_dates_and_no_mail_has_content(app: Flask, clock: FixedClock) -> None:
    """7.5: Given a routed case, when the officer does not acknowledge in 3 BD, then E0 goes out on the right dates and
    the case shows overdue without any e-mail containing content.
    """
    with app.app_context():
        exchange = road.routed(severity=Severity.HIGH)
        reference, number = exchange.reference, db().get_one(Case, exchange.case_id).number
        for day in range(24, 31):
            swept(at(2026, 11, day, 11))
        for day in range(1, 4):
            swept(at(2026, 12, day, 11))
        reminded = db().scalars(select(Reminder).order_by(Reminder.scheduled_at)).all()
        assert [one.scheduled_at.astimezone(JST).strftime("%m-%d") for one in reminded] == [
            "11-25",
            "11-27",
            "11-30",
            "12-02",
        ]
    assert "超過" in sign_in(app, "alpha_officer").get("/office/").text
    assert "超過" in sign_in(app, "counselor").get(f"/desk/{number}").text
    send_waiting(app)
    mails = [file.read_text(encoding="utf-8") for file in (app.config["KIKITE"].data / "mail").glob("*.eml")]
    assert len(mails) > len(reminded)
    for told in (reference, number, road.FORWARDED[:8], road.WRITTEN[:8], *COMPANIES["alpha"][:3]):
        assert not [mail for mail in mails if told in mail]


def test_the_officer_resigned_yesterday_so_it_goes_to_the_deputy_else_the_representative(app: Flask) -> None:
    """7.6: Given the officer resigned and was unregistered yesterday, when a case is ready, then it goes to the valid
    deputy, else to the company representative, and a vacancy clock starts.
    """
    with app.app_context():
        for key in ("alpha_officer", "delta_officer"):
            road.done(lambda key=key: end_service(person(key), actor=present("manager")))
        road.let_hours_pass(24)
        via = {}
        for key in ("alpha", "delta"):
            exchange = road.routed(company=key, severity=Severity.HIGH)
            via[key] = (exchange.via, db().get_one(Person, exchange.addressee_id).id)
            assert running_clock(company(key).id, ClockKind.VACANCY) is not None
        assert via == {
            "alpha": ("deputy", person("alpha_deputy").id),
            "delta": ("representative", person("delta_representative").id),
        }


def test_officer_and_deputy_both_vacant_so_e1_addresses_the_representative_about_the_vacancy(app: Flask) -> None:
    """7.7: Given officer and deputy both vacant, when E1 is due, then it addresses the member representative and the
    company sees the vacancy as the matter.
    """
    with app.app_context():
        road.done(lambda: start_clock(company("gamma"), ClockKind.VACANCY))
        swept(at(2026, 12, 8, 18))
        request = issued(file_of("gamma"))
        assert [one.id for one in addressed_people(request)] == [person("gamma_representative").id]
        assert [(matter.duty, exchange) for matter, exchange in matters_of(request)] == [(Duty.VACANCY, None)]
        number = request.number
    asked = sign_in(app, "gamma_representative").get(f"/escalations/requests/{number}")
    assert Duty.VACANCY.ja in asked.text


def test_the_officer_is_the_spouse_of_the_center_head_so_she_is_asked_first_and_the_deputy_is_addressed(
    app: Flask,
) -> None:
    """7.9: Given the consulter declares the officer is the spouse of the center head, when routing, then the officer is
    excluded and the deputy/representative path or a hold is offered to the consulter first.
    """
    with app.app_context():
        case, code = road.triaged(severity=Severity.HIGH, keep_from="責任者はセンター長の配偶者です。")
        number = case.number
    assert "責任者はセンター長の配偶者です。" in sign_in(app, "counselor").get(f"/desk/{number}").text
    with app.app_context():
        case = road.case_of(case)
        road.done(lambda: exclude(case, person("alpha_officer"), "consulter", actor=present("counselor")))
        copy = road.approved(road.case_of(case), code)
        exchange = db().get_one(Exchange, copy.exchange_id)
        asked = road.done(lambda: arrange_sending(road.case_of(case), exchange, actor=present("counselor")))
        assert asked is Sending.ASK_FIRST
        assert road.case_of(case).state is CaseState.READY, "nothing left before she was asked"
        road.done(
            lambda: arrange_sending(road.case_of(case), exchange, consulter_agrees=True, actor=present("counselor"))
        )
        sent = exchanges_of(road.case_of(case))[0]
        reference, addressee = sent.reference, sent.addressee_id
        assert (sent.via, addressee) == ("deputy", person("alpha_deputy").id)
        forwarded = compartment_of_exchange(sent, CompartmentKind.FORWARDED)
        assert forwarded is not None
        assert not present("alpha_officer").held.opens(forwarded)
    assert reference in sign_in(app, "alpha_deputy").get("/office/").links
    officer = sign_in(app, "alpha_officer")
    assert reference not in officer.get("/office/").text
    sign_in(app, "alpha_officer").get(f"/office/{reference}", status=404)


@pytest.mark.parametrize("was_opened", [False, True], ids=["within the hold", "after opening"])
def test_the_wrong_company_is_recalled_within_the_hold_or_with_the_proof_of_who_read_it(
    app: Flask, *, was_opened: bool
) -> None:
    """7.19: Given the wrong company was picked and sent, when recall is used within the hold, then nothing was
    delivered; when after opening, then recall records who read what and opens the leak worksheet with clocks.
    """
    with app.app_context():
        case, code = road.triaged(severity=Severity.HIGH if was_opened else Severity.MODERATE)
        if was_opened:
            exchange = road.routed(case, code)
        else:
            copy = road.approved(case, code)
            exchange = db().get_one(Exchange, copy.exchange_id)
            road.done(lambda: arrange_sending(road.case_of(case), exchange, actor=present("counselor")))
        reference = exchange.reference
    officer = sign_in(app, "alpha_officer")
    if was_opened:
        officer.get(f"/office/{reference}")
        officer.send({}, action="/open")
        assert road.FORWARDED in officer.page.text
    with app.app_context():
        exchange = road.exchange_at(reference)
        if was_opened:
            road.recalled(exchange, RecallReason.WRONG_COMPANY)
        else:
            wrong = RecallReason.WRONG_COMPANY
            assert road.done(lambda: recall(road.case_of(case), exchange, wrong, actor=present("counselor")))
            road.let_hours_pass(30)
            assert (
                not db()
                .scalars(select(OutboxMessage).where(OutboxMessage.person_id == person("alpha_officer").id))
                .all()
            )
        exchange = road.exchange_at(reference)
        assert (exchange.routed_at is not None) is was_opened, "within the hold nothing was delivered"
        taken_back = last_recall(exchange)
        readers = [one.name for one in read_proof(taken_back)] if taken_back else []
        assert readers == (["名前・alpha_officer"] if was_opened else [])
        leaks = db().scalars(select(Leak)).all()
        assert len(leaks) == was_opened, "what nobody read has leaked to nobody"
        if was_opened:
            clocks = {clock.kind: in_japan(clock.due_at).date() for clock in running_clocks(leaks[0].id)}
            first = in_japan(leaks[0].aware_at).date()
            assert clocks == {
                ClockKind.LEAK_SPEEDY_GOAL: first + timedelta(days=2),
                ClockKind.LEAK_SPEEDY: first + timedelta(days=4),
                ClockKind.LEAK_FINAL: first + timedelta(days=29),
            }
        forwarded = compartment_of_exchange(exchange, CompartmentKind.FORWARDED)
        assert forwarded is None or not present("alpha_officer").held.opens(forwarded)
    again = sign_in(app, "alpha_officer").get(f"/office/{reference}", status=200 if was_opened else 404)
    assert road.FORWARDED not in again.text
