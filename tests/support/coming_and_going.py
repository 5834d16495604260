"""Somebody comes, and somebody leaves: with their keys, as a test of custody and of a journey needs them."""

from __future__ import annotations

from app.custody.actions import do_what_waits
from app.people.actions import end_service, register_person, sign_up, verify_address
from app.pipeline.identity import THE_CLOCK, Actor
from app.pipeline.unlocking import Keys
from models.person import Person
from models.rules.people import COMPANY, Role
from tests.support import road
from tests.support.present import company, person, present
from tests.support.world import PASSWORD


def newcomer(role: Role, *, of: str | None = None, is_handler: bool = False) -> Actor:
    """Somebody who is registered and signs up now, present with her own keys."""

    def join() -> tuple[Person, bytes]:
        who = register_person(
            role,
            name="後任の人",
            mail=f"successor-{role.value}@kikite.example",
            actor=THE_CLOCK,
            company=company(of) if of else None,
            is_handler=is_handler,
        )
        private_key = sign_up(who, PASSWORD, actor=Actor(role, person=who))
        if role in COMPANY:
            verify_address(who, actor=Actor(role, person=who))
        return who, private_key

    who, private_key = road.done(join)
    return Actor(role, Keys(private_key, person_id=who.id), person=who)


def again(actor: Actor) -> Actor:
    """The same person in her next request: nothing of the last one is remembered."""
    assert actor.keys is not None
    return Actor(actor.role, Keys(actor.keys.private_key, person_id=actor.id), person=actor.person)


def leaves(key: str) -> None:
    road.done(lambda: end_service(person(key), actor=present("manager")))


def works_off_the_queue(key: str) -> int:
    return road.done(lambda: do_what_waits(present(key)))
