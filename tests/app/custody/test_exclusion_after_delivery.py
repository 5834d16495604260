"""Somebody of a company who is excluded after delivery: her keys open nothing of the case from that moment."""

from __future__ import annotations

import pytest
from flask import Flask

from app.cases.actions import arrange_sending, deliver_held, exclude
from app.cases.queries import exchanges_of
from app.custody.actions import do_what_waits
from app.custody.queries import compartment_of_exchange, how_much_waits
from app.people.actions import register_person, sign_up, verify_address
from app.pipeline.identity import THE_CLOCK, Actor
from app.pipeline.transaction import db
from app.pipeline.unlocking import Keys
from models.case import Case
from models.compartment import Compartment
from models.exchange import Exchange
from models.rules.people import CompartmentKind, Role
from models.rules.taxonomy.severity import Severity
from tests.support import road
from tests.support.present import company, person, present
from tests.support.world import PASSWORD

BOTH = (CompartmentKind.FORWARDED, CompartmentKind.REPORT)


@pytest.fixture
def context(app: Flask):
    with app.app_context():
        yield


def parts(exchange: Exchange) -> list[Compartment]:
    found = [compartment_of_exchange(exchange, kind) for kind in BOTH]
    return [one for one in found if one is not None]


def opens(key: str, exchange: Exchange) -> list[bool]:
    db().expire_all()
    return [present(key).held.opens(part) for part in parts(exchange)]


def excluded(exchange: Exchange, key: str, *, by: str = "counselor") -> None:
    case = db().get_one(Case, exchange.case_id)
    road.done(lambda: exclude(case, person(key), "consulter", actor=present(by)))


@pytest.mark.parametrize("key", ["alpha_deputy", "alpha_officer"])
def test_the_seats_key_opens_nothing_more_for_one_and_the_other_reads_on(context: None, key: str) -> None:
    other = "alpha_officer" if key == "alpha_deputy" else "alpha_deputy"
    exchange = road.routed(severity=Severity.HIGH)
    assert opens(key, exchange) == [True, True]
    excluded(exchange, key)
    assert opens(key, exchange) == [False, False]
    assert opens(other, exchange) == [True, True]
    assert how_much_waits() == 0


def test_it_holds_for_older_epochs_of_the_seat_too(context: None) -> None:
    exchange = road.routed(severity=Severity.HIGH)
    _new_officer()
    road.done(lambda: do_what_waits(present("counselor")))
    excluded(exchange, "alpha_deputy")
    assert opens("alpha_deputy", exchange) == [False, False]
    assert opens("alpha_officer", exchange) == [True, True]


def test_a_new_epoch_after_the_exclusion_gives_nothing_back(context: None) -> None:
    exchange = road.routed(severity=Severity.HIGH)
    excluded(exchange, "alpha_deputy")
    newcomer = _new_officer()
    road.done(lambda: do_what_waits(present("counselor")))
    assert opens("alpha_deputy", exchange) == [False, False]
    keys = newcomer.held.private_key
    again = Actor(Role.OFFICER, Keys(keys, person_id=newcomer.id), person=newcomer.person)
    assert all(again.held.opens(part) for part in parts(exchange))


def test_what_was_granted_by_name_is_taken_as_well(context: None) -> None:
    case, code = road.triaged(severity=Severity.HIGH)
    road.done(lambda: exclude(case, person("alpha_officer"), "consulter", actor=present("counselor")))
    exchange = road.routed(road.case_of(case), code)
    assert opens("alpha_deputy", exchange) == [True, True]
    excluded(exchange, "alpha_deputy")
    assert opens("alpha_deputy", exchange) == [False, False]


def test_during_the_hold_it_takes_the_key_at_once_and_the_copy_still_reaches_the_officer(context: None) -> None:
    case, code = road.triaged()
    road.approved(case, code, road.copied(case))
    exchange = exchanges_of(case)[0]
    road.done(lambda: arrange_sending(road.case_of(case), exchange, actor=present("counselor")))
    excluded(exchange, "alpha_deputy")
    assert opens("alpha_deputy", exchange) == [False, False]
    road.let_hours_pass(25)
    assert road.done(deliver_held) == 1
    assert opens("alpha_officer", exchange) == [True, True]
    assert opens("alpha_deputy", exchange) == [False, False]


def test_one_who_waits_for_keys_herself_excludes_at_once_and_the_others_follow(context: None) -> None:
    exchange = road.routed(severity=Severity.HIGH)
    case = db().get_one(Case, exchange.case_id)
    waiting = Actor(Role.COUNSELOR, Keys(b"", person_id=None), person=person("counselor"))
    road.done(lambda: exclude(case, person("alpha_deputy"), "desk", actor=waiting))
    assert opens("alpha_deputy", exchange) == [False, False]
    assert opens("alpha_officer", exchange) == [False, False]
    road.done(lambda: do_what_waits(present("counselor")))
    assert opens("alpha_officer", exchange) == [True, True]
    assert opens("alpha_deputy", exchange) == [False, False]


def test_other_cases_of_the_company_stay_open_to_her(context: None) -> None:
    exchange, other = road.routed(severity=Severity.HIGH), road.routed(severity=Severity.HIGH)
    excluded(exchange, "alpha_deputy")
    assert opens("alpha_deputy", other) == [True, True]


def _new_officer() -> Actor:
    def join() -> Actor:
        who = register_person(
            Role.OFFICER,
            name="後任の人",
            mail="successor-officer@kikite.example",
            actor=THE_CLOCK,
            company=company("alpha"),
        )
        private_key = sign_up(who, PASSWORD, actor=Actor(Role.OFFICER, person=who))
        verify_address(who, actor=Actor(Role.OFFICER, person=who))
        return Actor(Role.OFFICER, Keys(private_key, person_id=who.id), person=who)

    return road.done(join)
