"""Keys follow the post: a successor gets what is in hand, a leaver opens nothing more, and nothing is lost between."""

import pytest
from flask import Flask
from sqlalchemy import select

from app.cases.actions import exclude
from app.clocks.queries import running_clock
from app.custody.actions import pass_on_to
from app.custody.queries import compartment_of_case, compartment_of_exchange, how_much_waits, open_epoch, seat_of
from app.people.actions import LastHolder, renew_keys
from app.pipeline.identity import THE_CLOCK, Actor
from app.pipeline.transaction import db
from app.pipeline.unlocking import Keys
from app.responses.actions import pass_on
from crypto import CannotOpen
from models.audit_record import AuditRecord
from models.case import Case
from models.clock import Clock
from models.compartment import Compartment
from models.exchange import Exchange
from models.outbox_message import OutboxMessage
from models.rules.deadlines import ClockKind
from models.rules.people import CompartmentKind, Role, SeatKind
from models.rules.taxonomy.severity import Severity
from models.visit import Visit
from tests.support import road
from tests.support.coming_and_going import again, leaves, newcomer, works_off_the_queue
from tests.support.present import company, person, present
from tests.support.visitor import Visitor, sign_in
from tests.support.world import PASSWORD


@pytest.fixture
def context(app: Flask):
    with app.app_context():
        yield


def forwarded(exchange: Exchange) -> Compartment:
    found = compartment_of_exchange(exchange, CompartmentKind.FORWARDED)
    assert found is not None
    return found


def narrative(exchange: Exchange) -> Compartment:
    found = compartment_of_case(db().get_one(Case, exchange.case_id), CompartmentKind.NARRATIVE)
    assert found is not None
    return found


def test_a_successor_gets_the_matter_in_hand_at_the_desks_next_sign_in(context: None) -> None:
    exchange = road.acknowledged(severity=Severity.HIGH)
    leaves("alpha_deputy")
    leaves("alpha_officer")
    successor = newcomer(Role.OFFICER, of="alpha")
    assert not successor.held.opens(forwarded(exchange)), "nobody who can open it has come yet"
    assert works_off_the_queue("second_counselor") > 0
    assert again(successor).held.opens(forwarded(exchange))
    assert how_much_waits() == 0


def test_nothing_is_lost_when_the_office_stands_empty_in_between(context: None) -> None:
    """The desk works off nothing while the office is empty, and the newcomer still gets what is in hand."""
    exchange = road.routed(severity=Severity.HIGH)
    leaves("alpha_deputy")
    leaves("alpha_officer")
    works_off_the_queue("counselor")
    first = newcomer(Role.DEPUTY, of="alpha")
    second = newcomer(Role.OFFICER, of="alpha")
    works_off_the_queue("counselor")
    assert again(first).held.opens(forwarded(exchange))
    assert again(second).held.opens(forwarded(exchange))


def test_a_successor_gets_what_is_in_hand_and_not_what_is_over(context: None) -> None:
    over = road.closed(severity=Severity.MODERATE)
    assert present("alpha_officer").held.opens(forwarded(over)), "who was there may read it again"
    leaves("alpha_deputy")
    leaves("alpha_officer")
    successor = newcomer(Role.OFFICER, of="alpha")
    works_off_the_queue("counselor")
    assert not again(successor).held.opens(forwarded(over))


def test_a_leaver_opens_nothing_from_that_minute_and_her_pages_close(app: Flask) -> None:
    with app.app_context():
        exchange = road.routed(severity=Severity.HIGH)
        reference, leaver = exchange.reference, present("alpha_officer")
        assert leaver.held.opens(forwarded(exchange))
    visitor = sign_in(app, "alpha_officer")
    visitor.get(f"/office/{reference}")
    visitor.send(action="/open")
    assert road.FORWARDED in visitor.page.text
    with app.app_context():
        leaves("alpha_officer")
        assert not again(leaver).held.opens(forwarded(exchange)), "the keys that she took along fit nothing"
        assert db().scalar(select(Visit.id).where(Visit.person_id == leaver.id)) is None
    assert visitor.get(f"/office/{reference}").path.startswith("/sign-in")


