"""What happens at the door: a password opens a person's own key, and nothing else tells that it was right."""

from __future__ import annotations

import uuid

from app.custody.actions import ASSOCIATION
from app.people.actions import password_profile
from app.people.queries import person_by_login
from app.pipeline.audit import of_person, record
from app.pipeline.clock import now
from app.pipeline.identity import THE_CLOCK, Actor
from app.pipeline.secrets import ring
from app.pipeline.transaction import begin_writing, db
from app.pipeline.unlocking import Keys, person_key_context
from crypto import CannotOpen, lock_with_password, needs_new_lock, new_keypair, unlock_with_password
from models.person import Person

_NOBODY = uuid.UUID(int=0)


def open_with_password(address: str, password: str) -> tuple[Person, bytes] | None:
    """The person whose key this password opens, with the key; None tells nothing of who exists.

    A stranger costs as much time as a member: the same slow derivation runs against a lock that nobody has, and the
    same record is written; where nobody is there to be named, in the association's own chain and in the clock's name.
    """
    person = person_by_login(address)
    serves = person is not None and person.locked_private_key is not None and person.serves_at(now())
    locked = person.locked_private_key if person is not None and serves else _nobodys_lock()
    owner = person.id if person is not None and serves else _NOBODY
    assert locked is not None  # noqa: S101 - a person who serves has a lock, or serves is false
    try:
        private_key = unlock_with_password(
            locked, password=password, pepper=ring().stable("pepper"), context=person_key_context(owner)
        )
    except CannotOpen:
        private_key = b""
    begin_writing()
    # Looked for in both cases, so that both ask the database the same.
    found = db().get(Person, owner)
    if found is None:
        record(ASSOCIATION, "person.sign_in_failed", actor=THE_CLOCK, facts={"reason_code": "unknown_address"})
        return None
    if not private_key:
        actor = Actor(found.role, person=found)
        record(of_person(found), "person.sign_in_failed", actor=actor, facts={"reason_code": "wrong_password"})
        return None
    return found, private_key


def signed_in(person: Person, private_key: bytes, password: str) -> Actor:
    """Record the sign-in, renew a lock of an older profile, and give the actor whose keys are now at hand."""
    actor = Actor(person.role, Keys(private_key, person_id=person.id), person=person)
    if person.locked_private_key and needs_new_lock(person.locked_private_key, profile=password_profile()):
        person.locked_private_key = lock_with_password(
            private_key,
            password=password,
            pepper=ring().stable("pepper"),
            profile=password_profile(),
            context=person_key_context(person.id),
        )
    record(of_person(person), "person.sign_in", actor=actor, facts={})
    return actor


_lock_of_nobody: dict[str, bytes] = {}


def _nobodys_lock() -> bytes:
    profile = password_profile()
    if profile.name not in _lock_of_nobody:
        _lock_of_nobody[profile.name] = lock_with_password(
            new_keypair().private,
            password=uuid.uuid4().hex,
            pepper=ring().stable("pepper"),
            profile=profile,
            context=person_key_context(_NOBODY),
        )
    return _lock_of_nobody[profile.name]
