"""What happens at the door: a password opens a person's own key, and nothing else tells that it was right."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from sqlalchemy import update

from app.custody.actions import ASSOCIATION
from app.people.actions import forget_failures, lock_of, password_profile
from app.people.queries import person_by_login
from app.pipeline.audit import of_person, record
from app.pipeline.clock import now
from app.pipeline.identity import THE_CLOCK, Actor
from app.pipeline.secrets import ring
from app.pipeline.transaction import begin_writing, db
from app.pipeline.unlocking import Keys, person_key_context
from crypto import CannotOpen, lock_with_password, needs_new_lock, new_keypair, unlock_with_password
from models.person import Person
from models.rules.sign_in_tries import NO_TRIES, after_a_failure, tries_rule_at

_NOBODY = uuid.UUID(int=0)


@dataclass(frozen=True)
class Opened:
    """Whose key a password has opened, the key, and how many attempts had failed before."""

    person: Person
    private_key: bytes = field(repr=False)
    failed_before: int


def open_with_password(address: str, password: str) -> Opened | None:
    """The person whose key this password opens, with the key; None tells nothing of who exists.

    A stranger costs as much time as a member: the same slow derivation runs against a lock that nobody has, and the
    same record is written; where nobody is there to be named, in the association's own chain and in the clock's name.
    """
    person = person_by_login(address)
    serves = person is not None and person.locked_private_key is not None and person.serves_at(now())
    locked = person.locked_private_key if person is not None and serves else _nobodys_lock()
    owner = person.id if person is not None and serves else _NOBODY
    assert locked is not None  # noqa: S101 - a person who serves has a lock, or serves is false
    return _let_in(owner, locked, _unlocked(owner, locked, password))


def open_own_key(person: Person, password: str) -> Opened | None:
    """The same for somebody who is present already, and who must show that she knows the password."""
    locked = person.locked_private_key
    return _let_in(person.id, locked, _unlocked(person.id, locked, password)) if locked is not None else None


def _unlocked(owner: uuid.UUID, locked: bytes, password: str) -> bytes:
    """The private key; nothing when the password is another one."""
    try:
        return unlock_with_password(
            locked, password=password, pepper=ring().stable("pepper"), context=person_key_context(owner)
        )
    except CannotOpen:
        return b""


def _let_in(owner: uuid.UUID, locked: bytes, private_key: bytes) -> Opened | None:
    """Count and record a failure; who comes while the account waits is refused, whatever was typed.

    Attempts at one account follow each other here: of many that were begun at once, only the free ones are compared.
    """
    begin_writing()
    # Looked for, counted and recorded in each case, so that each asks the database the same.
    found = db().get(Person, owner, with_for_update=True)
    at = now()
    before = found.tries if found is not None else NO_TRIES
    waits = before.waits_at(at)
    if found is not None and private_key and not waits and found.locked_private_key == locked:
        forget_failures(found)
        return Opened(found, private_key, before.failed)
    after = after_a_failure(before, at=at, rule=tries_rule_at(at))
    counted = {
        "failed_tries": after.failed,
        "last_failed_at": after.last_failed_at,
        "tries_wait_until": after.waits_until,
    }
    db().execute(update(Person).where(Person.id == owner).values(counted))
    subject = of_person(found) if found is not None else ASSOCIATION
    actor = Actor(found.role, person=found) if found is not None else THE_CLOCK
    reason = "unknown_address" if found is None else "too_soon" if waits else "wrong_password"
    record(subject, "person.sign_in_failed", actor=actor, facts={"reason_code": reason})
    return None


def signed_in(person: Person, private_key: bytes, password: str) -> Actor:
    """Record the sign-in, renew a lock of an older profile, and give the actor whose keys are now at hand."""
    actor = Actor(person.role, Keys(private_key, person_id=person.id), person=person)
    if person.locked_private_key and needs_new_lock(person.locked_private_key, profile=password_profile()):
        person.locked_private_key = lock_of(person, private_key, password)
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