def test_the_deputy_sees_it_from_the_handover_and_no_clock_starts_again(app: Flask) -> None:
    with app.app_context():
        exchange = road.acknowledged(severity=Severity.HIGH)
        reference = exchange.reference
    deputy = sign_in(app, "alpha_deputy")
    deputy.get(f"/office/{reference}", status=404)
    with app.app_context():
        road.let_hours_pass(48)
        before = {
            clock.kind: clock.due_at for clock in db().scalars(select(Clock).where(Clock.subject_id == exchange.id))
        }
        leaves("alpha_officer")
    deputy = sign_in(app, "alpha_deputy")
    deputy.get(f"/office/{reference}")
    assert road.FORWARDED in deputy.page.text
    with app.app_context():
        after = {
            clock.kind: clock.due_at for clock in db().scalars(select(Clock).where(Clock.subject_id == exchange.id))
        }
        assert before == after
        assert db().scalar(select(AuditRecord).where(AuditRecord.name == "exchange.hand_over")) is not None
        mails = select(OutboxMessage).where(
            OutboxMessage.person_id == person("alpha_deputy").id, OutboxMessage.idempotency_key.contains("handed-over")
        )
        assert db().scalar(mails) is not None


def test_the_new_officer_takes_over_from_the_deputy_with_the_history(app: Flask) -> None:
    with app.app_context():
        exchange = road.in_action(severity=Severity.HIGH)
        reference = exchange.reference
        leaves("alpha_officer")
        newcomer(Role.OFFICER, of="alpha")
        works_off_the_queue("counselor")
    visitor = Visitor(app)
    visitor.get("/sign-in")
    visitor.send({"mail": "successor-officer@kikite.example", "password": PASSWORD})
    page = visitor.get(f"/office/{reference}")
    assert road.FORWARDED in page.text
    assert "本人から話を聞きました。" in page.text
    sign_in(app, "alpha_deputy").get(f"/office/{reference}", status=404)


def test_with_nobody_in_the_office_the_representative_is_granted_it_and_a_vacancy_runs(context: None) -> None:
    exchange = road.acknowledged(severity=Severity.HIGH)
    leaves("alpha_deputy")
    assert running_clock(company("alpha").id, ClockKind.VACANCY) is None
    leaves("alpha_officer")
    assert running_clock(company("alpha").id, ClockKind.VACANCY) is not None
    db().refresh(exchange)
    assert exchange.via == "representative"
    assert exchange.addressee_id == person("alpha_representative").id
    assert not present("alpha_representative").held.opens(forwarded(exchange))
    works_off_the_queue("counselor")
    assert present("alpha_representative").held.opens(forwarded(exchange))
    newcomer(Role.OFFICER, of="alpha")
    assert running_clock(company("alpha").id, ClockKind.VACANCY) is None, "the vacancy is over"
    assert not present("alpha_representative").held.opens(forwarded(exchange)), "who stood in no longer reads it"


def test_a_matter_is_not_passed_on_to_somebody_excluded(context: None) -> None:
    exchange = road.routed(severity=Severity.HIGH)
    case = db().get_one(Case, exchange.case_id)
    road.done(lambda: exclude(case, person("alpha_deputy"), "desk", actor=present("counselor")))
    leaves("alpha_officer")
    db().refresh(exchange)
    assert exchange.addressee_id != person("alpha_deputy").id


def test_passing_on_twice_changes_nothing(context: None) -> None:
    exchange = road.routed(severity=Severity.HIGH)
    version = exchange.version
    road.done(lambda: pass_on(exchange.company_id, actor=THE_CLOCK))
    road.done(lambda: pass_on(exchange.company_id, actor=THE_CLOCK))
    db().refresh(exchange)
    assert exchange.version == version


def test_each_leaver_begins_a_new_epoch_that_the_leaver_never_held(context: None) -> None:
    exchange = road.routed(severity=Severity.HIGH)
    desk = seat_of(SeatKind.DESK)
    assert desk is not None
    old, leaver = open_epoch(desk), present("third_counselor")
    leaves("third_counselor")
    new = open_epoch(desk)
    assert old is not None
    assert new is not None
    assert new.number == old.number + 1
    assert not again(leaver).held.held_epoch_ids()
    assert new.id in present("counselor").held.held_epoch_ids()
    assert present("counselor").held.opens(narrative(exchange)), "who stays keeps what the older epochs opened"
    later = road.routed(severity=Severity.HIGH)
    assert present("second_counselor").held.opens(narrative(later))
    with pytest.raises(CannotOpen):
        again(leaver).held.compartment_key(narrative(later))


