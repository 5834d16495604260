"""A seat's last holder is not lost by mistake, and a lost password costs a colleague's word and nothing else."""

from __future__ import annotations

import threading
from contextlib import suppress

import pytest
from flask import Flask
from sqlalchemy import select

from app.custody.queries import compartment_of_case
from app.people.actions import LastHolder, end_service, invite, renew_keys
from app.people.queries import alone_on
from app.pipeline.identity import Actor
from app.pipeline.transaction import db, transaction
from app.pipeline.unlocking import Keys
from app.recovery.giving import give_back
from app.recovery.queries import opened_by
from models.case import Case
from models.outbox_message import OutboxMessage
from models.person import Person
from models.rules.people import CompartmentKind, Role, SeatKind
from tests.app.recovery.test_recovery_kits import desk, kit_of, made, typed
from tests.support import road
from tests.support.coming_and_going import again, leaves, newcomer, works_off_the_queue
from tests.support.present import person, present
from tests.support.visitor import Visitor, sign_in
from tests.support.world import PASSWORD

NEW_PASSWORD = "another long password"


def renewed(key: str) -> Actor:
    found = person(key)
    private = road.done(lambda: renew_keys(found, PASSWORD, actor=Actor(found.role, person=found)))
    return Actor(found.role, Keys(private, person_id=found.id), person=found)


def a_narrative() -> object:
    found = compartment_of_case(db().get_one(Case, road.routed().case_id), CompartmentKind.NARRATIVE)
    assert found is not None
    return found


def test_who_alone_opens_older_cases_is_not_let_go_though_others_hold_the_present_key(app: Flask) -> None:
    """Between her sign-up and a colleague's next visit a newcomer has the new epoch and not yet the older ones."""
    with app.app_context():
        narrative = a_narrative()
        for key in ("second_counselor", "third_counselor", "head"):
            leaves(key)
        successor = newcomer(Role.COUNSELOR, is_handler=True)
        leaves("counselor")
        # The manager alone holds the epoch of the case; the newcomer got the next one when the counselor left.
        assert not again(successor).held.opens(narrative)
        assert SeatKind.DESK in alone_on(person("manager"))
        with pytest.raises(LastHolder):
            road.done(lambda: end_service(person("manager"), actor=present("manager")))
        works_off_the_queue("manager")
        assert again(successor).held.opens(narrative)
        assert SeatKind.DESK not in alone_on(person("manager"))


def test_with_a_kit_the_last_holder_goes_when_it_is_said_twice_and_what_comes_in_is_not_lost(app: Flask) -> None:
    with app.app_context():
        for key in ("counselor", "second_counselor", "third_counselor"):
            leaves(key)
        kit_id, printed = made()
        renewed("head")
        assert alone_on(person("manager")) == [SeatKind.HANDLERS, SeatKind.DESK]
        for relies in (False, True):
            with pytest.raises(LastHolder):
                road.done(
                    lambda relies=relies: end_service(person("manager"), actor=present("head"), relies_on_cards=relies)
                )
        made(SeatKind.HANDLERS)
        url = f"/people/{person('manager').id}"
    head = sign_in(app, "head")
    assert "最後の人" in head.get(url).text
    head.send({"sure": "1"}, action=f"{url}/end")
    with app.app_context():
        assert person("manager").ends_at is None, "once is not enough"
    head.send({"sure": "1", "relies_on_cards": "1"}, action=f"{url}/end")
    with app.app_context():
        assert person("manager").ends_at is not None
        narrative = compartment_of_case(road.submitted()[0], CompartmentKind.NARRATIVE)
        assert narrative is not None
        successor = newcomer(Role.COUNSELOR)
        opened = opened_by(kit_of(kit_id), typed(printed, 1, 3))
        road.done(lambda: give_back(desk(), successor.person, opened, actor=successor))
        assert again(successor).held.opens(narrative)


def test_two_who_end_each_others_service_at_once_do_not_leave_the_seat_empty(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    both_have_looked = threading.Barrier(2)

    def looks_and_waits(whom: Person) -> list[SeatKind]:
        """Whoever has seen who stays goes on when the other has seen it too, if the other gets so far."""
        found = alone_on(whom)
        with suppress(threading.BrokenBarrierError):
            both_have_looked.wait(timeout=1)
        return found

    with app.app_context():
        for key in ("third_counselor", "head"):
            leaves(key)
        road.done(lambda: end_service(person("manager"), actor=present("counselor")))
    monkeypatch.setattr("app.people.actions.alone_on", looks_and_waits)
    came_of_it: list[str] = []
    both_are_here = threading.Barrier(2)

    def ends(by: str, whom: str) -> None:
        with app.app_context():
            actor, other = present(by), person(whom)
            db().rollback()
            both_are_here.wait(timeout=20)
            try:
                with transaction():
                    end_service(db().merge(other), actor=actor)
                came_of_it.append("ended")
            except LastHolder:
                came_of_it.append("last")

    acts = [
        threading.Thread(target=ends, args=pair)
        for pair in (("counselor", "second_counselor"), ("second_counselor", "counselor"))
    ]
    for act in acts:
        act.start()
    for act in acts:
        act.join(timeout=60)
    assert sorted(came_of_it) == ["ended", "last"]


def test_a_lost_password_costs_a_colleagues_word_and_no_sign_in_passes_the_keys_on_by_itself(app: Flask) -> None:
    with app.app_context():
        narrative = a_narrative()
        forgetful = renewed("second_counselor")
        works_off_the_queue("counselor")
        assert not again(forgetful).held.opens(narrative), "nobody has said yet that it is her"
        told = db().scalars(
            select(OutboxMessage.person_id).where(OutboxMessage.idempotency_key.startswith("update:pass-on:"))
        )
        assert {person(key).id for key in ("counselor", "third_counselor", "manager", "head")} == set(told)
        url = f"/people/{forgetful.id}/pass-on"
    for key in ("auditor", "alpha_officer"):
        sign_in(app, key).get(url, status=403)
    colleague = sign_in(app, "counselor")
    assert url in colleague.page.links.values()
    colleague.get(url)
    colleague.send({"is_she": "1"})
    with app.app_context():
        assert again(forgetful).held.opens(narrative)
    colleague.get(url, status=404)


def test_a_new_password_of_the_last_holder_is_not_chosen_unless_the_loss_was_accepted(app: Flask) -> None:
    with app.app_context():
        token = road.done(lambda: invite(person("manager"), actor=present("head")))
        for key in ("counselor", "second_counselor", "third_counselor", "head"):
            leaves(key)
        before = person("manager").public_key
    visitor = Visitor(app)
    visitor.get(f"/sign-up/{token}")
    page = visitor.send({"password": NEW_PASSWORD, "again": NEW_PASSWORD})
    assert "事務局に連絡してください" in page.text
    with app.app_context():
        assert person("manager").public_key == before
        accepted = road.done(lambda: invite(person("manager"), actor=present("manager"), accepts_loss=True))
    visitor.get(f"/sign-up/{accepted}")
    visitor.send({"password": NEW_PASSWORD, "again": NEW_PASSWORD})
    with app.app_context():
        assert person("manager").public_key != before
