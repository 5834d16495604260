"""Passkeys: registered beside the app, asked for as the second step, and, where they open the key, for themselves."""

from __future__ import annotations

import json
import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from app.people.queries import mail_of, name_of
from app.pipeline.audit import of_person, record
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.outbox import queue_mail
from app.pipeline.secrets import ring
from app.pipeline.transaction import begin_writing, db
from app.pipeline.unlocking import passkey_context
from app.sign_in.actions import count_failure
from app.sign_in.challenges import is_ours, new_challenge, use_challenge
from app.sign_in.second_factor import ISSUER, has_second_factor
from app.sign_in.signatures import House, Signed, id_in, what_is_signed
from crypto import KEY_BYTES, CannotOpen, lock_with_passkey, unlock_with_passkey
from models.passkey import Passkey
from models.person import Person
from models.rules.mail_kinds import MailKind
from models.rules.second_factor import CHALLENGE_HOLDS, MOST_PASSKEYS, Ceremony, may_be_a_copy
from models.sealed import open_by_server, seal_by_server

ALGORITHMS = (-7, -8, -257)
"""ES256, EdDSA and RS256 (RFC 8152): what every authenticator of today knows one of."""
SAID_TO_THE_PRF = b"kikite/person-key/1"
"""The same for everybody: each passkey has a secret of its own, and each site another, so that its answers differ."""


@dataclass(frozen=True)
class Answer:
    """What a browser sent of a passkey: whose challenge, what was signed, and what it computed to open the key."""

    challenge: str
    credential: str = field(repr=False)
    computed: bytes = field(repr=False)

    @classmethod
    def posted(cls, challenge: str, credential: str, computed: str) -> Answer:
        """As it stands in a form; what was computed counts as nothing unless it has the length of a key."""
        try:
            opened = urlsafe_b64decode(computed + "==")
        except ValueError:
            opened = b""
        return cls(challenge, credential, opened if len(opened) == KEY_BYTES else b"")


@dataclass(frozen=True)
class CameBy:
    """Whom a passkey let in, and the key that it opened."""

    person: Person
    private_key: bytes = field(repr=False)


@dataclass(frozen=True)
class Listed:
    """A passkey as its owner sees it."""

    passkey: Passkey
    name: str


def passkeys_of(person: Person) -> Sequence[Passkey]:
    """A person's passkeys, the oldest first; those that are refused as well."""
    return (
        db().scalars(select(Passkey).where(Passkey.person_id == person.id).order_by(Passkey.made_at, Passkey.id)).all()
    )


def listed_passkeys(person: Person) -> list[Listed]:
    """The same with their names."""
    return [Listed(one, open_by_server(one, "sealed_name", ring=ring())) for one in passkeys_of(person)]


def may_add_passkey(person: Person) -> bool:
    """Beside an app alone: so there is always a way in without scripts, and codes for the day it is lost."""
    return has_second_factor(person) and len(passkeys_of(person)) < MOST_PASSKEYS


def wanted_of_a_new_one(person: Person, house: House, *, bound: uuid.UUID) -> dict[str, Any]:
    """What the browser is told when it is to make a passkey (W3C Web Authentication Level 3, section 5.4)."""
    challenge = new_challenge(Ceremony.REGISTER, bound=bound)
    return {
        "challenge": challenge,
        "rp": {"id": house.name, "name": ISSUER},
        "user": {"id": _written(person.id.bytes), "name": mail_of(person), "displayName": name_of(person)},
        "pubKeyCredParams": [{"type": "public-key", "alg": algorithm} for algorithm in ALGORITHMS],
        "excludeCredentials": _named(passkeys_of(person)),
        "authenticatorSelection": {"residentKey": "preferred", "userVerification": "preferred"},
        "attestation": "none",
        **_common(),
    }


def wanted_of_one_there(
    ceremony: Ceremony, house: House, *, person: Person | None = None, bound: uuid.UUID | None = None
) -> dict[str, Any]:
    """What the browser is told when a passkey is to sign; at the door nobody is named, and she is verified."""
    return {
        "challenge": new_challenge(ceremony, bound=bound),
        "rpId": house.name,
        "allowCredentials": _named(_that_count(person)) if person is not None else [],
        "userVerification": "required" if ceremony is Ceremony.SIGN_IN else "discouraged",
        **_common(),
    }


def read_new(answer: Answer, house: House, *, bound: uuid.UUID) -> Signed | None:
    """The slow part of taking a new passkey, before the pen is taken."""
    if not is_ours(answer.challenge, Ceremony.REGISTER, bound=bound):
        return None
    return what_is_signed(answer.credential, answer.challenge, house=house)


def add_passkey(person: Person, signed: Signed, name: str, answer: Answer, *, actor: Actor) -> Passkey | None:
    """A new passkey of whoever is present; what it computed locks her key, where it made sure that it was she."""
    begin_writing()
    taken = db().scalar(select(Passkey.id).where(Passkey.credential_id == signed.credential_id))
    if taken is not None or not may_add_passkey(person) or not use_challenge(answer.challenge):
        return None
    made = Passkey(
        id=uuid.uuid4(),
        person_id=person.id,
        credential_id=signed.credential_id,
        public_key=signed.public_key,
        times_used=signed.times_used,
        made_at=now(),
    )
    seal_by_server(made, "sealed_name", name, ring=ring())
    if answer.computed and signed.person_verified:
        made.locked_private_key = lock_with_passkey(
            actor.held.private_key,
            output=answer.computed,
            context=passkey_context(made.id),
        )
    db().add(made)
    db().flush()
    facts: dict[str, str | int | bool | None] = {
        "passkey_id": made.id.hex,
        "opens_key": made.locked_private_key is not None,
    }
    _tell(person, "person.add_passkey", facts, actor=actor)
    return made