def test_a_new_counselor_is_handed_every_epoch_in_one_step_however_many_cases_there_are(context: None) -> None:
    before = road.routed(severity=Severity.HIGH)
    leaves("third_counselor")
    after = road.routed(severity=Severity.HIGH)
    works_off_the_queue("counselor")
    fresh = newcomer(Role.COUNSELOR)
    assert how_much_waits() == 1, "one thing waits: the seat, and not each case"
    assert works_off_the_queue("counselor") == 1
    assert again(fresh).held.opens(narrative(before))
    assert again(fresh).held.opens(narrative(after))


def test_a_newcomer_who_waits_is_not_forgotten_when_another_leaves(context: None) -> None:
    exchange = road.routed(severity=Severity.HIGH)
    fresh = newcomer(Role.COUNSELOR)
    leaves("third_counselor")
    later = road.routed(severity=Severity.HIGH)
    assert again(fresh).held.opens(narrative(later)), "the new epoch knows her"
    works_off_the_queue("counselor")
    assert again(fresh).held.opens(narrative(exchange))


def test_a_counselor_who_is_no_handler_is_not_given_the_identity(context: None) -> None:
    exchange = road.routed(severity=Severity.HIGH)
    fresh = newcomer(Role.COUNSELOR)
    works_off_the_queue("counselor")
    identity = compartment_of_case(db().get_one(Case, exchange.case_id), CompartmentKind.IDENTITY)
    assert identity is not None
    assert not again(fresh).held.opens(identity)


def test_a_forgotten_password_opens_nothing_until_another_holder_grants_it_again(context: None) -> None:
    exchange = road.routed(severity=Severity.HIGH)
    forgetful, old = person("second_counselor"), present("second_counselor")
    private_key = road.done(
        lambda: renew_keys(forgetful, "another long password", actor=Actor(forgetful.role, person=forgetful))
    )
    fresh = Actor(forgetful.role, Keys(private_key, person_id=forgetful.id), person=forgetful)
    assert not fresh.held.opens(narrative(exchange)), "nobody can reset a way into content"
    assert not again(old).held.opens(narrative(exchange)), "nor does the old pair open anything any more"
    road.done(lambda: pass_on_to(forgetful, actor=present("counselor")))
    assert again(fresh).held.opens(narrative(exchange))


def test_an_officers_forgotten_password_is_healed_by_the_desk(context: None) -> None:
    exchange = road.routed(company="delta", severity=Severity.HIGH)
    forgetful = person("delta_officer")
    private_key = road.done(
        lambda: renew_keys(forgetful, "another long password", actor=Actor(forgetful.role, person=forgetful))
    )
    fresh = Actor(forgetful.role, Keys(private_key, person_id=forgetful.id), person=forgetful)
    assert not fresh.held.opens(forwarded(exchange))
    works_off_the_queue("counselor")
    assert again(fresh).held.opens(forwarded(exchange))


def test_the_last_holder_cannot_leave_by_mistake(context: None) -> None:
    for key in ("counselor", "second_counselor"):
        leaves(key)
    with pytest.raises(LastHolder):
        leaves("manager")


def test_a_stranger_to_a_seat_works_nothing_off(context: None) -> None:
    road.routed(severity=Severity.HIGH)
    leaves("alpha_officer")
    newcomer(Role.OFFICER, of="alpha")
    waiting = how_much_waits()
    assert waiting > 0
    for key in ("auditor", "admin", "epsilon_officer"):
        assert works_off_the_queue(key) == 0
    assert how_much_waits() == waiting


def test_a_new_epoch_gives_nothing_to_a_holder_who_must_not_see_the_case(context: None) -> None:
    case, code = road.triaged(severity=Severity.HIGH)
    road.done(lambda: exclude(case, person("alpha_deputy"), "consulter", actor=present("counselor")))
    exchange = road.routed(road.case_of(case), code)
    assert not present("alpha_deputy").held.opens(forwarded(exchange)), "it was sealed to the officer by name"
    newcomer(Role.OFFICER, of="alpha")
    works_off_the_queue("counselor")
    assert how_much_waits() == 0
    assert not present("alpha_deputy").held.opens(forwarded(exchange))
    assert present("alpha_officer").held.opens(forwarded(exchange))


def test_what_was_granted_by_name_is_closed_with_the_seats(context: None) -> None:
    case, code = road.triaged(severity=Severity.HIGH)
    road.done(lambda: exclude(case, person("alpha_deputy"), "consulter", actor=present("counselor")))
    exchange = road.routed(road.case_of(case), code)
    leaver = present("alpha_officer")
    assert leaver.held.opens(forwarded(exchange))
    leaves("alpha_officer")
    assert not again(leaver).held.opens(forwarded(exchange))
