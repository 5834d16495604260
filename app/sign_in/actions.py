"""What happens at the door: a password opens a person's own key, and nothing else tells that it was right."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from sqlalchemy import select, update

from app.custody.actions import ASSOCIATION
from app.people.actions import forget_failures, lock_of, password_profile
from app.people.queries import person_near
from app.pipeline.audit import of_person, record
from app.pipeline.clock import now
from app.pipeline.identity import THE_CLOCK, Actor
from app.pipeline.secrets import PEPPER, pepper_in_use, pepper_named, ring
from app.pipeline.transaction import begin_writing, db
from app.pipeline.unlocking import Keys, person_key_context
from app.sign_in.second_factor import Used, compare, use_code
from crypto import CannotOpen, lock_with_password, needs_new_lock, new_keypair, pepper_id_of, unlock_with_password
from models.person import Person
from models.rules.sign_in_tries import NO_TRIES, after_a_failure, tries_rule_at
from models.visit import Visit

_NOBODY = uuid.UUID(int=0)


@dataclass(frozen=True)
class Opened:
    """Whose key a password has opened, and the key."""

    person: Person
    private_key: bytes = field(repr=False)


@dataclass(frozen=True)
class Arrival:
    """Who has come in, and how many attempts had failed since the last time."""

    actor: Actor
    failed_before: int


def open_with_password(address: str, password: str) -> Opened | None:
    """The person whose key this password opens, with the key; None tells nothing of who exists.

    A stranger costs as much time as a member: the same slow derivation runs against a lock that nobody has, and the
    same record is written; where nobody is there to be named, in the association's own chain and in the clock's name.
    """
    near, is_hers = person_near(address)
    serves = near is not None and near.serves_at(now())
    person = near if is_hers and serves else None
    nobodys = _nobodys_lock()
    its_lock = near.locked_private_key if near is not None else None
    locked = (its_lock if person is not None else None) or nobodys
    owner = person.id if person is not None and its_lock else _NOBODY
    return _let_in(owner, locked, _unlocked(owner, locked, password), beside=near.id if near is not None else _NOBODY)


def open_own_key(person: Person, password: str) -> Opened | None:
    """The same for somebody who is present already, and who must show that she knows the password."""
    locked = person.locked_private_key
    if locked is None:
        return None
    return _let_in(person.id, locked, _unlocked(person.id, locked, password), beside=person.id)


def _unlocked(owner: uuid.UUID, locked: bytes, password: str) -> bytes:
    """The private key; nothing when the password is another one."""
    try:
        return unlock_with_password(
            locked, password=password, pepper=pepper_named(pepper_id_of(locked)), context=person_key_context(owner)
        )
    except CannotOpen:
        return b""


def _let_in(owner: uuid.UUID, locked: bytes, private_key: bytes, *, beside: uuid.UUID) -> Opened | None:
    """Count and record a failure; who comes while the account waits is refused, whatever was typed.

    ``beside`` is the owner, or whoever was read because there is none.

    Attempts at one account follow each other here: of many that were begun at once, only the free ones are compared.
    """
    begin_writing()
    # Looked for, counted and recorded in each case, so that each asks the database the same.
    near = db().get(Person, beside, with_for_update=True)
    found = near if near is not None and near.id == owner else None
    must_wait = near is not None and near.tries.waits_at(now())
    waits = found is not None and must_wait
    if found is not None and private_key and not waits and found.locked_private_key == locked:
        return Opened(found, private_key)
    reason = "unknown_address" if found is None else "too_soon" if waits else "wrong_password"
    count_failure(near, found, reason)
    return None


def count_failure(near: Person | None, found: Person | None, reason: str) -> None:
    """Count and record who could not be let in; ``near`` is whoever was read, ``found`` whose account it is."""
    at = now()
    before = near.tries if near is not None else NO_TRIES
    after = after_a_failure(before, at=at, rule=tries_rule_at(at))
    # Whoever was read instead keeps what she has, and her row is written all the same.
    kept = after if found is not None else before
    counted: dict[str, object] = {
        "failed_tries": kept.failed,
        "last_failed_at": kept.last_failed_at,
        "tries_wait_until": kept.waits_until,
    }
    db().execute(update(Person).where(Person.id == (near.id if near is not None else _NOBODY)).values(counted))
    named = (of_person(near), Actor(near.role, person=near)) if near is not None else (ASSOCIATION, THE_CLOCK)
    subject, actor = named if found is not None else (ASSOCIATION, THE_CLOCK)
    record(subject, "person.sign_in_failed", actor=actor, facts={"reason_code": reason})


def take_second_step(actor: Actor, typed: str) -> Used | None:
    """A code after the password; a wrong one counts and slows like a wrong password, and in the same count."""
    assert actor.person is not None  # noqa: S101 - only a person waits at the door
    compared = compare(actor.person, typed)
    begin_writing()
    found = db().get_one(Person, actor.person.id, with_for_update=True)
    waits = found.tries.waits_at(now())
    used = None if waits else use_code(found, compared, actor=actor)
    if used is None:
        count_failure(found, found, "too_soon" if waits else "wrong_code")
    return used


def renew_lock(person: Person, private_key: bytes, password: str) -> None:
    """Lock the key anew where that was done at the costs of an older profile, or with the pepper of an older key."""
    locked = person.locked_private_key
    if locked and (needs_new_lock(locked, profile=password_profile()) or not _has_pepper_in_use(locked)):
        person.locked_private_key = lock_of(person, private_key, password)


def _has_pepper_in_use(locked: bytes) -> bool:
    return (pepper_id_of(locked) or ring().stable_id(PEPPER)) == ring().active_id


def signed_in(person: Person, private_key: bytes) -> Arrival:
    """All that was asked for has been shown: record the sign-in, and give the actor whose keys are now at hand."""
    failed = person.tries.failed
    forget_failures(person)
    actor = Actor(person.role, Keys(private_key, person_id=person.id), person=person)
    record(of_person(person), "person.sign_in", actor=actor, facts={})
    return Arrival(actor, failed)


def end_sessions(person: Person, *, but: uuid.UUID | None, only: uuid.UUID | None = None, actor: Actor) -> int:
    """Sign a person out on her other devices, or on one of them; give how many that were."""
    ended = 0
    for visit in db().scalars(select(Visit).where(Visit.person_id == person.id)):
        if visit.id != but and only in {None, visit.id}:
            db().delete(visit)
            ended += 1
    if ended:
        record(of_person(person), "person.end_sessions", actor=actor, facts={"ended": ended})
    return ended


_lock_of_nobody: dict[tuple[str, bytes], bytes] = {}


def _nobodys_lock() -> bytes:
    profile, (pepper_id, pepper) = password_profile(), pepper_in_use()
    # One for each pepper: one whose pepper was retired would be refused without the time that a stranger has to cost.
    if (profile.name, pepper_id) not in _lock_of_nobody:
        _lock_of_nobody[profile.name, pepper_id] = lock_with_password(
            new_keypair().private,
            password=uuid.uuid4().hex,
            pepper=pepper,
            pepper_id=pepper_id,
            profile=profile,
            context=person_key_context(_NOBODY),
        )
    return _lock_of_nobody[profile.name, pepper_id]
