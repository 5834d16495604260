"""The second step of signing in: a secret shared with an app, its codes, and the codes for emergencies."""

from __future__ import annotations

import hmac
import secrets
import uuid
from dataclasses import dataclass, field
from typing import NamedTuple

from flask import current_app
from pyotp import TOTP, random_base32
from sqlalchemy import delete, func, select

from app.people.actions import end_visits, password_profile
from app.people.queries import mail_of
from app.pipeline.audit import of_person, record
from app.pipeline.clock import now
from app.pipeline.identity import Actor
from app.pipeline.outbox import queue_mail
from app.pipeline.secrets import pepper_in_use, pepper_named, ring
from app.pipeline.transaction import begin_writing, db
from crypto import CannotOpen, hash_password, verify_password
from models.passkey import Passkey
from models.person import Person
from models.recovery_code import RecoveryCode
from models.rules.mail_kinds import MailKind
from models.rules.second_factor import (
    CODE_LENGTH,
    CODE_SIGNS,
    SECONDS_OF_A_STEP,
    Awaits,
    ResetReason,
    SecondFactorRule,
    emergency_code,
    folded_code,
    is_of_the_app,
    number_of,
    second_factor_rule_at,
    steps_that_count,
)
from models.sealed import open_by_server, seal_by_server
from models.second_factor import SecondFactor
from models.visit import Visit

ISSUER = "Kikite"


@dataclass(frozen=True)
class NewSecret:
    """What a person hands to her app: as an address for a picture, and to type."""

    address: str = field(repr=False)
    typed: str = field(repr=False)


@dataclass(frozen=True)
class Used:
    """A code that was right; for one of the emergency codes, how many are left."""

    left: int | None = None


def has_second_factor(person: Person) -> bool:
    """Whether this person's password alone is not enough."""
    return _factor(person.id, in_use=True) is not None


def awaited_of(person: Person) -> Awaits | None:
    """What a sign-in of this person still waits for after the password."""
    if has_second_factor(person):
        return Awaits.CODE
    by_rule = current_app.config["SECOND_FACTOR"] == "by_rule"
    return Awaits.ENROLMENT if by_rule and person.role in _rule().required_of else None


def codes_left(person: Person) -> int:
    """How many codes for emergencies this person has not used."""
    unused = select(func.count()).where(RecoveryCode.person_id == person.id, RecoveryCode.used_at.is_(None))
    return db().scalar(unused) or 0


def new_secret_of(person: Person) -> NewSecret | None:
    """The secret that waits for its first code; None where nothing was begun."""
    waiting = _waiting(person)
    if waiting is None:
        return None
    secret = open_by_server(waiting, "sealed_secret", ring=ring())
    address = TOTP(secret, interval=SECONDS_OF_A_STEP).provisioning_uri(name=mail_of(person), issuer_name=ISSUER)
    return NewSecret(address, " ".join(secret[place : place + 4] for place in range(0, len(secret), 4)))


def begin_to_set_up(person: Person) -> None:
    """Make a secret that waits for its first code; what is in use stays in use until then.

    Whoever else stands at the door with the same password is sent away, and is not shown this secret.
    """
    _forget(person, in_use=False)
    db().execute(delete(Visit).where(Visit.person_id == person.id, Visit.awaits == Awaits.ENROLMENT))
    factor = SecondFactor(id=uuid.uuid4(), person_id=person.id, made_at=now())
    seal_by_server(factor, "sealed_secret", random_base32(), ring=ring())
    db().add(factor)
    db().flush()


class Hashed(NamedTuple):
    """The hash of a code, and whose pepper is in it."""

    phc: str
    pepper_key: bytes


def new_emergency_codes() -> dict[str, Hashed]:
    """Codes for emergencies, each with its hash: slow to make, and so made before the pen is taken."""
    drawn = ["".join(secrets.choice(CODE_SIGNS) for _sign in range(CODE_LENGTH)) for _code in range(_rule().codes)]
    shown = [emergency_code(number, signs) for number, signs in enumerate(drawn)]
    (pepper_id, pepper), profile = pepper_in_use(), password_profile()
    return {code: Hashed(hash_password(folded_code(code), pepper=pepper, profile=profile), pepper_id) for code in shown}


def is_the_first_code(person: Person, typed: str) -> bool:
    """Whether this code shows that the app has the new secret."""
    waiting = _waiting(person)
    return waiting is not None and _step_of(waiting, typed) is not None