def remove_passkey(person: Person, passkey_id: uuid.UUID, *, actor: Actor) -> bool:
    """Take a passkey away. The app stays, and so this is never the last way in."""
    found = db().scalar(select(Passkey).where(Passkey.id == passkey_id, Passkey.person_id == person.id))
    if found is None or not has_second_factor(person):
        return False
    db().delete(found)
    db().flush()
    _tell(person, "person.remove_passkey", {"passkey_id": found.id.hex}, actor=actor)
    return True


def read_one_there(
    answer: Answer,
    ceremony: Ceremony,
    house: House,
    *,
    person: Person | None = None,
    bound: uuid.UUID | None = None,
) -> Signed | None:
    """The slow part of looking at a signature, before the pen is taken. A passkey that nobody has costs nothing."""
    if not is_ours(answer.challenge, ceremony, bound=bound):
        return None
    found = _with_credential(id_in(answer.credential), of=person)
    if found is None:
        return None
    signed = what_is_signed(answer.credential, answer.challenge, house=house, public_key=found.public_key)
    return signed if signed is not None and signed.credential_id == found.credential_id else None


def come_by_passkey(answer: Answer, signed: Signed | None) -> CameBy | None:
    """Whose key this passkey opens, by itself: it has made sure who holds it, and computes what the key lies under.

    Nothing about it can be guessed, and so failures with passwords do not make its owner wait.
    """
    begin_writing()
    passkey = _with_credential(signed.credential_id) if signed is not None else None
    person = db().get(Person, passkey.person_id, with_for_update=True) if passkey is not None else None
    if signed is None or passkey is None or person is None or not person.serves_at(now()):
        count_failure(None, None, "wrong_passkey")
        return None
    actor = Actor(person.role, person=person)
    if not _counts(passkey, person, signed, answer, actor=actor):
        return None
    private_key = _opened(passkey, answer) if signed.person_verified else None
    if private_key is None:
        record(of_person(person), "person.sign_in_failed", actor=actor, facts={"reason_code": "passkey_opens_nothing"})
        return None
    return CameBy(person, private_key)


def take_passkey(actor: Actor, answer: Answer, signed: Signed | None) -> bool:
    """A passkey after the password; what fails counts and slows like a wrong code, and in the same count."""
    assert actor.person is not None  # noqa: S101 - only a person waits at the door
    begin_writing()
    person = db().get_one(Person, actor.person.id, with_for_update=True)
    passkey = _with_credential(signed.credential_id, of=person) if signed is not None else None
    waits = person.tries.waits_at(now())
    if signed is not None and passkey is not None and not waits:
        taken = _counts(passkey, person, signed, answer, actor=actor)
        if taken:
            return True
    count_failure(person, person, "too_soon" if waits else "wrong_passkey")
    return False


def _counts(passkey: Passkey, person: Person, signed: Signed, answer: Answer, *, actor: Actor) -> bool:
    """Whether this signature is taken, once; a counter that went back is told of, and ends the passkey."""
    if passkey.doubted_at is not None or not use_challenge(answer.challenge):
        return False
    if may_be_a_copy(counted=passkey.times_used, counts=signed.times_used):
        passkey.doubted_at = now()
        _tell(person, "person.doubt_passkey", {"passkey_id": passkey.id.hex}, actor=actor)
        return False
    passkey.times_used, passkey.last_used_at = signed.times_used, now()
    return True


def _opened(passkey: Passkey, answer: Answer) -> bytes | None:
    if passkey.locked_private_key is None or not answer.computed:
        return None
    try:
        return unlock_with_passkey(
            passkey.locked_private_key,
            output=answer.computed,
            context=passkey_context(passkey.id),
        )
    except CannotOpen:
        return None


def _that_count(person: Person) -> list[Passkey]:
    return [one for one in passkeys_of(person) if one.doubted_at is None]


def has_passkey(person: Person) -> bool:
    """Whether a passkey may stand in for the code."""
    counting = select(func.count()).where(Passkey.person_id == person.id, Passkey.doubted_at.is_(None))
    return bool(db().scalar(counting))


def _with_credential(credential_id: bytes, *, of: Person | None = None) -> Passkey | None:
    found = db().scalar(select(Passkey).where(Passkey.credential_id == credential_id))
    return found if found is None or of is None or found.person_id == of.id else None


def _tell(person: Person, name: str, facts: dict[str, str | int | bool | None], *, actor: Actor) -> None:
    entry = record(of_person(person), name, actor=actor, facts=facts)
    queue_mail(person, MailKind.SECURITY, actor=actor, key=entry.id.hex)


def _common() -> dict[str, Any]:
    return {"timeout": int(CHALLENGE_HOLDS.total_seconds() * 1000), "prf": _written(SAID_TO_THE_PRF)}


def _named(passkeys: Sequence[Passkey]) -> list[dict[str, str]]:
    return [{"type": "public-key", "id": _written(one.credential_id)} for one in passkeys]


def _written(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def as_told(wanted: dict[str, Any]) -> str:
    """The same as it stands in the page for the script."""
    return json.dumps({**wanted, "challenge": _written(wanted["challenge"].encode())}, separators=(",", ":"))
