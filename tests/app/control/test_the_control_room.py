"""The control room: each number is the length of its list, nobody counts what is kept from them, and it asks little."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.applications.actions import begin, submit, write_pledge
from app.cases.actions import exclude
from app.control.listings import listings_for
from app.control.page import counted, page_of, room
from app.control.rows import shown
from app.people.actions import end_service
from app.pipeline.clock import FixedClock
from app.pipeline.transaction import db, transaction, transactions
from app.pledges.actions import follow_confirmations
from models.case import Case
from models.clock import Clock
from models.rules.deadlines import ClockKind
from models.rules.pledges import Pledge
from tests.support.board import on_agenda, unmet_file
from tests.support.board import ready as ready_item
from tests.support.ladder import swept
from tests.support.pledges import ANSWERS
from tests.support.present import company, person, present
from tests.support.questions import noted
from tests.support.road import routed
from tests.support.visitor import sign_in


@pytest.fixture
def busy(app: Flask, clock: FixedClock) -> Flask:
    """Something of everything: a silent company, a vacant post, a ladder, a board, an application, confirmations."""
    with app.app_context():
        routed(company="alpha")
        item = ready_item(clock, "epsilon")
        on_agenda(item, clock)
        unmet_file("beta")
        with transaction():
            follow_confirmations()
        with transaction():
            actor = present("delta_representative")
            application = begin(company("delta"), actor=actor)
            for pledge in Pledge:
                write_pledge(application, pledge, ANSWERS[pledge], agreed=True, actor=actor)
            submit(application, actor=actor)
        overdue = db().scalars(select(Clock.due_at).where(Clock.kind == ClockKind.OFFICER_ACK)).one()
        swept(max(clock.now(), overdue) + timedelta(hours=1))
    return app


@pytest.mark.parametrize("who", ["counselor", "manager", "head"])
def test_every_number_is_the_length_of_its_list(busy: Flask, who: str) -> None:
    with busy.app_context():
        actor = present(who)
        listings = listings_for(actor)
        numbers = counted(listings)
        for name, listing in listings.items():
            page, length = page_of(listing, None), 0
            with busy.test_request_context():
                while True:
                    rows = shown(listing, page.rows, actor)
                    assert all(row.words for row in rows), name
                    length += len(rows)
                    if page.next is None:
                        break
                    page = page_of(listing, page.next)
            assert length == numbers[name].number, name
        filled = {name for name, figure in numbers.items() if figure.number}
    assert {
        "companies-overdue",
        "officer-silent",
        "officer-vacant",
        "file-improvement",
        "pledges-awaited",
        "application-submitted",
    } <= filled
    assert ("board-next_items" in filled) == (who != "counselor"), "a counselor lists no items of the board"


def test_a_list_of_many_goes_on_from_page_to_page(busy: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.control.page.ROWS", 1)
    with busy.app_context():
        listing = listings_for(present("manager"))["pledges-awaited"]
        page, seen = page_of(listing, None), []
        while True:
            seen += [row.name for row in page.rows]
            if page.next is None:
                break
            page = page_of(listing, page.next)
        assert len(seen) == len(set(seen)) == counted({"it": listing})["it"].number == 4


def test_the_page_shows_each_number_with_a_link_to_its_list(busy: Flask) -> None:
    manager = sign_in(busy, "manager")
    manager.get("/control/")
    with busy.app_context():
        numbers = counted(listings_for(present("manager")))
    linked = set(re.findall(r'href="/control/([\w-]+)"', manager.page.html))
    assert linked == set(numbers)
    for name in ("officer-vacant", "companies-overdue", "application-submitted", "board-next_items"):
        manager.get(f"/control/{name}")
        assert f"全部で{numbers[name].number}件" in manager.page.text
    manager.get("/control/officer-vacant")
    assert "みなも応対サービス株式会社" in manager.page.text
    manager.get("/control/nothing-such", status=404)
    for stranger in ("alpha_officer", "auditor", "chair", "admin"):
        other = sign_in(busy, stranger)
        other.get("/control/", status=403)


def test_whoever_is_kept_from_a_case_finds_it_in_no_number(busy: Flask) -> None:
    with busy.app_context():
        before = counted(listings_for(present("second_counselor")))["companies-overdue"].number
        case = db().scalars(select(Case)).first()
        assert case is not None
        with transaction():
            exclude(case, person("second_counselor"), "desk", actor=present("counselor"))
        after = counted(listings_for(present("second_counselor")))
        assert before > 0
        assert after["companies-overdue"].number == 0
        assert after["officer-silent"].number == 0
        assert counted(listings_for(present("manager")))["companies-overdue"].number == before


def test_an_officer_who_leaves_makes_the_post_vacant_the_same_minute(busy: Flask) -> None:
    with busy.app_context():
        before = counted(listings_for(present("head")))["officer-vacant"].number
        with transaction():
            end_service(person("alpha_officer"), actor=present("manager"))
        assert counted(listings_for(present("head")))["officer-vacant"].number == before + 1


def test_all_numbers_are_asked_in_one_question_however_much_there_is(busy: Flask) -> None:
    with busy.app_context():
        actor = present("manager")
        room(actor)
        with noted(transactions().engine) as questions:
            room(actor)
        # One for the numbers of all lists; one each for the board, colleagues, names and acts that take two.
        assert len(questions.statements) <= 5, questions.statements