def set_up(person: Person, typed: str, codes: dict[str, Hashed], *, actor: Actor) -> bool:
    """The first code proves that the secret has arrived: from now on it is asked for, and older codes are void."""
    waiting = _waiting(person)
    step = _step_of(waiting, typed) if waiting is not None else None
    if waiting is None or step is None:
        return False
    _forget(person, in_use=True)
    waiting.confirmed_at, waiting.last_step = now(), step
    for number, (phc, pepper_key) in enumerate(codes.values()):
        db().add(RecoveryCode(id=uuid.uuid4(), person_id=person.id, number=number, phc=phc, pepper_key=pepper_key))
    _tell(person, "person.set_up_code", {}, actor=actor)
    return True


@dataclass(frozen=True)
class Compared:
    """A typed code, compared with the one hash that it could have made."""

    typed: str = field(repr=False)
    matched: uuid.UUID | None = None


def compare(person: Person, typed: str) -> Compared:
    """The slow part of looking at a code, before the pen is taken; the same work for whatever is none of the app's."""
    folded = folded_code(typed)
    if is_of_the_app(folded):
        return Compared(typed)
    number = number_of(folded)
    code = db().scalar(select(RecoveryCode).where(RecoveryCode.person_id == person.id, RecoveryCode.number == number))
    if code is None or code.used_at is not None:
        return Compared(typed)
    try:
        right = verify_password(folded, code.phc, pepper=pepper_named(code.pepper_key))
    except CannotOpen:
        # Whoever retired that key was told that such codes are left.
        right = False
    return Compared(typed, code.id if right else None)


def use_code(person: Person, compared: Compared, *, actor: Actor) -> Used | None:
    """Take a code, once: neither the app's nor one for emergencies is taken again. The person's row is held already."""
    if compared.matched is not None:
        return _use_emergency_code(person, compared.matched, actor=actor)
    factor = _factor(person.id, in_use=True)
    step = _step_of(factor, compared.typed) if factor is not None else None
    if factor is None or step is None:
        return None
    factor.last_step = step
    return Used()


def reset_second_factor(person: Person, reason: ResetReason, *, actor: Actor) -> None:
    """Take away a person's second step and every session; the rules say whether the next sign-in sets up a new one.

    The passkeys go along: a telephone that was lost held them too.
    """
    _forget(person, in_use=True)
    db().execute(delete(Passkey).where(Passkey.person_id == person.id))
    _forget(person, in_use=False)
    end_visits(person)
    _tell(person, "person.reset_code", {"reason_code": reason.code}, actor=actor)


def _use_emergency_code(person: Person, code_id: uuid.UUID, *, actor: Actor) -> Used | None:
    code = db().get(RecoveryCode, code_id, with_for_update=True)
    if code is None or code.used_at is not None:
        return None
    code.used_at = now()
    db().flush()
    left = codes_left(person)
    _tell(person, "person.use_emergency_code", {"left": left}, actor=actor)
    return Used(left)


def _tell(person: Person, name: str, facts: dict[str, str | int | bool | None], *, actor: Actor) -> None:
    entry = record(of_person(person), name, actor=actor, facts=facts)
    queue_mail(person, MailKind.SECURITY, actor=actor, key=entry.id.hex)


def _step_of(factor: SecondFactor, typed: str) -> int | None:
    """The time step whose code this is, among those that count now; None for any other."""
    folded = folded_code(typed)
    app = TOTP(open_by_server(factor, "sealed_secret", ring=ring()), interval=SECONDS_OF_A_STEP)
    found = None
    for step in steps_that_count(now(), drift=_rule().drift, after=factor.last_step):
        if is_of_the_app(folded) and hmac.compare_digest(app.generate_otp(step), folded):
            found = step
    return found


def _factor(person_id: uuid.UUID, *, in_use: bool) -> SecondFactor | None:
    confirmed = SecondFactor.confirmed_at.is_not(None) if in_use else SecondFactor.confirmed_at.is_(None)
    return db().scalar(select(SecondFactor).where(SecondFactor.person_id == person_id, confirmed))


def _waiting(person: Person) -> SecondFactor | None:
    """What was begun and is not too old: an abandoned secret is not there for whoever finds the screen later."""
    found = _factor(person.id, in_use=False)
    return found if found is not None and now() < found.made_at + _rule().half_open else None


def _forget(person: Person, *, in_use: bool) -> None:
    begin_writing()
    factor = _factor(person.id, in_use=in_use)
    if factor is not None:
        db().delete(factor)
    if in_use:
        db().execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    db().flush()


def _rule() -> SecondFactorRule:
    return second_factor_rule_at(now())
